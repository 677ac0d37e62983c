using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Commands;

/// <summary>A data folder that is gone after the test, and command lines over it.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly TempFolder folder = new();

    public string DataFolder => folder["data"];

    /// <summary>A path beside the data folder.</summary>
    public string this[string name] => folder[name];

    public Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.OfAsync([.. args, "--data", DataFolder, "--json"]);

    /// <summary>Runs a command that must end well; gives its JSON.</summary>
    public async Task<JsonElement> JsonAsync(params string[] args)
    {
        CommandRun run = await RunAsync(args);
        Assert.True(run.Exit == 0, $"exit {run.Exit}: {run.Stderr}");
        return run.Json();
    }

    public void Dispose() => folder.Dispose();
}
