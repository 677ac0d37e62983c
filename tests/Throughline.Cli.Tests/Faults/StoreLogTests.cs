using System.Diagnostics;
using System.Text.Json;
using Throughline.Testing;
using Throughline.Testing.Faults;

namespace Throughline.Cli.Tests.Faults;

/// <summary>A store that failed and was got over changes no answer, so whoever runs the command must find it in the log.</summary>
public sealed class StoreLogTests
{
    // Operations of a process on the tenant's folder: opening it takes some 20, the first commit some 30 more.
    private const int InOpening = 5;
    private const int InCommit = 30;

    private const string Event =
        """{"id":"e-1","type":"click","time":"2026-06-01T12:00:00Z","identifiers":[{"type":"user","value":"ada"}]}""";

    [Theory]
    [InlineData(InOpening, "Tenant demo cannot be opened")]
    [InlineData(InCommit, "The store of demo failed")]
    public async Task Import_StoreFailsOnce_GoesOnAndLogsIt(int operation, string logged)
    {
        using TempFolder folder = new();
        await StoredTenant.CreateAsync(folder["data"]);
        await File.WriteAllTextAsync(folder["events"], Event + "\n", TestContext.Current.CancellationToken);

        (int exit, string output, string errors) = await ServeProcess.RunAsync(
            ["import", folder["events"], "--format", "ndjson", "--data", folder["data"], "--json"],
            start => FailAt(start, folder["data"], operation)
        );

        Assert.Equal(0, exit);
        Assert.Equal(1, JsonElement.Parse(output).GetProperty("accepted").GetInt32());
        Assert.Contains(logged, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_StoreIsWell_LogsNothing()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder["events"], Event + "\n", TestContext.Current.CancellationToken);

        (int exit, _, string errors) = await ServeProcess.RunAsync([
            "import",
            folder["events"],
            "--format",
            "ndjson",
            "--data",
            folder["data"],
            "--json",
        ]);

        Assert.Equal(0, exit);
        Assert.DoesNotContain("fail:", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("warn:", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("info:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_StoreFailsOnce_LogsIt()
    {
        using TempFolder data = new();
        Ledger ledger = new();
        string key = await StoredTenant.CreateAsync(data.Path);
        await using ServeProcess service = await ServeProcess.StartAsync(
            data.Path,
            start => FailAt(start, data.Path, InCommit)
        );
        using Senders senders = new(service.Address, key, ledger);

        bool acknowledged = await senders.SendAsync(new LoadEvents(1, "s", 1).Next());
        service.Terminate();

        Assert.False(acknowledged, "the batch whose commit failed is not acknowledged");
        Assert.Equal(0, await service.EndAsync());
        Assert.Contains("The store of demo failed", await service.Errors, StringComparison.Ordinal);
    }

    private static void FailAt(ProcessStartInfo start, string data, int operation) =>
        FaultFs.Preload(
            start,
            StoredTenant.FolderOf(data),
            FaultMode.Fail,
            operation,
            FaultFs.InputOutputError,
            forGood: false
        );
}
