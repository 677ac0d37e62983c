using System.Text.Json;
using Throughline.Testing;
using Throughline.World.Files;

namespace Throughline.World.Tests;

public sealed class FileTests
{
    [Fact]
    public void Write_AllFiles_HoldTheRun()
    {
        using TempFolder folder = new();
        WorldOptions options = new() { People = 120, Days = 10 };
        Recording run = new(options);
        List<long> progress = [];
        long lines = WorldFiles.Write(
            new(options),
            folder.Path,
            progress: progress.Add,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(run.Entries.Count, lines);
        Assert.Equal(lines, progress[^1]);
        Assert.Equal(
            run.Entries.Select(entry => System.Text.Encoding.UTF8.GetString(entry.Line)),
            File.ReadLines(Path.Combine(folder.Path, "events.ndjson"))
        );

        string[] actors = File.ReadAllLines(Path.Combine(folder.Path, "truth-actors.csv"));
        Assert.Equal("event,kind,family,actor", actors[0]);
        Assert.Equal(run.Once.Count, actors.Length - 1);
        Assert.Equal(
            run.Once.Select(entry => entry.Truth.EventId).Order(),
            actors.Skip(1).Select(line => line[..18]).Order()
        );
        Assert.Contains(actors, line => line.Contains(",bot,click_fraud,bot-", StringComparison.Ordinal));

        string[] identifiers = File.ReadAllLines(Path.Combine(folder.Path, "truth-identifiers.csv"));
        Assert.Equal(run.Truth.Identifiers.Count, identifiers.Length - 1);
        Assert.All(identifiers, line => Assert.Equal(4, line.Split(',').Length));

        var credits = File.ReadLines(Path.Combine(folder.Path, "truth-credits.ndjson"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(
            run.Truth.Conversions.Select(one => one.EventId),
            credits.Select(line => line.GetProperty("conversion").GetString())
        );
        Assert.All(
            credits,
            line =>
                Assert.Equal(
                    line.TryGetProperty("duplicateOf", out _) ? 0 : line.GetProperty("minor").GetInt64(),
                    line.GetProperty("unattributed").GetInt64()
                        + line.GetProperty("credits")
                            .EnumerateArray()
                            .Sum(credit => credit.GetProperty("minor").GetInt64())
                )
        );

        var campaigns = File.ReadLines(Path.Combine(folder.Path, "campaigns.ndjson"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(40, campaigns.Count);
        Assert.All(
            campaigns,
            line => Assert.Matches("^[0-9]+d$", line.GetProperty("document").GetProperty("window").GetString())
        );
        Assert.Equal(
            2,
            campaigns.Select(line => line.GetProperty("document").GetProperty("model").GetString()).Distinct().Count()
        );
    }

    [Fact]
    public void Write_Cancelled_Stops()
    {
        using TempFolder folder = new();
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(() =>
            WorldFiles.Write(
                new(new() { People = 2_000, Days = 10 }),
                folder.Path,
                progress: _ => source.Cancel(),
                cancellation: source.Token
            )
        );
    }
}
