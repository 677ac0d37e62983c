using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

/// <summary>Traits from the door to the answer: sealed at rest, opened when asked for, gone with their identifier.</summary>
public sealed class TraitsTests
{
    [Fact]
    public async Task Resolve_WithTraits_OpensWhatSurvives_AndASplitTakesThemAlong()
    {
        await using TestService service = await TestService.StartRealAsync();
        await TellAsync(
            service,
            "1",
            "10",
            "user",
            "anna",
            """{"firstName":"Annabelle","plan":"gold","orders":3}""",
            "crm"
        );
        await TellAsync(service, "2", "11", "device", "tablet", """{"plan":"silver","newsletter":true}""", "web");
        await SeeAsync(
            service,
            """{"id":"3","type":"identify","time":"2026-05-31T12:00:00Z","identifiers":[{"type":"user","value":"anna"},{"type":"device","value":"tablet"}]}"""
        );

        JsonNode traits = await TraitsAsync(service, "device", "tablet");
        Assert.Equal(["firstName", "newsletter", "orders", "plan"], traits.AsObject().Select(x => x.Key));
        Assert.Equal("Annabelle", (string?)traits["firstName"]!["value"]);
        Assert.Equal(3, (int)traits["orders"]!["value"]!);
        Assert.True((bool)traits["newsletter"]!["value"]!);
        Assert.Equal(("silver", "web"), ((string?)traits["plan"]!["value"], (string?)traits["plan"]!["source"]));
        Assert.Equal("2026-05-31T11:00:00.000Z", (string?)traits["plan"]!["time"]);

        await service.PutAsync(
            "/v1/identity/settings",
            """{"settings":{"traits":{"byName":{"plan":{"survivorship":"mostTrusted","sources":["crm","web"]}}}}}"""
        );
        Assert.Equal("gold", (string?)(await TraitsAsync(service, "device", "tablet"))["plan"]!["value"]);

        await service.PutAsync(
            "/v1/identity/separations",
            """{"a":{"type":"user","value":"anna"},"b":{"type":"device","value":"tablet"},"reason":"a shared tablet"}"""
        );
        Assert.Equal(
            ["newsletter", "plan"],
            (await TraitsAsync(service, "device", "tablet")).AsObject().Select(x => x.Key)
        );
        Assert.Equal("gold", (string?)(await TraitsAsync(service, "user", "anna"))["plan"]!["value"]);
    }

    [Fact]
    public async Task Traits_AtRest_AreSealed_AndNotToldUnasked()
    {
        await using TestService service = await TestService.StartRealAsync();
        await TellAsync(service, "1", "10", "user", "anna", """{"nick":"Zauberfee77"}""", "crm");
        Answer plain = await service.PostAsync("/v1/customers/resolve", """{"type":"user","value":"anna"}""");
        Assert.Null(plain.Json["traits"]);
        Answer many = await service.PostAsync(
            "/v1/customers/resolve-many?traits=true",
            """{"identifiers":[{"type":"user","value":"anna"}]}"""
        );
        Assert.Equal("Zauberfee77", (string?)many.Json["results"]![0]!["traits"]!["nick"]!["value"]);
        byte[] value = Encoding.UTF8.GetBytes("Zauberfee77");
        byte[] name = Encoding.UTF8.GetBytes("nick");
        bool knowsName = false;
        foreach (string file in Directory.EnumerateFiles(service.Folder, "*.db*", SearchOption.AllDirectories))
        {
            byte[] bytes = await ReadAsync(file);
            Assert.True(bytes.AsSpan().IndexOf(value) < 0, file);
            knowsName |= bytes.AsSpan().IndexOf(name) >= 0;
        }
        Assert.True(knowsName, "the files that were searched are not the store's");
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using FileStream stream = new(
            file,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    private static async Task<JsonNode> TraitsAsync(TestService service, string type, string value)
    {
        Answer answer = await service.PostAsync(
            "/v1/customers/resolve?traits=true",
            $$"""{"type":"{{type}}","value":"{{value}}"}"""
        );
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json["traits"]!;
    }

    private static Task TellAsync(
        TestService service,
        string id,
        string hour,
        string type,
        string value,
        string traits,
        string source
    ) =>
        SeeAsync(
            service,
            $$"""{"id":"{{id}}","type":"identify","time":"2026-05-31T{{hour}}:00:00Z","identifiers":[{"type":"{{type}}","value":"{{value}}"}],"traits":{{traits}},"traitsSource":"{{source}}"}"""
        );

    private static async Task SeeAsync(TestService service, string json)
    {
        Answer answer = await service.PostAsync("/v1/events", json);
        Assert.True(answer.Status == 200, answer.Text);
    }
}
