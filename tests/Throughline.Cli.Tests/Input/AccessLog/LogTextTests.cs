using System.Text;
using Throughline.Cli.Input.AccessLog;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Input.AccessLog;

public sealed class LogTextTests
{
    private static string Decode(string field, bool isAddress) =>
        Encoding.UTF8.GetString(new LogText().Decode(Encoding.Latin1.GetBytes(field), isAddress));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("""a\"b\\c""", """a"b\c""")]
    [InlineData(@"\x22\x5Cq", "\"\\q")]
    [InlineData("""\xc3\xa9t\xC3\xA9""", "été")]
    [InlineData("""caf\xe9""", "café")]
    [InlineData("caf\u00c3\u00a9", "café")]
    [InlineData("""a\tb\n\x00""", "a\uFFFDb\uFFFD\uFFFD")]
    [InlineData(@"\q\x1\xzz\", @"\q\x1\xzz\")]
    public void Decode_Text_IsReadable(string field, string expected) =>
        Assert.Equal(expected, Decode(field, isAddress: false));

    [Theory]
    [InlineData("http://e.org/?a=b%20c", "http://e.org/?a=b%20c")]
    [InlineData("""http://\xe4\xe5.\xf0\xf4/""", "http://%E4%E5.%F0%F4/")]
    [InlineData("""/\xc3\xa9\x01\x7f""", "/é%01%7F")]
    [InlineData("""/a\"b""", "/a\"b")]
    public void Decode_Address_IsPercentEncodedWhereItIsNoText(string field, string expected) =>
        Assert.Equal(expected, Decode(field, isAddress: true));

    [Fact]
    public void Decode_WhatApacheOrNginxEscaped_ComesBack()
    {
        Random random = Seeds.Random();
        var text = new LogText();
        for (int round = 0; round < 2000; round++)
        {
            string original = RandomLogs.Text(random, random.Next(0, 200));
            byte[] escaped = RandomLogs.Escape(Encoding.UTF8.GetBytes(original), nginx: random.Next(2) == 0);

            Assert.Equal(original, Encoding.UTF8.GetString(text.Decode(escaped, isAddress: false)));
        }
    }
}
