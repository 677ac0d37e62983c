using System.Text.Json;
using Throughline.Cli.Input;
using Throughline.Cli.Input.AccessLog;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Input.AccessLog;

/// <summary>10,000 lines of a real Apache server; the expected figures were counted with grep, awk and sort.</summary>
public sealed class RealAccessLogTests
{
    private static (List<JsonElement> Events, List<InputRejection> Rejections) Read(params string[] files)
    {
        using var input = new EventInput(files, new AccessLogEvents(new(new byte[] { 9 })));
        List<JsonElement> events = [];
        List<InputRejection> rejections = [];
        while (input.Next() is { } batch)
        {
            string[] lines = System
                .Text.Encoding.UTF8.GetString(batch.Body.Span)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(batch.Count, lines.Length);
            events.AddRange(lines.Select(line => JsonElement.Parse(line)));
            rejections.AddRange(batch.Rejections);
        }
        return (events, rejections);
    }

    [Fact]
    public void Read_RealLog_EveryLineIsAnEventButTheOneThatWasCut()
    {
        string file = SharedData.Require("gate/access-log/apache_logs");

        (List<JsonElement> events, List<InputRejection> rejections) = Read(file);

        Assert.All(events, TestEventReading.AssertValid);
        Assert.Equal(9999, events.Count);
        InputRejection cut = Assert.Single(rejections);
        Assert.Equal((file, 8899L, "quote_open"), (cut.File, cut.Line, cut.Reason));
        Assert.Equal(9999, events.Select(e => e.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(
            1753,
            events.Select(e => e.GetProperty("context").GetProperty("address").GetString()).Distinct().Count()
        );
        Assert.DoesNotContain(events, e => e.TryGetProperty("malformedRequest", out _));
        Assert.Equal(213, events.Count(e => e.GetProperty("request").GetProperty("status").GetInt32() == 404));
        Assert.Equal(5, events.Count(e => e.GetProperty("request").GetProperty("method").GetString() == "POST"));
        Assert.Equal(9999 - 669, events.Count(e => e.GetProperty("request").TryGetProperty("bytes", out _)));
        Assert.Equal(
            2_747_282_505,
            events.Sum(e =>
                e.GetProperty("request").TryGetProperty("bytes", out JsonElement bytes) ? bytes.GetInt64() : 0
            )
        );
        Assert.Equal(5927, events.Count(e => e.GetProperty("context").TryGetProperty("referrer", out _)));
        Assert.Equal(9809, events.Count(e => e.GetProperty("context").TryGetProperty("userAgent", out _)));
    }

    [Fact]
    public void Read_EqualLinesInTwoFiles_AreNumberedAcrossThem()
    {
        string file = SharedData.Require("gate/access-log/apache_logs");

        (List<JsonElement> events, _) = Read(file, file);

        Assert.Equal(2 * 9999, events.Select(e => e.GetProperty("id").GetString()).Distinct().Count());
    }
}
