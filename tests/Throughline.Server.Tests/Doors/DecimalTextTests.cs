using System.Globalization;
using System.Numerics;
using System.Text;
using Throughline.Server.Doors;
using Throughline.Testing;

namespace Throughline.Server.Tests.Doors;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("12.30", "12.30")]
    [InlineData("0", "0")]
    [InlineData("1e2", "100")]
    [InlineData("1.23E1", "12.3")]
    [InlineData("1.5e+0", "1.5")]
    [InlineData("12e-3", "0.012")]
    [InlineData("-2.5e-1", "-0.25")]
    [InlineData("0.1e2", "10")]
    [InlineData("1e-7", "0.0000001")]
    public void TryExpand_Exponents_AreWrittenOut(string number, string expected) =>
        Assert.Equal(expected, Expand(number));

    [Theory]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    [InlineData("1e99999999999999999999")]
    public void TryExpand_WhatNoAmountHas_IsNotMade(string number) => Assert.Null(Expand(number));

    /// <summary>Against whole numbers of any size as the oracle.</summary>
    [Fact]
    public void TryExpand_AnyNumber_KeepsItsValue()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 2000; i++)
        {
            string fraction = random.Next(3) == 0 ? "" : $".{Digits(random)}";
            string whole = random.Next(10) == 0 ? "0" : random.Next(1, 9) + Digits(random);
            int exponent = random.Next(-20, 20);
            string number = $"{(random.Next(2) == 0 ? "-" : "")}{whole}{fraction}e{exponent}";
            string expanded = Expand(number)!;
            Assert.True(Scaled(number) == Scaled(expanded), $"{number} became {expanded}");
        }
    }

    [Theory]
    [InlineData("59.900000000000006", 2, "59.90")]
    [InlineData("0.30000000000000004", 2, "0.30")]
    [InlineData("434.99999999999994", 0, "435")]
    [InlineData("99.99999999999999", 2, "100.00")]
    [InlineData("999.9999999999999", 0, "1000")]
    [InlineData("-0.09999999999999998", 2, "-0.10")]
    [InlineData("10.005", 2, "10.005")]
    [InlineData("1.000000001", 2, "1.000000001")]
    [InlineData("1.2345678901234567", 2, "1.2345678901234567")]
    [InlineData("12.5", 2, "12.5")]
    [InlineData("1500", 0, "1500")]
    public void Snap_LeftoversOfFloatingPoint_AreTakenOffAndNothingElse(string text, int digits, string expected)
    {
        byte[] buffer = new byte[DecimalText.LengthMax + 1];
        int length = Encoding.ASCII.GetBytes(text, buffer);
        length = DecimalText.Snap(buffer, length, digits);
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer, 0, length));
    }

    /// <summary>Whatever sum of cents a sender works out in doubles, the cents come out.</summary>
    [Fact]
    public void Snap_SumsOfDoubles_GiveTheCentsThatWereMeant()
    {
        Random random = Seeds.Random();
        byte[] buffer = new byte[DecimalText.LengthMax + 1];
        int snapped = 0;
        for (int i = 0; i < 20_000; i++)
        {
            long cents = 0;
            double sum = 0;
            for (int item = random.Next(1, 9); item > 0; item--)
            {
                int price = random.Next(1, 100_000);
                int count = random.Next(1, 9);
                cents += (long)price * count;
                sum += price / 100.0 * count;
            }
            string sent = sum.ToString("R", CultureInfo.InvariantCulture);
            int length = DecimalText.Snap(buffer, Encoding.ASCII.GetBytes(sent, buffer), 2);
            string text = Encoding.ASCII.GetString(buffer, 0, length);
            snapped += text == sent ? 0 : 1;
            Assert.Equal(cents / 100m, decimal.Parse(text, CultureInfo.InvariantCulture));
        }
        Assert.True(snapped > 100, "nothing was ever off, so nothing was shown");
    }

    private static string Digits(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(10)));

    private static string? Expand(string number)
    {
        byte[] target = new byte[DecimalText.LengthMax + 1];
        return DecimalText.TryExpand(Encoding.ASCII.GetBytes(number), target, out int length)
            ? Encoding.ASCII.GetString(target, 0, length)
            : null;
    }

    /// <summary>A number times 10^60, exactly.</summary>
    private static BigInteger Scaled(string number)
    {
        string[] parts = number.Split('e');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        int places = point < 0 ? 0 : parts[0].Length - point - 1;
        int exponent = 60 - places + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        BigInteger digits = BigInteger.Parse(
            parts[0].Replace(".", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture
        );
        return digits * BigInteger.Pow(10, exponent);
    }
}
