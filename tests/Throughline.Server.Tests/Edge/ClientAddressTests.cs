using FsCheck;
using FsCheck.Fluent;
using Throughline.Cel.Library;
using Throughline.Server.Edge;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge;

public sealed class ClientAddressTests
{
    private static readonly AddressNetworks Trusted = Networks("10.0.0.0/8", "127.0.0.1", "2001:db8::/32");

    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5")]
    [InlineData("1.1.1.1, 203.0.113.5", "203.0.113.5")] // the client wrote the first
    [InlineData("1.1.1.1, 203.0.113.5, 10.0.0.2", "203.0.113.5")]
    [InlineData("203.0.113.5, 10.0.0.2, 2001:db8::7", "203.0.113.5")]
    [InlineData("10.0.0.9, 10.0.0.2", "10.0.0.9")] // all are ours
    [InlineData("203.0.113.5:1234", "203.0.113.5")]
    [InlineData("[2001:dead::1]:443", "2001:dead::1")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.5")]
    [InlineData(" 203.0.113.5 ,, ", "203.0.113.5")]
    [InlineData("garbage, 203.0.113.5", "203.0.113.5")] // never read
    [InlineData("203.0.113.5, garbage", null)]
    [InlineData("203.0.113.5, 10.0.0.1, 1.2.3.4.5", null)]
    [InlineData("", null)]
    [InlineData(",,,", null)]
    [InlineData("[", null)]
    public void Of_Chain_IsReadFromTheEndOverTrustedProxies(string chain, string? expected) =>
        Assert.Equal(expected, ClientAddress.Of(chain, nearest: null, Trusted)?.Text);

    [Fact]
    public void Of_SeveralHeaders_AreOneChain() =>
        Assert.Equal(
            "203.0.113.5",
            ClientAddress.Of(new(["9.9.9.9", "203.0.113.5, 10.0.0.3", "10.0.0.2"]), nearest: null, Trusted)?.Text
        );

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7")] // the proxy saw a stranger: whatever that one claims is its own word
    [InlineData("10.0.0.2", "203.0.113.5")]
    public void Of_NearestPeer_ComesBeforeTheChain(string nearest, string expected) =>
        Assert.Equal(expected, ClientAddress.Of("203.0.113.5", Ip(nearest), Trusted)?.Text);

    [Fact]
    public void Of_EndlessChain_IsGivenUp() =>
        Assert.Null(ClientAddress.Of(string.Join(',', Enumerable.Repeat("10.0.0.1", 10_000)), nearest: null, Trusted));

    [Fact]
    public void Of_AnyText_NeverThrowsAndNeverTrustsTheClient() =>
        Prop.ForAll<NonNull<string>>(text =>
                ClientAddress.Of($"{text.Get}, 203.0.113.5, 10.1.2.3", nearest: null, Trusted)?.Text == "203.0.113.5"
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0/8")]
    [InlineData("example.com")]
    [InlineData("10.0.0.1/-1")]
    public void Networks_BadBlock_IsNamed(string block)
    {
        Assert.False(AddressNetworks.TryParse(["10.0.0.0/8", block], out _, out string bad));
        Assert.Contains(block, bad);
    }

    [Theory]
    [InlineData("0.0.0.0/0", "203.0.113.5", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("203.0.113.4/31", "203.0.113.5", true)]
    [InlineData("203.0.113.4/31", "203.0.113.6", false)]
    [InlineData("203.0.113.5", "203.0.113.5", true)]
    public void Networks_Contains_GoesByPrefix(string block, string address, bool expected)
    {
        Assert.Equal(expected, Networks(block).Contains(Ip(address)));
        Assert.Equal(expected, Networks(block).Contains(System.Net.IPAddress.Parse(address)));
    }

    private static AddressNetworks Networks(params string[] blocks)
    {
        Assert.True(AddressNetworks.TryParse(blocks, out AddressNetworks networks, out string bad), bad);
        return networks;
    }

    private static IpAddress Ip(string text)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address, out string error), error);
        return address;
    }
}
