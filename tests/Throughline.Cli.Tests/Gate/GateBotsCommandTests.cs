using System.Text.Json;
using Microsoft.Extensions.Logging;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Cli.Tests.Commands;
using Throughline.Server;

namespace Throughline.Cli.Tests.Gate;

/// <summary>What a running service knows of good bots, as the command line shows it.</summary>
public sealed class GateBotsCommandTests
{
    [Fact]
    public async Task Bots_RunningService_ShowsAgeAndTrouble()
    {
        using TestStore store = new();
        await File.WriteAllTextAsync(store["bing.txt"], "192.0.2.0/24\n", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(store["bing.txt"], DateTime.UtcNow.AddDays(-20));
        ServeOptions options = new()
        {
            DataFolder = store.DataFolder,
            Urls = ["http://127.0.0.1:0"],
            StopsOnSignals = false,
            LogLevel = LogLevel.None,
            Edge = new()
            {
                GoodBots = new()
                {
                    Sources =
                    [
                        new() { Bot = "bingbot", Location = store["bing.txt"] },
                        new() { Bot = "googlebot", Location = store["none.json"] },
                    ],
                },
            },
        };
        await using RunningServer server = await ThroughlineServer.StartAsync(
            options,
            TestContext.Current.CancellationToken
        );
        await store.JsonAsync("gate", "lists", "add", "blocked", "203.0.113.1"); // the tenant

        CommandRun run;
        do run = await CommandRun.OfAsync("gate", "bots", "--data", store.DataFolder);
        while (!run.Stdout.Contains("20 days old", StringComparison.Ordinal) || !run.Stdout.Contains("cannot be read"));

        Assert.Contains("1 blocks, 20 days old: too old to name impostors", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("not known yet; not refreshed: cannot be read", run.Stdout, StringComparison.Ordinal);
        JsonElement list = (await store.JsonAsync("gate", "bots")).GetProperty("lists")[0];
        Assert.Equal(("bingbot", 1), (list.GetProperty("list").GetString(), list.GetProperty("prefixes").GetInt32()));
    }

    [Fact]
    public async Task Bots_NothingConfigured_SaysSo()
    {
        using TestStore store = new();
        await store.JsonAsync("gate", "lists", "add", "blocked", "203.0.113.1");

        CommandRun run = await CommandRun.OfAsync("gate", "bots", "--data", store.DataFolder);

        Assert.Equal(0, run.Exit);
        Assert.Contains("No list has a source", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("Names are not asked for", run.Stdout, StringComparison.Ordinal);
    }
}
