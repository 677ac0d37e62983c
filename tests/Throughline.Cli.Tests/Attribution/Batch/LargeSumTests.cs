using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Tests.CommandLine;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary>Each conversion may be worth all that 63 bits hold; what is added up of several is still exact, or refused, and never wraps.</summary>
public sealed class LargeSumTests : IDisposable
{
    private const string Rest = "9223372036854775807,USD\n";

    private readonly BatchFolder folder = new BatchFolder().With(
        "id,customer,time,campaign,channel,kind\n"
            + "t1,anna,2026-03-01T10:00:00Z,spring,,click\n"
            + "t2,bob,2026-03-01T10:00:00Z,spring,,click\n",
        "id,customer,time,kind,order_id,minor,currency\n"
            + $"o1,anna,2026-03-02T10:00:00Z,purchase,,{Rest}"
            + $"o2,bob,2026-03-02T10:00:00Z,purchase,,{Rest}"
            + $"o3,carl,2026-03-02T10:00:00Z,purchase,,{Rest}"
            + $"o4,dora,2026-03-02T10:00:00Z,purchase,,{Rest}"
    );

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("4")]
    public async Task Batch_ValuesBeyond63Bits_AddUpExactly(string threads)
    {
        JsonElement json = await JsonAsync("batch", "--out", folder["out.csv"], "--threads", threads);

        Assert.Equal("18446744073709551614", json.GetProperty("credits").GetProperty("USD").GetRawText());
        Assert.Equal("18446744073709551614", json.GetProperty("unattributedValue").GetProperty("USD").GetRawText());
    }

    [Fact]
    public async Task Compare_ValuesBeyond63Bits_AddUpExactly()
    {
        File.WriteAllText(folder["draft.yaml"], "rules:\n  - windows: { click: 1h }\n    version: 2\n");

        JsonElement json = await JsonAsync("compare", "--draft", folder["draft.yaml"]);

        Assert.Equal(
            """[{"campaign":"spring","currency":"USD","before":18446744073709551614,"after":0,"difference":-18446744073709551614}]""",
            json.GetProperty("campaigns").GetRawText()
        );
    }

    [Fact]
    public async Task Report_ValuesBeyond63Bits_AreRefusedInWords()
    {
        CommandRun run = await RunAsync("report", "--out", folder["report.csv"]);

        Assert.Equal((int)ExitCode.BadInput, run.Exit);
        Assert.Contains("beyond 2^63 - 1 minor units", run.Stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["report.csv"]));
    }

    private async Task<JsonElement> JsonAsync(string command, params string[] more)
    {
        CommandRun run = await RunAsync(command, more);
        Assert.True(run.Exit == 0, run.Stderr);
        return run.Json();
    }

    private Task<CommandRun> RunAsync(string command, params string[] more) =>
        CommandRun.OfAsync([
            "attribution",
            command,
            "--touches",
            folder["touches.csv"],
            "--conversions",
            folder["conversions.csv"],
            "--rules",
            folder["rules.yaml"],
            "--json",
            .. more,
        ]);
}
