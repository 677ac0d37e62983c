using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Api;

/// <summary>The history of customers that merged, were separated by an operator, and came together again.</summary>
public sealed class HistoryEndpointsTests
{
    [Fact]
    public async Task History_OfBothOfAMerge_TellsWhatHappenedToEachAndWhy()
    {
        await using TestService service = await TestService.StartRealAsync();
        string anna = await SeeAsync(service, "first", "2026-06-01T10:00:00Z", ("user", "anna"));
        string tablet = await SeeAsync(service, "second", "2026-06-01T11:00:00Z", ("device", "tablet"));
        await SeeAsync(service, "login", "2026-06-01T12:00:00Z", ("user", "anna"), ("device", "tablet"));
        const string Pair = """
            "a":{"type":"user","value":"anna"},"b":{"type":"device","value":"tablet"},"reason":"a shared tablet","author":"ann"
            """;
        await service.PutAsync("/v1/identity/separations", $"{{{Pair}}}");
        await service.PutAsync("/v1/identity/separations", $"{{{Pair},\"holds\":false}}");

        JsonArray ofAnna = await ChangesAsync(service, anna);
        Assert.Equal(["created", "merged", "split", "merged"], ofAnna.Select(x => (string)x!["change"]!));
        Assert.Equal([1, 2, 1, 2], ofAnna.Select(x => (int)x!["size"]!));
        Assert.Equal(["first", "login"], ofAnna.Take(2).Select(x => (string)x!["cause"]!["event"]!));
        JsonNode separated = ofAnna[2]!["cause"]!;
        Assert.Equal(
            ("control", "separate", "a shared tablet", "ann"),
            (
                (string?)separated["type"],
                (string?)separated["statement"],
                (string?)separated["reason"],
                (string?)separated["author"]
            )
        );
        Assert.Equal(
            [anna, tablet],
            ofAnna[1]!["before"]!.AsArray().Select(x => (string)x!["id"]!).OrderBy(x => x == tablet)
        );

        JsonArray ofTablet = await ChangesAsync(service, tablet);
        Assert.Equal(["created", "merged_into", "split", "merged_into"], ofTablet.Select(x => (string)x!["change"]!));
        Assert.Equal(anna, (string?)ofTablet[1]!["into"]);
        Answer whole = await service.GetAsync($"/v1/customers/{tablet}/history");
        Assert.Equal((4, anna), ((int)whole.Json["total"]!, (string?)whole.Json["customer"]));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("nobody")]
    public async Task History_OfTheUnknown_IsNotFound(string id)
    {
        await using TestService service = await TestService.StartRealAsync();
        await SeeAsync(service, "first", "2026-06-01T10:00:00Z", ("user", "anna"));
        (await service.GetAsync($"/v1/customers/{id}/history")).AssertProblem(404, "not_found");
    }

    private static async Task<JsonArray> ChangesAsync(TestService service, string id) =>
        (await service.GetAsync($"/v1/customers/{id}/history")).Json["changes"]!.AsArray();

    /// <summary>Sends an event and gives the customer of its first identifier.</summary>
    private static async Task<string> SeeAsync(
        TestService service,
        string id,
        string time,
        params (string Type, string Value)[] identifiers
    )
    {
        JsonObject seen = new()
        {
            ["id"] = id,
            ["type"] = "identify",
            ["time"] = time,
            ["identifiers"] = new JsonArray([
                .. identifiers.Select(x => new JsonObject { ["type"] = x.Type, ["value"] = x.Value }),
            ]),
        };
        Answer answer = await service.PostAsync("/v1/events", seen.ToJsonString());
        Assert.True(answer.Status == 200, answer.Text);
        Answer resolved = await service.PostAsync("/v1/customers/resolve", seen["identifiers"]![0]!.ToJsonString());
        return (string)resolved.Json["customer"]!;
    }
}
