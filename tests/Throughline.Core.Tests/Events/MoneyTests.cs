using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Throughline.Core.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>Currencies, and exact amounts.</summary>
public sealed class MoneyTests
{
    [Theory]
    [InlineData("EUR", 2)]
    [InlineData("USD", 2)]
    [InlineData("JPY", 0)]
    [InlineData("KRW", 0)]
    [InlineData("VND", 0)]
    [InlineData("ISK", 0)]
    [InlineData("HUF", 2)]
    [InlineData("KWD", 3)]
    [InlineData("BHD", 3)]
    [InlineData("CLF", 4)]
    [InlineData("UYW", 4)]
    [InlineData("BGN", 2)]
    public void Currency_KnownCode_HasItsMinorDigits(string code, int digits)
    {
        Assert.True(Currency.TryParse(code, out Currency currency));
        Assert.Equal(digits, currency.MinorDigits);
        Assert.Equal(code, currency.ToString());
    }

    [Fact]
    public void Currency_All_AreDistinctAndRoundTripByCodeAndNumber()
    {
        Assert.Equal(165 + 11, Currency.All.Distinct().Count());
        foreach (Currency currency in Currency.All)
        {
            Assert.Equal(currency, Currency.Parse(currency.ToString()));
            Assert.Equal(currency, Currency.FromNumber(currency.Number));
        }
    }

    [Fact]
    public void Currency_EveryThreeLetters_IsKnownExactlyIfListed()
    {
        var known = Currency.All.Select(currency => currency.ToString()).ToHashSet();
        for (int i = 0; i < 26 * 26 * 26; i++)
        {
            string code = new([(char)('A' + i / 676), (char)('A' + i / 26 % 26), (char)('A' + i % 26)]);
            Assert.Equal(known.Contains(code), Currency.TryParse(code, out _));
            Assert.Equal(known.Contains(code), !Currency.FromNumber((ushort)(i + 1)).IsNone);
        }
    }

    [Theory]
    [InlineData("XXX")]
    [InlineData("XAU")]
    [InlineData("eur")]
    [InlineData("")]
    [InlineData("EURO")]
    [InlineData("ĀĀĀ")]
    public void Currency_AnythingElse_IsNoCurrency(string code)
    {
        Assert.False(Currency.TryParse(code, out Currency currency));
        Assert.True(currency.IsNone);
        Assert.Equal("", currency.ToString());
        Assert.Throws<FormatException>(() => Currency.Parse(code));
    }

    [Theory]
    [InlineData("12.34", "EUR", 1234)]
    [InlineData("12", "EUR", 1200)]
    [InlineData("12.3", "EUR", 1230)]
    [InlineData("12.340000", "EUR", 1234)]
    [InlineData("0.01", "EUR", 1)]
    [InlineData("-0.01", "EUR", -1)]
    [InlineData("0012.00", "EUR", 1200)]
    [InlineData("1500", "JPY", 1500)]
    [InlineData("1500.0", "JPY", 1500)]
    [InlineData("1.234", "KWD", 1234)]
    [InlineData("1.2345", "CLF", 12345)]
    [InlineData("90071992547409.91", "EUR", Money.MaxMinor)]
    [InlineData("-90071992547409.91", "EUR", -Money.MaxMinor)]
    public void TryParse_ExactText_GivesMinorUnits(string text, string code, long minor)
    {
        Assert.Equal(AmountStatus.Ok, Parse(text, code, out Money money));
        Assert.Equal(new Money(minor, Currency.Parse(code)), money);
    }

    [Theory]
    [InlineData("0.001", "EUR", AmountStatus.TooPrecise)]
    [InlineData("0.1", "JPY", AmountStatus.TooPrecise)]
    [InlineData("90071992547409.92", "EUR", AmountStatus.OutOfRange)]
    [InlineData("9007199254740992", "JPY", AmountStatus.OutOfRange)]
    [InlineData("99999999999999999999999999", "EUR", AmountStatus.OutOfRange)]
    [InlineData("", "EUR", AmountStatus.Malformed)]
    [InlineData("-", "EUR", AmountStatus.Malformed)]
    [InlineData("1.", "EUR", AmountStatus.Malformed)]
    [InlineData(".1", "EUR", AmountStatus.Malformed)]
    [InlineData("1.2.3", "EUR", AmountStatus.Malformed)]
    [InlineData("1e2", "EUR", AmountStatus.Malformed)]
    [InlineData("1,2", "EUR", AmountStatus.Malformed)]
    public void TryParse_OtherText_SaysWhy(string text, string code, AmountStatus status) =>
        Assert.Equal(status, Parse(text, code, out _));

    [Fact]
    public void TryParse_TextOfAnyAmount_GivesTheAmount()
    {
        Gen<Money> amounts =
            from minor in Generators.Long(-Money.MaxMinor, Money.MaxMinor)
            from currency in Gen.Elements(Currency.All.ToArray())
            select new Money(minor, currency);
        Prop.ForAll(
                amounts.ToArbitrary(),
                money =>
                    Parse(money.ToString()[..^4], money.Currency.ToString(), out Money parsed) == AmountStatus.Ok
                    && parsed == money
                    && decimal.Parse(money.ToString()[..^4], CultureInfo.InvariantCulture)
                        == money.Minor / PowersOfTen[money.Currency.MinorDigits]
            )
            .QuickCheckThrowOnFailure();
    }

    private static readonly decimal[] PowersOfTen = [1, 10, 100, 1000, 10_000];

    private static AmountStatus Parse(string text, string code, out Money money) =>
        Money.TryParse(Encoding.UTF8.GetBytes(text), Currency.Parse(code), out money);
}
