using System.Net;
using Throughline.Cel.Library;
using Throughline.Cel.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Library;

/// <summary>IP addresses and CIDR blocks.</summary>
public sealed class IpAddressTests
{
    [Fact]
    public void TryParse_AnyV6Address_AgreesWithDotNet()
    {
        Random random = Seeds.Random();
        byte[] bytes = new byte[16];
        for (int i = 0; i < 5_000; i++)
        {
            random.NextBytes(bytes);
            for (int group = 0; group < 8; group++)
                if (random.Next(2) == 0)
                    bytes[2 * group] = bytes[2 * group + 1] = 0;
            string text = string.Join(
                ':',
                Enumerable.Range(0, 8).Select(x => $"{bytes[2 * x] << 8 | bytes[2 * x + 1]:x}")
            );
            Assert.True(IpAddress.TryParse(text, out IpAddress address, out string error), $"{text}: {error}");
            string printed = address.Text;
            Assert.True(IpAddress.TryParse(printed, out IpAddress again, out _), printed);
            Assert.True(again.EqualTo(address), $"{text} prints as {printed}");
            // .NET writes the last groups of some addresses with dots.
            if (address.IsV6 && !new IPAddress(bytes).ToString().Contains('.'))
                Assert.Equal(new IPAddress(bytes).ToString(), printed);
        }
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.")]
    [InlineData(" 1.2.3.4")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7::8")]
    [InlineData("12345::")]
    [InlineData("::g")]
    [InlineData(":1::2")]
    [InlineData("1.2.3.4::")]
    [InlineData("::1.2.3.4.5")]
    [InlineData("::1%eth0")]
    [InlineData("::ffff:1.2.3.4")]
    public void TryParse_NoAddress_IsRefused(string text) => Assert.False(IpAddress.TryParse(text, out _, out _));

    [Theory]
    [InlineData("cidr('0.0.0.0/0').containsIP('255.1.2.3')", "true")]
    [InlineData("cidr('::/0').containsIP('ffff::')", "true")]
    [InlineData("cidr('::/0').containsIP('1.2.3.4')", "false")]
    [InlineData("cidr('10.1.2.3/8').containsCIDR('10.0.0.0/7')", "false")]
    [InlineData("string(cidr('2001:db8:ffff::1/33').masked())", "\"2001:db8:8000::/33\"")]
    [InlineData("isCIDR('10.0.0.0/33') || isCIDR('10.0.0.0/08') || isCIDR('10.0.0.0/+8')", "false")]
    [InlineData("isCIDR('::/128')", "true")]
    [InlineData("string(ip('::1.2.3.4'))", "\"::102:304\"")]
    [InlineData("ip('10.0.0.1').isGlobalUnicast()", "true")]
    public void Functions_Addresses_AsExpected(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Text(text));
}
