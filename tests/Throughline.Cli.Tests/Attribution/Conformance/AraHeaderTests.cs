using System.Text.Json;
using Throughline.Cli.Attribution.Conformance.Ara;

namespace Throughline.Cli.Tests.Attribution.Conformance;

/// <summary>Headers that hand a registration to the operating system, and which of several headers counts.</summary>
public sealed class AraHeaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\"https://a.test/x\"", "https://a.test/x")]
    [InlineData("\"https://a.test/x\";debug-reporting", "https://a.test/x!")]
    [InlineData(
        " \"https://a.test/x\"; debug-reporting=?1 , \"https://b.test\";debug-reporting=?0",
        "https://a.test/x! https://b.test"
    )]
    [InlineData(
        "\"https://a.test\", 123, -4.5, token, ?1, \"https://b.test\";x=1;y=\"a,b\"",
        "https://a.test https://b.test"
    )]
    [InlineData("\"http://a.test\", \"no address\"", "")] // not trustworthy
    [InlineData("\"https://a.test/\\\"q\"", "https://a.test/\"q")]
    public void Read_Addresses_GivesThemInOrder(string header, string expected)
    {
        var found = AraOs.Read(header)!.Select(x => x.Url + (x.WantsDebugReports ? "!" : ""));

        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("!")]
    [InlineData("\"https://a.test")]
    [InlineData("\"https://a.test\",")]
    [InlineData("\"https://a.test\" \"https://b.test\"")]
    [InlineData("\"https://a.test\";Debug")]
    [InlineData("\"a\u0001\"")]
    [InlineData("1.2.3")]
    public void Read_NoList_IsRefused(string header) => Assert.Null(AraOs.Read(header));

    [Theory]
    [InlineData("", "Register-Source", "Attribution-Reporting-Register-Source")]
    [InlineData("", "Register-Source Register-OS-Source", null)]
    [InlineData(
        "preferred-platform=os",
        "Register-Source Register-OS-Source",
        "Attribution-Reporting-Register-OS-Source"
    )]
    [InlineData(
        "x, preferred-platform=web",
        "Register-Trigger Register-OS-Trigger",
        "Attribution-Reporting-Register-Trigger"
    )]
    [InlineData("preferred-platform=mars", "Register-Source", null)]
    [InlineData("preferred-platform=os", "Register-Source", null)]
    [InlineData("", "Register-Source Register-Trigger", null)]
    [InlineData("", "Register-Source Register-OS-Trigger", null)]
    public void Read_SeveralHeaders_TheOneThatCounts(string info, string names, string? expected)
    {
        Dictionary<string, string> headers = names.Split(' ').ToDictionary(x => "Attribution-Reporting-" + x, _ => "");
        headers["Attribution-Reporting-Info"] = info;

        AraHeaders? read = AraHeaders.Read(JsonSerializer.SerializeToElement(headers), hasOs: true, wantsErrors: true);

        Assert.Equal(expected, read?.Name);
    }
}
