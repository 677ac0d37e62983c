using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Publishing;

/// <summary>Lists whose entries come and go without a publication.</summary>
public sealed class GateListsTests
{
    private const string Rules = """
        lists:
          - name: blocked
        rules:
          - id: listed
            when: list.blocked
            action: deny
        """;

    private const string Path = "/v1/gate/lists/blocked/entries";

    [Fact]
    public async Task Entries_AddedAndRemoved_CountAtOnce()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        Assert.StartsWith("allow", await service.AskAsync("/", "203.0.113.9"));
        Answer added = await service.PostAsync(
            Path,
            """{"author":"ann","entries":[{"value":"203.0.113.0/24","reason":"scraper","expires":"2026-06-01T12:00:01Z"},{"value":"2001:db8::1"}]}"""
        );
        Assert.Equal((200, 2), (added.Status, (int)added.Json["entries"]!));
        Assert.StartsWith("deny by listed", await service.AskAsync("/", "203.0.113.9"));
        JsonArray entries = (await service.GetAsync("/v1/gate/lists/blocked")).Json["entries"]!.AsArray();
        Assert.Equal(
            ["203.0.113.0/24 api scraper 2026-06-01T12:00:01.000Z", "2001:db8::1 api  "],
            entries.Select(x => $"{x!["value"]} {x["source"]} {x["reason"]} {x["expires"]}")
        );
        Answer removed = await service.SendAsync(
            HttpMethod.Delete,
            Path,
            TestService.Json("""{"author":"ann","values":["203.0.113.0/24"]}""")
        );
        Assert.Equal((200, 1), (removed.Status, (int)removed.Json["entries"]!));
        Assert.StartsWith("allow", await service.AskAsync("/", "203.0.113.9"));
    }

    [Fact]
    public async Task Import_Text_ReplacesTheEntriesOfItsSourceAlone()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        await service.PostAsync(Path, """{"author":"ann","source":"hand","entries":[{"value":"192.0.2.1"}]}""");
        StringBuilder feed = new("# a feed\n");
        for (int i = 0; i < 2500; i++)
            feed.Append(CultureInfo.InvariantCulture, $"10.{i / 250}.{i % 250}.1 # remark\n");
        Answer first = await ImportAsync(service, feed.ToString());
        Assert.Equal((200, 2501), (first.Status, (int)first.Json["entries"]!));
        Assert.StartsWith("deny", await service.AskAsync("/", "10.9.249.1"));
        Answer second = await ImportAsync(service, "10.0.0.1\n");
        Assert.Equal(2, (int)second.Json["entries"]!);
        Assert.StartsWith("allow", await service.AskAsync("/", "10.9.249.1"));
        Assert.StartsWith("deny", await service.AskAsync("/", "192.0.2.1"));

        await service.Server.StopAsync(TestContext.Current.CancellationToken);
        await using RunningServer again = await GateKit.RestartAsync(service.Folder);
        Assert.Equal(
            ["10.0.0.1", "192.0.2.1"],
            again.Edge.Find(EdgeKit.Alpha)!.Lists.Find("blocked")!.Entries(0).Select(entry => entry.Value)
        );
    }

    [Theory]
    [InlineData("""{"entries":[{"value":"192.0.2.1"}]}""", "missing_field", "/author")]
    [InlineData("""{"author":"a","entries":[]}""", "empty", "/entries")]
    [InlineData("""{"author":"a","entries":[{"value":"hello"}]}""", "invalid_rules", "/entries/0/value")]
    [InlineData("""{"author":"a","entries":[{"value":""}]}""", "empty", "/entries/0/value")]
    [InlineData("""{"author":"a","kind":"addresses","entries":[{"value":"192.0.2.1"}]}""", "bad_value", "/kind")]
    [InlineData("""{"author":"a","kind":"text","entries":[{"value":"x"}]}""", "bad_value", "/kind")]
    [InlineData("""{"author":"a","entries":[{"value":"192.0.2.1"}],"\ud800":1}""", "invalid_utf8", "")]
    [InlineData("[", "malformed_json", "")]
    public async Task Entries_NotValid_AreRefusedAsAWhole(string body, string reason, string pointer)
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Rules);
        Answer answer = await service.PostAsync(Path, body);
        answer.AssertProblem(400, reason);
        Assert.Equal(pointer, (string?)answer.Json["pointer"]);
        Assert.Equal(0, (int)(await service.GetAsync("/v1/gate/lists")).Json["lists"]![0]!["entries"]!);
    }

    [Fact]
    public async Task Publish_ListOfAnotherKind_IsRefused()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PostAsync(
            "/v1/gate/lists/blocked/entries",
            """{"author":"ann","kind":"number","entries":[{"value":"64500"}]}"""
        );
        Answer answer = await service.PublishAsync(Rules);
        answer.AssertProblem(400, "invalid_rules");
        Assert.Equal("/lists/0/kind", (string?)answer.Json["pointer"]);
    }

    private static Task<Answer> ImportAsync(TestService service, string text) =>
        service.SendAsync(
            HttpMethod.Put,
            $"{Path}?author=ann&source=feed",
            TestService.Content(Encoding.UTF8.GetBytes(text), "text/plain")
        );
}
