using Throughline.Cel.Library;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Edge;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge;

/// <summary>One object for texts that come again, and never another text.</summary>
public sealed class KnownTextsTests
{
    [Fact]
    public void Of_TextThatComesAgain_IsOneObjectFromTheSecondTimeOn()
    {
        KnownTexts texts = new();
        string first = New("Mozilla/5.0"); // comes once: nobody holds on to it
        Assert.Same(first, texts.Of(first));
        string second = New("Mozilla/5.0");
        Assert.Same(second, texts.Of(second));
        Assert.Same(second, texts.Of(New("Mozilla/5.0")));
        Assert.Same(second, texts.Of(first));
    }

    [Fact]
    public void Of_LongText_StaysAsItIs()
    {
        KnownTexts texts = new();
        for (int i = 0; i < 3; i++)
        {
            string text = new('a', KnownTexts.LengthMax + 1);
            Assert.Same(text, texts.Of(text));
        }
    }

    [Fact]
    public void Of_AddressThatComesAgain_IsOneObjectAndNeverThatOfTheOtherFamily()
    {
        KnownTexts texts = new();
        IpAddress four = IpAddress.Of(7, isV6: false);
        IpAddress six = IpAddress.Of(7, isV6: true);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(texts.Of(IpAddress.Of(7, isV6: false)).IsV6);
            Assert.True(texts.Of(IpAddress.Of(7, isV6: true)).IsV6);
        }
        Assert.Same(texts.Of(four), texts.Of(IpAddress.Of(7, isV6: false)));
        Assert.Same(texts.Of(six), texts.Of(IpAddress.Of(7, isV6: true)));
    }

    [Fact]
    public void Replace_ManyRequestsOfManyThreads_ChangesNoValue()
    {
        int seed = Seeds.Next();
        KnownTexts texts = new();
        Parallel.For(
            0,
            8,
            part =>
            {
                Random chance = new(seed + part);
                for (int i = 0; i < 20_000; i++)
                {
                    // More different texts than there are places, some of them often.
                    EdgeRequest request = Request(chance.Next(3) == 0 ? chance.Next(20_000) : chance.Next(20));
                    EdgeRequest expected = Request(int.Parse(request.Path[1..], null));
                    texts.Replace(request);
                    Assert.Equal(expected.Headers, request.Headers);
                    Assert.Equal(
                        (expected.Method, expected.Path, expected.Query, expected.Host, expected.Session),
                        (request.Method, request.Path, request.Query, request.Host, request.Session)
                    );
                    Assert.Equal(
                        (expected.UserAgent, expected.Referrer, expected.Address!.Bits),
                        (request.UserAgent, request.Referrer, request.Address!.Bits)
                    );
                }
            }
        );
    }

    private static EdgeRequest Request(int number)
    {
        EdgeRequest request = new()
        {
            Method = New("GET"),
            Path = $"/{number}",
            Query = $"q={number % 7}",
            Host = number % 2 == 0 ? New("shop.example") : null,
            UserAgent = $"Agent/{number % 50}",
            Session = number % 3 == 0 ? $"s{number}" : null,
            Address = IpAddress.Of((uint)number, isV6: false),
        };
        request.Headers.Add(new("user-agent", request.UserAgent));
        request.Headers.Add(new("cookie", $"sid={number}"));
        request.Headers.Add(new("accept", ""));
        return request;
    }

    private static string New(string text) => new(text.AsSpan());
}
