using System.Numerics;
using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Events;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution.Rates;

/// <summary>Rates are read and applied exactly.</summary>
public sealed class ExchangeRateTests
{
    [Theory]
    [InlineData("0.9213", "0.9213")]
    [InlineData("1", "1")]
    [InlineData("007.10", "7.1")]
    [InlineData("100.00", "100")]
    [InlineData("0.000000000001", "0.000000000001")]
    [InlineData("123456789012345", "123456789012345")]
    public void TryParse_ADecimal_IsKeptExactly(string text, string expected)
    {
        Assert.True(ExchangeRate.TryParse(text, out ExchangeRate rate));
        Assert.Equal(expected, rate.ToString());
        Assert.True(ExchangeRate.TryParse(expected, out ExchangeRate again));
        Assert.Equal(rate, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0.000")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1,5")]
    [InlineData("1e3")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1 ")]
    [InlineData("٣")]
    [InlineData("NaN")]
    [InlineData("0.0000000000001")]
    [InlineData("1234567890123456")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(ExchangeRate.TryParse(text, out _));

    [Theory]
    [InlineData("USD", "EUR", "0.9213", 1000, 921)] // 9.213 EUR
    [InlineData("USD", "EUR", "0.5", 1, 1)] // half a cent goes up
    [InlineData("USD", "EUR", "0.4999", 1, 0)]
    [InlineData("USD", "JPY", "155.25", 1999, 3103)] // 3,103.4475 yen, which have no minor unit
    [InlineData("JPY", "USD", "0.00644", 3103, 1998)]
    [InlineData("EUR", "KWD", "0.3333", 100, 333)] // fils are thousandths
    public void Convert_BetweenMinorUnits_FollowsEachCurrencysExponent(
        string from,
        string to,
        string text,
        long minor,
        long expected
    )
    {
        Assert.True(ExchangeRate.TryParse(text, out ExchangeRate rate));
        Assert.Equal(expected, rate.Convert(minor, Currency.Parse(from), Currency.Parse(to), isInverse: false));
    }

    [Fact]
    public void Convert_AnyRateAndValue_IsTheFractionRoundedHalfUp()
    {
        Random random = Seeds.Random();
        string[] codes = ["EUR", "JPY", "KWD", "CLF", "USD"];
        for (int round = 0; round < 10_000; round++)
        {
            int scale = random.Next(ExchangeRate.ScaleMax + 1);
            long mantissa = random.NextInt64(1, (long)Math.Pow(10, random.Next(1, ExchangeRate.DigitsMax + 1)));
            Rational exact = new(mantissa, BigInteger.Pow(10, scale));
            string text =
                scale == 0
                    ? $"{mantissa}"
                    : $"{mantissa.ToString().PadLeft(scale + 1, '0')[..^scale]}.{mantissa.ToString().PadLeft(scale + 1, '0')[^scale..]}";
            Assert.True(ExchangeRate.TryParse(text, out ExchangeRate rate), text);
            Currency from = Currency.Parse(codes[random.Next(codes.Length)]);
            Currency to = Currency.Parse(codes[random.Next(codes.Length)]);
            long minor = random.NextInt64(0, random.Next(2) == 0 ? 100_000 : Money.MaxMinor);
            bool isInverse = random.Next(2) == 0;
            Rational whole =
                new Rational(minor, BigInteger.Pow(10, from.MinorDigits)) * (isInverse ? 1 / exact : exact);
            BigInteger expected = whole.Round(BigInteger.Pow(10, to.MinorDigits));
            long? actual = rate.Convert(minor, from, to, isInverse);
            Assert.True(
                expected > Money.MaxMinor ? actual is null : actual == expected,
                $"{minor} {from} to {to} by {text}, inverse {isInverse}: {actual}, not {expected}"
            );
        }
    }
}
