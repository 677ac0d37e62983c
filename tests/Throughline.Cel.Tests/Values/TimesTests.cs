using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Values;

/// <summary>Timestamps and durations: text, range, arithmetic with nanoseconds.</summary>
public sealed class TimesTests
{
    [Theory]
    [InlineData("2009-02-13T23:31:30Z", "2009-02-13T23:31:30Z")]
    [InlineData("2009-02-13T23:31:30.5+01:00", "2009-02-13T22:31:30.5Z")]
    [InlineData("2000-02-29T00:00:00.123456789Z", "2000-02-29T00:00:00.123456789Z")]
    [InlineData("1969-12-31T23:59:59.000000001Z", "1969-12-31T23:59:59.000000001Z")]
    [InlineData("2009-02-13T23:31:30.1234567891Z", "2009-02-13T23:31:30.123456789Z")]
    public void Parse_Rfc3339_PrintsInUtc(string text, string expected) =>
        Assert.Equal($"\"{expected}\"", Evaluating.Text("string(timestamp(x))", ("x", text)));

    [Theory]
    [InlineData("2009-02-13")]
    [InlineData("2009-02-13T23:31:30")]
    [InlineData("2009-02-13 23:31:30Z")]
    [InlineData("2009-02-30T00:00:00Z")]
    [InlineData("2009-13-01T00:00:00Z")]
    [InlineData("2009-02-13T24:00:00Z")]
    [InlineData("2009-02-13T23:60:00Z")]
    [InlineData("2009-02-13T23:31:30.Z")]
    [InlineData("2009-02-13T23:31:30+1:00")]
    [InlineData("2009-02-13T23:31:30Z ")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    public void Parse_AnythingElse_IsAnError(string text) =>
        Assert.NotEmpty(Evaluating.Error("timestamp(x)", ("x", text)));

    [Theory]
    [InlineData("1h30m", "5400s")]
    [InlineData("-1.5s", "-1.5s")]
    [InlineData("+2us", "0.000002s")]
    [InlineData("1µs1μs", "0.000002s")]
    [InlineData("0", "0s")]
    [InlineData(".5s", "0.5s")]
    [InlineData("1.s", "1s")]
    [InlineData("1ms1ns", "0.001000001s")]
    [InlineData("0.0000000001s", "0s")]
    public void Parse_Duration_PrintsSeconds(string text, string expected) =>
        Assert.Equal($"\"{expected}\"", Evaluating.Text("string(duration(x))", ("x", text)));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("1.2.3s")]
    [InlineData("1d")]
    [InlineData("1h 30m")]
    [InlineData(".s")]
    [InlineData("99999999999999999999999999999999999999999999999999999999h")]
    [InlineData("315576000001s")]
    public void Parse_NoDuration_IsAnError(string text) =>
        Assert.NotEmpty(Evaluating.Error("duration(x)", ("x", text)));

    [Fact]
    public void Arithmetic_AddAndSubtract_IsExact()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 2_000; i++)
        {
            CelTimestamp time = new(random.NextInt64(-60_000_000_000, 250_000_000_000), random.Next(1_000_000_000));
            Value made = Durations.Create(random.NextInt64(-1_000_000_000, 1_000_000_000), random.Next(1_000_000_000));
            CelDuration span = (CelDuration)made.Object!;
            CelTimestamp later = (CelTimestamp)Timestamps.Add(time, span).Object!;

            Assert.InRange(later.Nanos, 0, 999_999_999);
            Assert.True(ValueEquality.Equal(Timestamps.Subtract(later, span), Value.Of(time)));
            Assert.True(ValueEquality.Equal(Timestamps.Subtract(later, time), made));
            string text = Timestamps.Text(later);
            Assert.True(ValueEquality.Equal(Timestamps.Parse(text)!.Value, Value.Of(later)), text);
            Assert.True(ValueEquality.Equal(Durations.Parse(Durations.Text(span))!.Value, made), Durations.Text(span));
        }
    }

    [Theory]
    [InlineData("timestamp('0001-01-01T00:00:00Z').getFullYear('-01:00')", "0")]
    [InlineData("timestamp('9999-12-31T23:59:59Z').getFullYear('+01:00')", "10000")]
    [InlineData("timestamp('0001-01-01T00:00:00Z').getFullYear('America/New_York')", "0")]
    [InlineData("timestamp('9999-12-31T23:59:59Z').getFullYear('Asia/Tokyo')", "10000")]
    [InlineData("timestamp('2009-07-01T00:00:00Z').getHours('Europe/Berlin')", "2")]
    [InlineData("timestamp('2009-01-01T00:00:00Z').getHours('Europe/Berlin')", "1")]
    [InlineData("timestamp('2000-12-31T00:00:00Z').getDayOfYear()", "365")]
    [InlineData("timestamp('2001-03-01T00:00:00Z').getDayOfYear()", "59")]
    [InlineData("timestamp('2024-01-07T00:00:00Z').getDayOfWeek()", "0")]
    public void Get_PartInZone_IsThatOfTheCalendar(string text, string expected) =>
        Assert.Equal(expected, Evaluating.Text(text));

    [Theory]
    [InlineData("Atlantis/Central")]
    [InlineData("+1:00")]
    [InlineData("25:00")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Europe/../Europe/Berlin")]
    public void Get_UnknownZone_IsAnError(string zone) =>
        Assert.StartsWith(
            "unknown time zone",
            Evaluating.Error("timestamp(0).getHours(x)", ("x", zone)),
            StringComparison.Ordinal
        );
}
