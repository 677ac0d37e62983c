using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;

namespace Throughline.Cli.Tests.Commands;

/// <summary>Types, freezes and links of a matcher by the command line, over a real store.</summary>
public sealed class IdentityFactsCommandTests
{
    [Fact]
    public async Task Types_Published_NormaliseWhatIsImportedAndAsked()
    {
        using var store = new TestStore();
        string types = Write(
            store,
            "types.json",
            """
            {"version":1,"types":[{"type":"card","class":"person","normaliser":
            {"kind":"regex","letters":"upper","pattern":"(?:LC-)?([0-9]{4})","replace":"\\1"}}]}
            """
        );
        await store.JsonAsync("identity", "types", "publish", types, "--author", "ann", "--note", "cards");
        await ImportAsync(store, Seen("1", "card:lc-0042", "device:till"), Seen("2", "card:0042", "cookie:web"));
        JsonElement why = await store.JsonAsync("identity", "why", "device:till", "cookie:web");
        Assert.True(why.GetProperty("sameCustomer").GetBoolean());
        JsonElement shown = await store.JsonAsync("identity", "types", "show");
        Assert.Equal("card", shown.GetProperty("inForce").GetProperty("types")[0].GetProperty("type").GetString());
        Assert.Equal("cards", shown.GetProperty("note").GetString());
        string bad = Write(store, "bad.json", """{"types":[{"type":"card","derive":"1"}]}""");
        CommandRun run = await store.RunAsync("identity", "types", "publish", bad, "--author", "ann");
        JsonElement error = run.Json().GetProperty("error");
        Assert.Equal((3, "bad_identifier_types"), (run.Exit, error.GetProperty("code").GetString()));
        Assert.Contains(
            "bad.json: /types/0/derive",
            error.GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Freeze_AndUnfreeze_AreShown()
    {
        using var store = new TestStore();
        await ImportAsync(store, Seen("1", "user:a", "device:d"));
        await store.JsonAsync("identity", "freeze", "device", "--reason", "one id for all", "--author", "ann");
        Assert.True(await IsFrozenAsync());
        await store.JsonAsync("identity", "unfreeze", "device", "--reason", "fixed", "--author", "ann");
        Assert.False(await IsFrozenAsync());

        async Task<bool> IsFrozenAsync() =>
            (await store.JsonAsync("identity", "types", "show"))
                .GetProperty("freezes")
                .EnumerateArray()
                .Single(x => x.GetProperty("type").GetString() == "device")
                .GetProperty("frozen")
                .GetBoolean();
    }

    [Fact]
    public async Task Match_ItsFile_IsImportedAsItIs_AndLinksAsTheStrategySays()
    {
        using var store = new TestStore();
        string people = Write(
            store,
            "people.csv",
            """
            id,first,last,born,email
            1,Robert,Fairbanks,1971-06-24,bob.f@mail.de
            2,Bob,Fairbanks,24/06/1971,bob.f@mail.de
            3,Quentin,Zeller,1988-11-02,q.zeller@post.de
            """
        );
        const string Map = "name.given=first,name.family=last,birthDate=born,email=email";
        string links = store["links.ndjson"];
        await store.JsonAsync("identity", "match", people, "--id", "id", "--map", Map, "--type", "crm", "--out", links);
        await ImportAsync(store, Seen("1", "crm:1", "user:a"), Seen("2", "crm:2", "device:d"));
        JsonElement imported = await store.JsonAsync("import", links, "--format", "ndjson");
        JsonElement again = await store.JsonAsync("import", links, "--format", "ndjson");
        Assert.Equal((1, 1), (Count(imported, "accepted"), Count(again, "duplicates")));
        Assert.False(await SameAsync());
        JsonElement shown = await store.JsonAsync("identity", "strategy", "show");
        Dictionary<string, JsonElement> strategy = shown
            .GetProperty("inForce")
            .EnumerateObject()
            .ToDictionary(x => x.Name, x => x.Value);
        int tier = JsonDocument
            .Parse(File.ReadLines(links).Single())
            .RootElement.GetProperty("link")
            .GetProperty("tier")
            .GetInt32();
        strategy["matcher"] = JsonSerializer.SerializeToElement(
            new[]
            {
                new
                {
                    tier,
                    scorePpmMin = 900_000,
                    at = 7,
                },
            }
        );
        string believing = Write(store, "strategy.json", JsonSerializer.Serialize(strategy));
        await store.JsonAsync("identity", "strategy", "publish", believing, "--author", "ann");
        Assert.True(await SameAsync());

        async Task<bool> SameAsync() =>
            (await store.JsonAsync("identity", "why", "user:a", "device:d")).GetProperty("sameCustomer").GetBoolean();
    }

    private static int Count(JsonElement json, string member) => json.GetProperty(member).GetInt32();

    private static string Seen(string id, params string[] identifiers) =>
        JsonSerializer.Serialize(
            new
            {
                id,
                type = "identify",
                time = "2026-06-01T12:00:00Z",
                identifiers = identifiers.Select(x => new { type = x.Split(':')[0], value = x.Split(':')[1] }),
            }
        );

    private static async Task ImportAsync(TestStore store, params string[] lines)
    {
        string file = Write(store, "events.ndjson", string.Join('\n', lines));
        JsonElement imported = await store.JsonAsync("import", file, "--format", "ndjson");
        Assert.Equal(lines.Length, Count(imported, "accepted"));
    }

    private static string Write(TestStore store, string name, string text)
    {
        File.WriteAllText(store[name], text);
        return store[name];
    }
}
