using System.Text;
using Throughline.Cli.Gate.Discovery;

namespace Throughline.Cli.Tests.Gate.Discovery;

public sealed class SaleLinesTests
{
    [Theory]
    [InlineData("""{"minor":5990,"currency":"EUR"}""")]
    [InlineData("""{"amount":"59.90","currency":"EUR"}""")]
    public void SaleOf_Conversion_ReadsItsValue(string value)
    {
        Sale? sale = new SaleLines().SaleOf(Conversion("a", "1001", value));

        Assert.Equal("a", sale?.Id);
        Assert.Equal("59.90 EUR", sale?.Value.ToString());
    }

    [Theory]
    [InlineData("""{"id":"r","type":"refund","refund":{"conversion":"a"}}""", true)]
    [InlineData("""{"id":"r","type":"refund","refund":{"orderId":"1001"}}""", true)]
    [InlineData("""{"id":"r","type":"refund","refund":{"orderId":"1001","kind":"signup"}}""", false)]
    [InlineData("""{"id":"r","type":"refund","refund":{"conversion":"b"}}""", false)]
    public void IsRefunded_ByIdOrOrder_IsToldByTheRefund(string refund, bool expected)
    {
        SaleLines lines = new();
        Sale sale = lines.SaleOf(Conversion("a", "1001", """{"minor":1,"currency":"EUR"}"""))!.Value;

        lines.TakeRefund(Encoding.UTF8.GetBytes(refund));

        Assert.Equal(expected, lines.IsRefunded(sale));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"type\":\"conversion\"")]
    [InlineData("""{"type":"conversion","conversion":[]}""")]
    [InlineData("""{"id":"a","type":"click","campaign":"x"}""")]
    public void SaleOf_NoConversion_IsNone(string line) =>
        Assert.Null(new SaleLines().SaleOf(Encoding.UTF8.GetBytes(line)));

    private static byte[] Conversion(string id, string order, string value) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{id}}}","type":"conversion","conversion":{"orderId":"{{{order}}}","value":{{{value}}}}}"""
        );
}
