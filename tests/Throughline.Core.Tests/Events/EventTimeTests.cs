using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Throughline.Core.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>RFC 3339 to milliseconds, and back.</summary>
public sealed class EventTimeTests
{
    [Theory]
    [InlineData("2026-06-01T12:00:00Z", "2026-06-01T12:00:00.000Z")]
    [InlineData("2026-06-01t12:00:00z", "2026-06-01T12:00:00.000Z")]
    [InlineData("2026-06-01T12:00:00.1Z", "2026-06-01T12:00:00.100Z")]
    [InlineData("2026-06-01T12:00:00.123999999999Z", "2026-06-01T12:00:00.123Z")]
    [InlineData("2026-06-01T14:00:00+02:00", "2026-06-01T12:00:00.000Z")]
    [InlineData("2026-06-01T06:30:00-05:30", "2026-06-01T12:00:00.000Z")]
    [InlineData("2026-06-01T00:00:00+14:00", "2026-05-31T10:00:00.000Z")]
    [InlineData("2026-06-01T12:00:00-00:00", "2026-06-01T12:00:00.000Z")]
    [InlineData("2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z")]
    [InlineData("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z")]
    [InlineData("2016-12-31T23:59:60.25Z", "2016-12-31T23:59:59.999Z")]
    [InlineData("2015-07-01T01:59:60+02:00", "2015-06-30T23:59:59.999Z")]
    [InlineData("1990-01-01T00:00:00Z", "1990-01-01T00:00:00.000Z")]
    [InlineData("2199-12-31T23:59:59.9999Z", "2199-12-31T23:59:59.999Z")]
    [InlineData("2199-12-31T23:59:59.999-00:00", "2199-12-31T23:59:59.999Z")]
    public void TryParse_GoodText_GivesUtcMilliseconds(string text, string expected)
    {
        Assert.Equal(TimeStatus.Ok, EventTime.TryParse(Encoding.UTF8.GetBytes(text), out long time));
        Assert.Equal(expected, EventTime.ToText(time));
    }

    [Theory]
    [InlineData("1989-12-31T23:59:59.999Z")]
    [InlineData("2200-01-01T00:00:00Z")]
    [InlineData("2199-12-31T23:00:00-01:00")]
    [InlineData("1990-01-01T00:59:59+01:00")]
    public void TryParse_OutsideTheYears_IsOutOfRange(string text) =>
        Assert.Equal(TimeStatus.OutOfRange, EventTime.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("2026-06-15T23:59:60Z")]
    [InlineData("2026-06-30T23:58:60Z")]
    [InlineData("2026-06-30T23:59:60+01:00")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("2026-06-01T12:00:00")]
    [InlineData("2026-06-01T12:00:00+2:00")]
    public void TryParse_NoSuchInstant_IsMalformed(string text) =>
        Assert.Equal(TimeStatus.Malformed, EventTime.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Limits_AreTheStatedDays()
    {
        Assert.Equal(
            EventTime.Min,
            DateTimeOffset.Parse("1990-01-01T00:00:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()
        );
        Assert.Equal(
            EventTime.End,
            DateTimeOffset.Parse("2200-01-01T00:00:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()
        );
    }

    [Fact]
    public void TryParse_AnyInstantAndOffset_AgreesWithTheFramework()
    {
        Gen<DateTimeOffset> instants =
            from ms in Generators.Long(EventTime.Min, EventTime.End - 1)
            from offset in Gen.Choose(-14 * 60, 14 * 60)
            select DateTimeOffset.FromUnixTimeMilliseconds(ms).ToOffset(TimeSpan.FromMinutes(offset));
        Prop.ForAll(
                instants.ToArbitrary(),
                instant =>
                {
                    string text = instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
                    return EventTime.TryParse(Encoding.UTF8.GetBytes(text), out long time) == TimeStatus.Ok
                        && time == instant.ToUnixTimeMilliseconds()
                        && EventTime.ToText(time)
                            == instant.UtcDateTime.ToString(
                                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                                CultureInfo.InvariantCulture
                            );
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
