using System.Globalization;
using System.Text;
using Throughline.Cli.Input.AccessLog;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Input.AccessLog;

public sealed class LogTimeTests
{
    [Theory]
    [InlineData("17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03Z")]
    [InlineData("10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z")]
    [InlineData("29/Feb/2024:23:59:59 +0530", "2024-02-29T18:29:59Z")]
    [InlineData("01/Jan/1970:00:00:00 +1400", "1969-12-31T10:00:00Z")]
    public void TryParse_Zone_IsTakenOff(string text, string expected)
    {
        Assert.True(LogTime.TryParse(Encoding.ASCII.GetBytes(text), out long time));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("17/May/2015:10:05:03 0000")]
    [InlineData("29/Feb/2023:10:05:03 +0000")]
    [InlineData("00/May/2015:10:05:03 +0000")]
    [InlineData("17/Mai/2015:10:05:03 +0000")]
    [InlineData("17/anF/2015:10:05:03 +0000")]
    [InlineData("17/May/0000:10:05:03 +0000")]
    [InlineData("17/May/2015:24:05:03 +0000")]
    [InlineData("17/May/2015:10:60:03 +0000")]
    [InlineData("17/May/2015:10:05:60 +0000")]
    [InlineData("17/May/2015:10:05:03 +1500")]
    [InlineData("17/May/2015:10:05:03 +0060")]
    [InlineData("+7/May/2015:10:05:03 +0000")]
    [InlineData(" 7/May/2015:10:05:03 +0000")]
    [InlineData("17/May/2015 10:05:03 +0000")]
    public void TryParse_Impossible_IsRefused(string text) =>
        Assert.False(LogTime.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void TryParse_AnyInstantAndZone_ReadsWhatWasWritten()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 5000; round++)
        {
            var zone = TimeSpan.FromMinutes(random.Next(-12 * 60, 14 * 60));
            DateTimeOffset instant = DateTimeOffset
                .FromUnixTimeSeconds(random.NextInt64(631_152_000, 7_258_118_400))
                .ToOffset(zone);
            string text = instant.ToString("dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture).Remove(24, 1);

            Assert.True(LogTime.TryParse(Encoding.ASCII.GetBytes(text), out long time), text);
            Assert.Equal(instant.ToUnixTimeMilliseconds(), time);
        }
    }
}
