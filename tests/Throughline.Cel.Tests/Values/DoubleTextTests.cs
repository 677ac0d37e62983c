using System.Globalization;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Values;

/// <summary>Shortest texts of doubles.</summary>
public sealed class DoubleTextTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1.0, "1")]
    [InlineData(123456.0, "123456")]
    [InlineData(1234567.0, "1.234567e+06")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(-0.00001, "-1e-05")]
    [InlineData(1e20, "1e+20")]
    [InlineData(1e88, "1e+88")]
    [InlineData(1e-88, "1e-88")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.Epsilon, "5e-324")]
    public void General_Number_IsTheShortestText(double number, string expected) =>
        Assert.Equal(expected, DoubleText.General(number));

    [Fact]
    public void GeneralAndPlain_AnyNumber_ReadBackExactly()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 20_000; i++)
        {
            // Half of them are powers of ten, where digits round up to the next one.
            double number =
                i % 2 == 0
                    ? BitConverter.Int64BitsToDouble(random.NextInt64())
                    : double.Parse($"1e{random.Next(-320, 309)}", CultureInfo.InvariantCulture);
            if (!double.IsFinite(number))
                continue;
            Assert.Equal(number, double.Parse(DoubleText.General(number), CultureInfo.InvariantCulture));
            Assert.Equal(number, double.Parse(DoubleText.Plain(number), CultureInfo.InvariantCulture));
        }
    }
}
