using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;

namespace Throughline.Cli.Tests.Commands;

/// <summary>What can be asked of identity on the command line: what would be, what was, and how it stands.</summary>
public sealed class IdentityReadCommandTests
{
    private static readonly string[] Separate =
    [
        "identity",
        "separate",
        "user:anna",
        "device:tablet",
        "--tenant",
        "shop",
    ];

    [Fact]
    public async Task Separate_PreviewThenSaid_TellsAndThenHistoryAndThePastRemember()
    {
        using TestStore store = new();
        await SeeAsync(store);
        CommandRun preview = await store.RunAsync([.. Separate, "--preview"]);
        Assert.True(preview.Exit == 0, preview.Stderr);
        Assert.Contains("1 links would lose, 0 would win", preview.Stderr + preview.Stdout, StringComparison.Ordinal);
        JsonElement told = preview.Json();
        Assert.Equal(2, told.GetProperty("customers").GetProperty("before")[0].GetProperty("size").GetInt32());
        Assert.Equal(2, told.GetProperty("customers").GetProperty("after").GetArrayLength());
        Assert.Equal(2, (await store.RunAsync(Separate)).Exit); // no reason
        await store.JsonAsync([.. Separate, "--reason", "a shared tablet"]);

        JsonElement before = await store.JsonAsync(
            "identity",
            "as-of",
            "2026-05-31T13:00:00Z",
            "user:anna",
            "--tenant",
            "shop"
        );
        Assert.Equal(2, before.GetProperty("size").GetInt32());
        string customer = before.GetProperty("customer").GetString()!;
        JsonElement byId = await store.JsonAsync(
            "identity",
            "as-of",
            "2026-05-31T11:30:00Z",
            customer,
            "--tenant",
            "shop"
        );
        Assert.Equal(1, byId.GetProperty("size").GetInt32());
        JsonElement history = await store.JsonAsync("identity", "history", customer, "--tenant", "shop");
        List<string?> changes =
        [
            .. history.GetProperty("changes").EnumerateArray().Select(x => x.GetProperty("change").GetString()),
        ];
        Assert.Equal(["created", "merged", "split"], changes);
    }

    [Fact]
    public async Task Erase_PreviewThenSaid_TakesTheCustomerOfAnyIdentifier()
    {
        using TestStore store = new();
        await SeeAsync(store);
        string[] erase = ["identity", "erase", "device:tablet", "--tenant", "shop"];
        JsonElement preview = await store.JsonAsync([.. erase, "--preview"]);
        Assert.Equal(2, preview.GetProperty("customers").GetProperty("before")[0].GetProperty("size").GetInt32());
        string customer = preview.GetProperty("customers").GetProperty("before")[0].GetProperty("id").GetString()!;
        Assert.Equal(2, (await store.RunAsync(erase)).Exit); // no reason
        Assert.Equal(2, (await store.RunAsync([.. erase, "--customer", customer, "--reason", "both"])).Exit);
        JsonElement said = await store.JsonAsync([.. erase, "--reason", "asked by letter"]);
        Assert.Equal(2, said.GetProperty("identifiers").GetInt32());
        JsonElement history = await store.JsonAsync("identity", "history", customer, "--tenant", "shop");
        JsonElement last = history.GetProperty("changes").EnumerateArray().Last();
        Assert.Equal(
            ("erased", "asked by letter"),
            (last.GetProperty("change").GetString(), last.GetProperty("cause").GetProperty("reason").GetString())
        );
        CommandRun past = await store.RunAsync(
            "identity",
            "as-of",
            "2026-05-31T13:00:00Z",
            "user:anna",
            "--tenant",
            "shop"
        );
        Assert.Equal("not_found", past.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Health_GuardAboveItsThreshold_EndsWithStatus1()
    {
        using TestStore store = new();
        await SeeAsync(store);
        Assert.Equal(0, (await store.RunAsync("identity", "health", "--tenant", "shop")).Exit);
        await File.WriteAllTextAsync(
            store["settings.json"],
            """{"guards":{"degreeMax":0}}""",
            TestContext.Current.CancellationToken
        );
        JsonElement settings = await store.JsonAsync(
            "identity",
            "settings",
            store["settings.json"],
            "--tenant",
            "shop"
        );
        Assert.Equal(0, settings.GetProperty("guards").GetProperty("degreeMax").GetInt32());
        CommandRun health = await store.RunAsync("identity", "health", "--tenant", "shop");
        Assert.Equal(1, health.Exit);
        Assert.Equal("degree", health.Json().GetProperty("alarms")[0].GetProperty("guard").GetString());
    }

    [Theory]
    [InlineData("identity history 00000000000000000000000000000000", 3, "not_found")]
    [InlineData("identity as-of yesterday user:anna", 3, "bad_time")]
    [InlineData("identity as-of 2026-05-31T00:00:00Z user:anna", 3, "not_found")]
    [InlineData("identity erase user:berta --reason x", 3, "not_found")]
    [InlineData("identity erase anna --reason x", 3, "bad_identifier")]
    [InlineData("identity settings nowhere.json", 3, "file_unreadable")]
    public async Task Commands_WrongInput_SayWhatIsWrong(string line, int exit, string code)
    {
        using TestStore store = new();
        await SeeAsync(store);
        CommandRun run = await store.RunAsync([.. line.Split(' '), "--tenant", "shop"]);
        Assert.Equal((exit, code), (run.Exit, run.Json().GetProperty("error").GetProperty("code").GetString()));
    }

    private static async Task SeeAsync(TestStore store)
    {
        const string Events = """
            {"id":"1","type":"identify","time":"2026-05-31T10:00:00Z","identifiers":[{"type":"user","value":"anna"}]}
            {"id":"2","type":"identify","time":"2026-05-31T11:00:00Z","identifiers":[{"type":"device","value":"tablet"}]}
            {"id":"3","type":"identify","time":"2026-05-31T12:00:00Z","identifiers":[{"type":"user","value":"anna"},{"type":"device","value":"tablet"}]}
            """;
        await File.WriteAllTextAsync(store["events.ndjson"], Events, TestContext.Current.CancellationToken);
        await store.JsonAsync("import", store["events.ndjson"], "--format", "ndjson", "--tenant", "shop");
    }
}
