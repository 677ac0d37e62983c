using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Throughline.Server.Api;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Api;

/// <summary>The guide says what the service does: its exchanges are sent, its tables compared.</summary>
public sealed partial class GuideTests
{
    /// <summary>Stands for any value in an answer of the guide.</summary>
    private const string Anything = "…";

    private static readonly string Guide = File.ReadAllText(Path.Combine(Repository.Root, "docs/guide/http-api.md"));

    [Fact]
    public async Task Exchanges_InTheirOrder_AreAnsweredAsTheGuideSays()
    {
        await using TestService service = await TestService.StartRealAsync();
        string[] blocks = [.. Blocks().Matches(Guide).Select(match => match.Groups[1].Value)];
        Assert.True(blocks.Length >= 20 && blocks.Length % 2 == 0);
        for (int i = 0; i < blocks.Length; i += 2)
        {
            (string line, string type, string body) = Parse(blocks[i]);
            string[] words = line.Split(' ');
            HttpContent? content =
                type == "" ? null : TestService.Content(System.Text.Encoding.UTF8.GetBytes(body), type);
            Answer answer = await service.SendAsync(new(words[0]), words[1], content);
            (string status, string answerType, string expected) = Parse(blocks[i + 1]);
            Assert.Equal((line, int.Parse(status.Split(' ')[1])), (line, answer.Status));
            Assert.Equal(answerType, answer.ContentHeaders.ContentType?.MediaType);
            AssertLike(JsonNode.Parse(expected), answer.Json, $"{line} answered {answer.Text}");
        }
    }

    [Fact]
    public void Problems_Table_IsWhole()
    {
        IEnumerable<string> told = Rows()
            .Matches(Guide)
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}");
        Assert.Equal(
            Enum.GetValues<ProblemReason>()
                .Select(reason => $"{reason.Code()} {reason.Status()}")
                .Order(StringComparer.Ordinal),
            told.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Routes_OfTheDocument_AreInTheGuide()
    {
        await using TestService service = await TestService.StartAsync();
        JsonNode document = (await service.GetAsync("/openapi/v1.json", "")).Json;
        foreach ((string path, JsonNode? item) in document["paths"]!.AsObject())
        foreach (string method in item!.AsObject().Select(one => one.Key).Where(key => key is "get" or "post" or "put"))
            Assert.Contains($"{method.ToUpperInvariant()} {path}", Guide);
    }

    private static (string FirstLine, string Type, string Body) Parse(string block)
    {
        string[] parts = block.Split("\n\n", 2);
        string[] head = parts[0].Trim().Split('\n');
        string? type = head.Skip(1).FirstOrDefault(line => line.StartsWith("Content-Type: ", StringComparison.Ordinal));
        return (head[0], type?.Split(' ')[1] ?? "", parts.Length > 1 ? parts[1].TrimEnd('\n') : "");
    }

    private static void AssertLike(JsonNode? expected, JsonNode? actual, string why)
    {
        switch (expected)
        {
            case JsonValue value when value.TryGetValue(out string? text) && text == Anything:
                Assert.True(actual is not null, why);
                break;
            case JsonObject members:
                Assert.True(actual is JsonObject, why);
                Assert.Equal(members.Select(member => member.Key), actual!.AsObject().Select(member => member.Key));
                foreach ((string name, JsonNode? member) in members)
                    AssertLike(member, actual[name], why);
                break;
            case JsonArray entries:
                Assert.True(actual is JsonArray array && array.Count == entries.Count, why);
                for (int i = 0; i < entries.Count; i++)
                    AssertLike(entries[i], actual![i], why);
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), why);
                break;
        }
    }

    [GeneratedRegex("^```http\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, 10_000)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^\| `([a-z_]+)` \| (\d{3}) \|", RegexOptions.Multiline, 10_000)]
    private static partial Regex Rows();
}
