using Throughline.Cel.Library;
using Throughline.Core.Gate.Agents;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Agents;

/// <summary>Published address lists: what is in them, and that a wrong one is refused whole.</summary>
public sealed class BotRangesTests
{
    [Theory]
    [InlineData("66.249.64.0", true)]
    [InlineData("66.249.64.31", true)]
    [InlineData("66.249.64.32", false)]
    [InlineData("66.249.63.255", false)]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("2001:4860:4801:10::1", true)]
    [InlineData("2001:4860:4801:11::1", false)]
    public void Contains_Address_IsInItsPrefix(string address, bool expected)
    {
        BotRanges? ranges = BotRanges.TryParse(
            """
            {"creationTime": "2026-05-01T10:00:00.000000", "other": 1, "prefixes": [
              {"ipv6Prefix": "2001:4860:4801:10::/64"}, {"ipv4Prefix": "66.249.64.0/27"}, {"ipv4Prefix": "192.0.2.7"}]}
            """,
            out string error
        );

        Assert.Equal("", error);
        Assert.Equal((3, 1_777_629_600_000), (ranges!.Count, ranges.CreatedAt));
        Assert.Equal(expected, ranges.Contains(Ip(address)));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("# nobody\n\n", "line 1")]
    [InlineData("192.0.2.1\n<html>\n", "line 2")] // half a list, and then an error page
    [InlineData("0.0.0.0/0\n", "line 1: is too wide")]
    [InlineData("[]", "/prefixes")]
    [InlineData("{\"prefixes\": []}", "/prefixes")] // empty: everybody would be an impostor
    [InlineData("{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/24\"}, {\"x\": 1}]}", "/prefixes/1")]
    [InlineData("{\"prefixes\": [{\"ipv4Prefix\": \"192.0.2.0/33\"}]}", "/prefixes/0")]
    [InlineData("{\"prefixes\": [{\"ipv4Prefix\": 7}]}", "/prefixes/0")]
    [InlineData("{\"prefixes\": [{\"ipv4Prefix\": \"0.0.0.0/0\"}]}", "/prefixes/0: is too wide")] // nobody would
    [InlineData("{\"prefixes\": [{\"ipv6Prefix\": \"2000::/3\"}]}", "/prefixes/0: is too wide")]
    public void TryParse_WrongList_IsRefusedWithItsPlace(string json, string place)
    {
        Assert.Null(BotRanges.TryParse(json, out string error));
        Assert.StartsWith(place, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_PlainText_IsAnAddressOrBlockALine()
    {
        BotRanges? ranges = BotRanges.TryParse(
            "# crawlers\r\n66.249.64.0/27\r\n\r\n192.0.2.7 # one\r\n2001:4860:4801:10::/64",
            out string error
        );

        Assert.Equal(("", 3, null), (error, ranges!.Count, ranges.CreatedAt));
        Assert.True(ranges.Contains(Ip("66.249.64.31")) && ranges.Contains(Ip("2001:4860:4801:10::1")));
        Assert.True(ranges.Contains(Ip("192.0.2.7")) && !ranges.Contains(Ip("192.0.2.6")));
    }

    [Fact]
    public void Contains_RandomPrefixes_AgreesWithEachPrefix()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 300; round++)
        {
            IpPrefix[] prefixes =
            [
                .. Enumerable
                    .Range(0, random.Next(1, 20))
                    .Select(_ => new IpPrefix(
                        IpAddress.Of((UInt128)random.Next(1 << 12) << 8, isV6: false),
                        random.Next(8, 33)
                    )),
            ];
            string json =
                $$"""{"prefixes": [{{string.Join(",", prefixes.Select(p => $$"""{"ipv4Prefix": "{{p.Text}}"}"""))}}]}""";
            BotRanges ranges = BotRanges.TryParse(json, out string error)!;
            Assert.Equal("", error);
            for (int i = 0; i < 50; i++)
            {
                IpAddress address = IpAddress.Of((UInt128)random.Next(1 << 20), isV6: false);
                Assert.Equal(prefixes.Any(prefix => prefix.Contains(address)), ranges.Contains(address));
            }
        }
    }

    private static IpAddress Ip(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out _) ? address : throw new ArgumentException(text);
}
