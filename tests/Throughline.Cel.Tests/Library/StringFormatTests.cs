using System.Globalization;
using System.Numerics;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Library;

/// <summary>Formatting, where the suite does not reach.</summary>
public sealed class StringFormatTests
{
    [Theory]
    [InlineData("'%.1f'.format([0.25])", "0.2")]
    [InlineData("'%.1f'.format([0.35])", "0.3")]
    [InlineData("'%.0f'.format([0.5])", "0")]
    [InlineData("'%.0f'.format([-0.5])", "-0")]
    [InlineData("'%.2f'.format([1e22])", "10000000000000000000000.00")]
    [InlineData("'%.3e'.format([9999.9])", "1.000e+04")]
    [InlineData("'%.0e'.format([0.0])", "0e+00")]
    [InlineData("'%.2e'.format([1e-320])", "1.00e-320")]
    [InlineData("'%.2e'.format([1e100])", "1.00e+100")]
    [InlineData("'%x'.format([-255])", "-ff")]
    [InlineData(
        "'%b'.format([-9223372036854775808])",
        "-1000000000000000000000000000000000000000000000000000000000000000"
    )]
    [InlineData("'%o'.format([18446744073709551615u])", "1777777777777777777777")]
    [InlineData("'%s'.format([1e21])", "1000000000000000000000")]
    [InlineData("'%s'.format([[]])", "[]")]
    [InlineData("'%s %s'.format([type(1), {}])", "int {}")]
    public void Format_Clause_GivesTheText(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Evaluate(text).String);

    [Theory]
    [InlineData("'%'.format([])")]
    [InlineData("'%.'.format([1])")]
    [InlineData("'%.1001f'.format([1.0])")]
    [InlineData("'%5d'.format([1])")]
    [InlineData("'%.99999999999f'.format([1.0])")]
    [InlineData("'%s'.format([optional.none()])")]
    public void Format_WrongClause_IsAnError(string text) => Assert.NotEmpty(Evaluating.Error(text));

    [Fact]
    public void Fixed_AnyNumber_IsTheNearestDecimal()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 5_000; i++)
        {
            double number = BitConverter.Int64BitsToDouble(random.NextInt64()) % 1e12;
            int decimals = random.Next(8);
            if (!double.IsFinite(number))
                continue;
            string text = DoubleText.Fixed(number, decimals);
            // The distance of exact values, in units of 2^-1074 times 10^decimals.
            BigInteger given = Exact(number) * BigInteger.Pow(10, decimals);
            BigInteger shown =
                BigInteger.Parse(text.Replace(".", ""), CultureInfo.InvariantCulture) * BigInteger.Pow(2, 1074);
            BigInteger unit = BigInteger.Pow(2, 1074);
            Assert.True(BigInteger.Abs(given - shown) * 2 <= unit, $"{number:R} gives {text}");
        }
    }

    private static BigInteger Exact(double number)
    {
        long bits = BitConverter.DoubleToInt64Bits(number);
        int exponent = Math.Max((int)(bits >> 52 & 0x7FF), 1);
        long mantissa = (bits & 0xFFFFFFFFFFFFF) | ((bits >> 52 & 0x7FF) == 0 ? 0 : 1L << 52);
        return BigInteger.Pow(2, exponent - 1) * mantissa * (bits < 0 ? -1 : 1);
    }
}
