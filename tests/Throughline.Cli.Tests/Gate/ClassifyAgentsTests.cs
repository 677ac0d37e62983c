using System.Diagnostics;
using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

/// <summary><c>gate classify-agents</c> over small files, and its shares over real ones.</summary>
public sealed class ClassifyAgentsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_File_CountsBotsAndOthers()
    {
        string file = Write(
            "agents.txt",
            "curl/8.5.0\nMozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0\n\nFooBot/1\n"
        );

        CommandRun run = await CommandRun.OfAsync("gate", "classify-agents", file, "--json");

        Assert.Equal((0, 2, 2), (run.Exit, Count(run, "bots"), Count(run, "others")));
    }

    [Fact]
    public async Task Run_WithList_TheListDecidesAndItsMistakesAreNamed()
    {
        string file = Write("agents.txt", "Gnome/1 (X11)\nFooBot/1 (X11)\n");
        string list = Write("list.json", """[{"pattern": "Gnome"}, {"pattern": "("}]""");

        CommandRun run = await CommandRun.OfAsync("gate", "classify-agents", file, "--crawlers", list, "--json");

        Assert.Equal((0, 1, 1), (run.Exit, Count(run, "bots"), Count(run, "others")));
        Assert.Contains("list.json: /1/pattern: ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ListWithoutPatterns_IsBadInput()
    {
        string list = Write("list.json", "[]");

        CommandRun run = await CommandRun.OfAsync("gate", "classify-agents", list, "--crawlers", list, "--json");

        Assert.Equal("list_empty", run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("bots-monperrus.txt", 0.99, 1)]
    [InlineData("humans-matomo-phones-half.txt", 0, 0.002)]
    public async Task Run_RealAgents_AreTold(string name, double least, double most)
    {
        string file = SharedData.Require("gate/user-agents/" + name);

        CommandRun run = await CommandRun.OfAsync("gate", "classify-agents", file, "--json");

        Assert.InRange((double)Count(run, "bots") / (Count(run, "bots") + Count(run, "others")), least, most);
    }

    [Fact]
    public async Task Run_CurrentBrowsersOfNpm_AreNoBots()
    {
        string package = await InstallAsync("user-agents@2.1.198");
        using JsonDocument data = JsonDocument.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(package, "dist", "user-agents.json"),
                TestContext.Current.CancellationToken
            )
        );
        string[] agents = [.. data.RootElement.EnumerateArray().Select(x => x.GetProperty("userAgent").GetString()!)];
        Assert.Equal(10_000, agents.Length);

        CommandRun run = await CommandRun.OfAsync(
            "gate",
            "classify-agents",
            Write("agents.txt", string.Join('\n', agents)),
            "--json"
        );

        Assert.Equal((0, 10_000), (Count(run, "bots"), Count(run, "others")));
    }

    [Fact]
    public async Task Run_ListOfNpm_IsTakenWhole()
    {
        string package = await InstallAsync("crawler-user-agents@1.60.0");
        string list = Path.Combine(package, "crawler-user-agents.json");
        using JsonDocument data = JsonDocument.Parse(
            await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken)
        );
        IEnumerable<string> agents = data
            .RootElement.EnumerateArray()
            .SelectMany(x => x.GetProperty("instances").EnumerateArray().Select(agent => agent.GetString()!));

        CommandRun run = await CommandRun.OfAsync(
            "gate",
            "classify-agents",
            Write("agents.txt", string.Join('\n', agents)),
            "--crawlers",
            list,
            "--json"
        );

        Assert.Equal("", run.Stderr.Contains("/pattern", StringComparison.Ordinal) ? run.Stderr : "");
        Assert.InRange(Count(run, "bots"), 2000, int.MaxValue);
        Assert.Equal(0, Count(run, "others"));
    }

    // Skips where there is no npm or it reaches no registry.
    private async Task<string> InstallAsync(string package)
    {
        ProcessStartInfo start = new("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", package])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Write("package.json", "{}");
        try
        {
            using Process npm = Process.Start(start)!;
            using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
            Task<string> output = npm.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = npm.StandardError.ReadToEndAsync(patience.Token);
            await Task.WhenAll(output, errors, npm.WaitForExitAsync(patience.Token));
            Assert.SkipUnless(npm.ExitCode == 0, $"npm could not install {package}");
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            Assert.Skip($"npm could not install {package}: {error.Message}");
        }
        return Path.Combine(folder.Path, "node_modules", package.Split('@')[0]);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static int Count(CommandRun run, string field) => run.Json().GetProperty(field).GetInt32();
}
