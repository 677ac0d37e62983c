using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Cli.Tests.Commands;

namespace Throughline.Cli.Tests.Gate;

/// <summary>Rules and lists from the command line, over a folder that no service holds.</summary>
public sealed class GateRulesCommandTests
{
    private const string First = "rules:\n  - {id: a, when: request.path == '/a', action: deny}\n";
    private const string Second = "rules:\n  - {id: a, when: request.path == '/b', action: deny}\n";

    [Fact]
    public async Task Rules_PublishedComparedAndRolledBack()
    {
        using TestStore store = new();
        await File.WriteAllTextAsync(store["first.yaml"], First, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(store["second.yaml"], Second, TestContext.Current.CancellationToken);
        Assert.Equal(
            1,
            Version(await store.JsonAsync("gate", "rules", "publish", store["first.yaml"], "--author", "ann"))
        );
        Assert.Equal(
            2,
            Version(await store.JsonAsync("gate", "rules", "publish", store["second.yaml"], "--base", "1"))
        );
        CommandRun late = await store.RunAsync("gate", "rules", "publish", store["first.yaml"], "--base", "1");
        Assert.Equal("version_conflict", late.Json().GetProperty("error").GetProperty("code").GetString());
        JsonElement part = (await store.JsonAsync("gate", "rules", "diff")).GetProperty("differences")[0];
        Assert.Equal(("a", "changed"), (part.GetProperty("id").GetString(), part.GetProperty("change").GetString()));
        Assert.Equal(3, Version(await store.JsonAsync("gate", "rules", "rollback", "1", "--author", "bob")));
        JsonElement shown = await store.JsonAsync("gate", "rules", "show");
        Assert.Contains("'/a'", shown.GetProperty("rules").GetRawText().Replace("\\u0027", "'"));
        JsonElement versions = (await store.JsonAsync("gate", "rules", "versions")).GetProperty("versions");
        Assert.Equal((3, "bob"), (versions.GetArrayLength(), versions[0].GetProperty("author").GetString()));
    }

    [Fact]
    public async Task Lists_AddedImportedExportedAndRemoved()
    {
        using TestStore store = new();
        await store.JsonAsync(
            "gate",
            "lists",
            "add",
            "blocked",
            "203.0.113.0/24",
            "2001:db8::1",
            "--reason",
            "scraper"
        );
        await File.WriteAllTextAsync(
            store["feed.txt"],
            "10.0.0.1 # x\n10.0.0.2\n",
            TestContext.Current.CancellationToken
        );
        JsonElement imported = await store.JsonAsync(
            "gate",
            "lists",
            "import",
            "blocked",
            store["feed.txt"],
            "--source",
            "feed"
        );
        Assert.Equal(4, imported.GetProperty("entries").GetInt32());
        await store.JsonAsync("gate", "lists", "remove", "blocked", "10.0.0.1");
        JsonElement values = (await store.JsonAsync("gate", "lists", "export", "blocked")).GetProperty("values");
        Assert.Equal(
            ["10.0.0.2", "203.0.113.0/24", "2001:db8::1"],
            values.EnumerateArray().Select(value => value.GetString())
        );
        CommandRun none = await store.RunAsync("gate", "lists", "show", "none");
        Assert.Equal("not_found", none.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Audit_OfAnEmptyLog_IsIntact()
    {
        using TestStore store = new();
        await store.JsonAsync("gate", "lists", "add", "blocked", "203.0.113.1");
        Assert.True((await store.JsonAsync("audit", "verify")).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Backtest_AgainstAPublishedVersion_NamesWhatDiffers()
    {
        using TestStore store = new();
        await File.WriteAllTextAsync(store["first.yaml"], First, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(store["second.yaml"], Second, TestContext.Current.CancellationToken);
        string[] lines = [.. ((string[])["/a", "/b", "/b", "/c"]).Select(Line)];
        await File.WriteAllLinesAsync(store["access.log"], lines, TestContext.Current.CancellationToken);
        await store.JsonAsync("gate", "rules", "publish", store["first.yaml"]);
        JsonElement report = await store.JsonAsync(
            "gate",
            "backtest",
            "--rules",
            store["second.yaml"],
            "--against",
            "1",
            "--log",
            store["access.log"]
        );
        Assert.Equal(
            (4, 2),
            (report.GetProperty("requests").GetInt32(), report.GetProperty("flaggedRequests").GetInt32())
        );
        Assert.Equal(
            (1, 3),
            (report.GetProperty("flaggedToday").GetInt32(), report.GetProperty("differences").GetInt32())
        );
        JsonElement rule = report.GetProperty("byRule").GetProperty("a");
        Assert.Equal((2, 1.0), (rule.GetProperty("hits").GetInt32(), rule.GetProperty("precision").GetDouble()));
        JsonElement sample = report.GetProperty("samples")[1];
        Assert.Equal(
            ("allow", "deny"),
            (sample.GetProperty("today").GetString(), sample.GetProperty("draft").GetString())
        );
        Assert.Contains("/b", sample.GetProperty("rulesDraft")[0].GetProperty("because").GetString());

        static string Line(string path) =>
            $"198.51.100.7 - - [01/Jun/2026:12:00:00 +0000] \"GET {path} HTTP/1.1\" 200 12 \"-\" \"curl/8.5.0\"";
    }

    private static long Version(JsonElement answer) =>
        answer.GetProperty("publication").GetProperty("version").GetInt64();
}
