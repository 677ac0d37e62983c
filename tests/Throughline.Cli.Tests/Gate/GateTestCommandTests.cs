using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

/// <summary>Rules are tested by their writers: what <c>gate test</c> prints, and the status by which a build server goes.</summary>
public sealed class GateTestCommandTests : IDisposable
{
    private const string Rules = "rules:\n  - { id: no-a, when: request.path == '/a', action: deny }\n";
    private const string Passes = "cases:\n  - name: right\n    requests: [{ request: /a, expect: deny }]\n";
    private const string Fails = Passes + "  - name: wrong\n    requests:\n      - { request: /b, expect: deny }\n";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Test_AllPass_Ends0()
    {
        CommandRun run = await RunAsync(("r.yaml", Rules + Passes));
        Assert.Equal(0, run.Exit);
        Assert.Equal((1, 0), (Int(run, "passed"), Int(run, "failed")));
    }

    [Fact]
    public async Task Test_OneFails_Ends1AndSaysWhichAndWhere()
    {
        CommandRun run = await RunAsync(("r.yaml", Rules + Fails));
        Assert.Equal(1, run.Exit);
        Assert.Equal((1, 1), (Int(run, "passed"), Int(run, "failed")));
        JsonElement failed = run.Json().GetProperty("failures")[0];
        Assert.Equal("wrong", failed.GetProperty("name").GetString());
        JsonElement failure = failed.GetProperty("failures")[0];
        Assert.Equal((8, 9), (failure.GetProperty("line").GetInt32(), failure.GetProperty("column").GetInt32()));
        Assert.StartsWith("expected deny, was allow", failure.GetProperty("message").GetString());
        Assert.Equal(folder["r.yaml"], failure.GetProperty("file").GetString());
    }

    [Fact]
    public async Task Test_ForPeople_PrintsTheFailureUnderItsCase()
    {
        File.WriteAllText(folder["r.yaml"], Rules + Fails);
        CommandRun run = await CommandRun.OfAsync("gate", "test", folder["r.yaml"]);
        string[] lines = run.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "FAILED wrong",
                $"  {folder["r.yaml"]}:8:9: expected deny, was allow (no rule decided)",
                "1 passed, 1 failed",
            ],
            lines.Select(x => x.TrimEnd('\r'))
        );
    }

    [Theory]
    [InlineData("rules:\n  - { id: a, when: request.pth == '' }\n", 2, 28)]
    [InlineData("rules:\n  - { id: a, wenn: x, when: 'true' }\n", 2, 14)]
    [InlineData("rules: [\n", 2, 1)]
    [InlineData("include: none.yaml\n", 1, 10)]
    public async Task Test_WrongFile_Ends3WithLineAndColumn(string yaml, int line, int column)
    {
        CommandRun run = await RunAsync(("r.yaml", yaml), ("s.yaml", Rules + Passes));
        Assert.Equal(3, run.Exit);
        JsonElement issue = run.Json().GetProperty("issues")[0];
        Assert.Equal((line, column), (issue.GetProperty("line").GetInt32(), issue.GetProperty("column").GetInt32()));
        Assert.Equal(1, Int(run, "passed")); // the other file's cases run all the same
    }

    [Fact]
    public async Task Test_MissingFile_Ends3()
    {
        CommandRun run = await CommandRun.OfAsync("gate", "test", folder["none.yaml"], "--json");
        Assert.Equal(3, run.Exit);
        Assert.Contains("cannot read", run.Json().GetProperty("issues")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Test_FileWithoutCases_IsNoted()
    {
        CommandRun run = await RunAsync(("r.yaml", Rules));
        Assert.Equal((0, 0), (run.Exit, Int(run, "passed")));
        Assert.Contains("has no cases", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_Include_UsesItsRulesAndNotItsCases()
    {
        File.WriteAllText(folder["base.yaml"], Rules + Fails);
        CommandRun run = await RunAsync(("r.yaml", "include: base.yaml\n" + Passes));
        Assert.Equal((0, 1, 0), (run.Exit, Int(run, "passed"), Int(run, "failed")));
    }

    [Fact]
    public async Task Test_DefaultPack_IsUsedByItsName()
    {
        const string Cases = """
            include: default
            cases:
              - name: impostor
                requests: [{ request: /, bot: impostor, expect: { action: deny, matched: impostor, tags: impostor } }]
              - name: log4shell
                requests: [{ request: "/?x=${jndi:ldap://y}", expect: deny }, { request: /, expect: { matched: caught } }]
              - name: a person
                requests: [{ request: /, repeat: 3, status: 200, expect: { action: allow, flagged: false } }]
            """;
        CommandRun run = await RunAsync(("r.yaml", Cases));
        Assert.True(run.Exit == 0, run.Stdout);
        Assert.Equal(3, Int(run, "passed"));
    }

    private Task<CommandRun> RunAsync(params (string Name, string Yaml)[] files)
    {
        foreach ((string name, string yaml) in files)
            File.WriteAllText(folder[name], yaml);
        return CommandRun.OfAsync([.. "gate test".Split(' '), .. files.Select(x => folder[x.Name]), "--json"]);
    }

    private static int Int(CommandRun run, string name) => run.Json().GetProperty(name).GetInt32();
}
