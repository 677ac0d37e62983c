using System.Buffers;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Input;
using Throughline.Cli.Input.AccessLog;
using Throughline.Core.Events;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Input.AccessLog;

public sealed class AccessLogEventsTests
{
    private static string? Convert(string line)
    {
        using var events = new AccessLogEvents(new(new byte[] { 1, 2, 3 }));
        var target = new ArrayBufferWriter<byte>();
        InputReason reason = events.Convert(Encoding.UTF8.GetBytes(line), target);
        Assert.Equal(reason == InputReason.None, target.WrittenCount > 0);
        return target.WrittenCount == 0 ? null : Encoding.UTF8.GetString(target.WrittenSpan);
    }

    [Fact]
    public void Convert_WholeLine_IsOneRequestEvent()
    {
        string json = Convert(
            """203.0.113.7 - frank [10/Oct/2025:13:55:36 +0200] "GET /a?b=c HTTP/1.1" 200 2326 "https://example.org/" "Mozilla/5.0 \"x\"" """.Trim()
        )!;

        JsonElement parsed = JsonElement.Parse(json);
        Assert.StartsWith("log-", parsed.GetProperty("id").GetString(), StringComparison.Ordinal);
        string expected = $$$"""
            {"id":"{{{parsed.GetProperty("id").GetString()}}}","type":"request","time":1760097336000,
            "identifiers":[{"type":"user","value":"frank"}],
            "context":{"address":"203.0.113.7","userAgent":"Mozilla/5.0 \"x\"","referrer":"https://example.org/"},
            "request":{"method":"GET","path":"/a?b=c","status":200,"bytes":2326}}
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), parsed), json);
    }

    [Fact]
    public void Convert_MalformedRequest_IsKeptAndSaysSo()
    {
        JsonElement parsed = JsonElement.Parse(
            Convert("""203.0.113.7 - - [10/Oct/2025:13:55:36 +0200] "\x16\x03" 400 226 "-" "-" """.Trim())!
        );

        Assert.True(parsed.GetProperty("malformedRequest").GetBoolean());
        Assert.Equal("""{"status":400,"bytes":226}""", parsed.GetProperty("request").GetRawText());
        Assert.Equal("""{"address":"203.0.113.7"}""", parsed.GetProperty("context").GetRawText());
        Assert.False(parsed.TryGetProperty("identifiers", out _));
    }

    [Fact]
    public void Convert_BadLine_WritesNothing() => Assert.Null(Convert("no log"));

    [Fact]
    public void Convert_AnyFields_ComeBackFromTheJson()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 2000; round++)
        {
            string agent = "UA" + RandomLogs.Text(random, random.Next(0, 60));
            string referrer = "http://r/" + RandomLogs.Text(random, random.Next(0, 60));
            string path = "/" + RandomLogs.Text(random, random.Next(0, 60));
            bool nginx = random.Next(2) == 0;
            string Quoted(string text) =>
                Encoding.ASCII.GetString(RandomLogs.Escape(Encoding.UTF8.GetBytes(text), nginx));
            string line =
                $"10.1.2.3 - - [17/May/2015:10:05:03 +0000] \"PUT {Quoted(path)} HTTP/1.1\" 200 5 \"{Quoted(referrer)}\" \"{Quoted(agent)}\"";

            JsonElement parsed = JsonElement.Parse(Convert(line)!);

            TestEventReading.AssertValid(parsed);
            Assert.Equal(agent, parsed.GetProperty("context").GetProperty("userAgent").GetString());
            Assert.Equal(referrer, parsed.GetProperty("context").GetProperty("referrer").GetString());
            Assert.Equal(path, parsed.GetProperty("request").GetProperty("path").GetString());
        }
    }

    [Fact]
    public void Convert_AnyDamage_IsAnEventOrAReasonAndNeverThrows()
    {
        Random random = Seeds.Random();
        byte[] line = Encoding.ASCII.GetBytes(
            "203.0.113.7 - frank [10/Oct/2025:13:55:36 +0200] \"GET /a?b=c HTTP/1.1\" 200 2326 \"https://example.org/\" \"Mozilla\\x22\""
        );
        using var events = new AccessLogEvents(new(new byte[] { 1 }));
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. line];
            for (int change = random.Next(1, 6); change > 0; change--)
                damaged[random.Next(damaged.Length)] =
                    random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"\"\\ []-x:"[random.Next(8)];
            var target = new ArrayBufferWriter<byte>();

            InputReason reason = events.Convert(damaged, target);

            Assert.Equal(reason != InputReason.None, target.WrittenCount == 0);
            if (reason == InputReason.None)
                AssertValidButFor(target.WrittenSpan, RejectionReason.TimeOutOfRange, RejectionReason.BadAddress);
            else
                Assert.NotEmpty(reason.Message());
        }
    }

    private static void AssertValidButFor(ReadOnlySpan<byte> json, params RejectionReason[] known) =>
        Assert.True(
            EventJson.TryParse(json, out _, out Rejection rejection) || known.Contains(rejection.Reason),
            $"{rejection} in {Encoding.UTF8.GetString(json)}"
        );

    [Fact]
    public void Convert_ManyLines_AllocatesNothingForEach()
    {
        byte[][] lines =
        [
            .. Enumerable
                .Range(0, 1000)
                .Select(i =>
                    Encoding.ASCII.GetBytes(
                        $"2001:db8::{i} - frank [10/Oct/2025:13:55:36 +0200] \"GET /a?b={i} HTTP/1.1\" 200 2326 \"https://e.org/\\xe4\" \"Mozilla\\x22\""
                    )
                ),
        ];
        using var events = new AccessLogEvents(new(new byte[] { 1 }));
        var target = new ArrayBufferWriter<byte>(4096);
        void Round()
        {
            foreach (byte[] line in lines)
            {
                target.ResetWrittenCount();
                events.Convert(line, target);
            }
        }

        // The first round sees each line for the first time, the second notes that it repeats.
        Assert.InRange(ActionCost.AllocatedBytes(Round, calls: 1, warm: 2), 0, 1000);
    }
}
