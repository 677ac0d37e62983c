using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Ingest;

public sealed class EventsEndpointTests
{
    [Fact]
    public async Task Post_OneEvent_IsAcceptedThenDuplicate()
    {
        await using TestService service = await TestService.StartAsync();
        Answer first = await service.PostEventsAsync(TestService.Json(TestService.Click("e1")));
        Answer second = await service.PostEventsAsync(TestService.Json(TestService.Click("e1")));
        Assert.Equal(200, first.Status);
        Assert.Equal(
            """{"results":[{"id":"e1","status":"accepted"}],"accepted":1,"duplicates":0,"rejected":0}""",
            first.Text
        );
        Assert.Equal(
            """{"results":[{"id":"e1","status":"duplicate"}],"accepted":0,"duplicates":1,"rejected":0}""",
            second.Text
        );
        Assert.Equal("application/json", first.ContentHeaders.ContentType?.MediaType);
        Assert.Equal(1, service.Alpha.EventCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_Batch_AnswersInOrderAndSparesNeighbours(bool lines)
    {
        await using TestService service = await TestService.StartAsync();
        string[] events =
        [
            TestService.Click("good"),
            """{"id":"no-type","time":"2026-06-01T11:00:00Z"}""",
            "{\"id\":\"broken\",\"type\":",
            TestService.Click("good"),
            TestService.Click("good", ",\"channel\":\"other\""),
            "17",
            TestService.Click("öther \\\"id\\\" \\u0041"),
        ];
        if (!lines)
            events[2] += "}";
        Answer answer = await service.PostEventsAsync(
            lines ? TestService.Lines(string.Join('\n', events)) : TestService.Json($"[{string.Join(',', events)}]")
        );
        Assert.Equal(200, answer.Status);
        Assert.Equal("accepted rejected rejected duplicate rejected rejected accepted", answer.Statuses);
        JsonArray results = answer.Json["results"]!.AsArray();
        Assert.Equal(
            ["good", "no-type", "broken", "good", "good", null, "öther \"id\" A"],
            results.Select(result => (string?)result!["id"])
        );
        Assert.Equal("missing_field", (string?)results[1]!["reason"]);
        Assert.Equal("/type", (string?)results[1]!["pointer"]);
        Assert.NotEmpty((string)results[1]!["message"]!);
        Assert.Equal("malformed_json", (string?)results[2]!["reason"]);
        Assert.Equal(("id_conflict", "/id"), ((string?)results[4]!["reason"], (string?)results[4]!["pointer"]));
        Assert.Equal(
            (2, 1, 4),
            ((int)answer.Json["accepted"]!, (int)answer.Json["duplicates"]!, (int)answer.Json["rejected"]!)
        );
    }

    [Fact]
    public async Task Post_OneEventThatIsNotValid_IsAProblemWithTheResult()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PostEventsAsync(TestService.Json("""{"id":"e1","type":"control","time":0}"""));
        answer.AssertProblem(400, (string)answer.Json["results"]![0]!["reason"]!);
        Assert.Equal("e1", (string?)answer.Json["results"]![0]!["id"]);
        Assert.NotNull(answer.Json["pointer"]);
        Assert.Equal(1, (int)answer.Json["rejected"]!);
    }

    [Fact]
    public async Task Post_ArrayOfOneThatIsNotValid_IsABatch()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PostEventsAsync(TestService.Json("""[{"id":"e1"}]"""));
        Assert.Equal((200, "rejected"), (answer.Status, answer.Statuses));
    }

    [Theory]
    [InlineData("?results=rejected", null)]
    [InlineData("", "return=minimal")]
    public async Task Post_Minimal_LeavesAcceptedOut(string query, string? prefer)
    {
        await using TestService service = await TestService.StartAsync();
        string body = $"[{TestService.Click("a")},{TestService.Click("a")},{TestService.Click("b")},{{}}]";
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/events" + query,
            TestService.Json(body),
            null,
            prefer is null ? [] : [("Prefer", prefer)]
        );
        Assert.Equal("duplicate rejected", answer.Statuses);
        Assert.Equal([1, 3], answer.Json["results"]!.AsArray().Select(result => (int)result!["index"]!));
        Assert.Equal(
            (2, 1, 1),
            ((int)answer.Json["accepted"]!, (int)answer.Json["duplicates"]!, (int)answer.Json["rejected"]!)
        );
        Assert.Equal("return=minimal", answer.Header("Preference-Applied"));
    }

    [Theory]
    [InlineData("", "accepted accepted accepted rejected accepted", "0:call 4:visit")]
    [InlineData("?results=rejected", "accepted rejected accepted", "0:call 4:visit")]
    public async Task Post_NurturingEvents_TellNewNamesOnce(string query, string statuses, string names)
    {
        await using TestService service = await TestService.StartAsync();
        static string Named(string id, string name) =>
            TestService.Click(id).Replace("\"click\"", $"\"{name}\"", StringComparison.Ordinal);
        string body =
            $"[{Named("a", "call")},{Named("b", "call")},{TestService.Click("c")},{{}},{Named("d", "visit")}]";

        Answer answer = await service.SendAsync(HttpMethod.Post, "/v1/events" + query, TestService.Json(body));
        Answer again = await service.SendAsync(HttpMethod.Post, "/v1/events", TestService.Json(Named("e", "call")));

        Assert.Equal(statuses, answer.Statuses);
        Assert.Equal(
            names,
            string.Join(
                ' ',
                answer.Json["results"]!
                    .AsArray()
                    .Select((result, i) => (Index: (int?)result!["index"] ?? i, Name: (string?)result["newName"]))
                    .Where(result => result.Name is not null)
                    .Select(result => $"{result.Index}:{result.Name}")
            )
        );
        Assert.Equal("accepted", again.Statuses);
        Assert.DoesNotContain("newName", again.Text);
    }

    [Theory]
    [InlineData("2026-06-01T12:05:00Z", "accepted")]
    [InlineData("2026-06-01T12:05:00.001Z", "rejected")]
    public async Task Post_AheadOfTheClock_IsHeldToTheSkew(string time, string expected)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PostEventsAsync(
            TestService.Json($$"""[{"id":"e1","type":"click","time":"{{time}}"}]""")
        );
        Assert.Equal(expected, answer.Statuses);
        if (expected == "rejected")
            Assert.Equal(
                ("too_early", "/time"),
                ((string?)answer.Json["results"]![0]!["reason"], (string?)answer.Json["results"]![0]!["pointer"])
            );
    }

    [Fact]
    public async Task Post_OldEvent_NeedsTheBackfillHeader()
    {
        await using TestService service = await TestService.StartAsync();
        const string Old = """[{"id":"e1","type":"click","time":"1999-01-01T00:00:00Z"}]""";
        Answer live = await service.PostEventsAsync(TestService.Json(Old));
        Answer backfill = await service.PostEventsAsync(TestService.Json(Old), ("Throughline-Backfill", "true"));
        Assert.Equal(("rejected", "too_late"), (live.Statuses, (string?)live.Json["results"]![0]!["reason"]));
        Assert.Equal("accepted", backfill.Statuses);
    }

    [Fact]
    public async Task Post_LargestBatch_GoesToTheWriterInChunksAndAnswersInOrder()
    {
        await using TestService service = await TestService.StartAsync();
        const int Count = 10_000;
        string body = string.Join(
            '\n',
            Enumerable.Range(0, Count).Select(i => i % 7 == 3 ? "{}" : TestService.Click($"e{i}"))
        );
        Answer answer = await service.PostEventsAsync(TestService.Lines(body));
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => i % 7 == 3 ? (null, "rejected") : ((string?)$"e{i}", "accepted")),
            answer.Json["results"]!.AsArray().Select(result => ((string?)result!["id"], (string)result["status"]!))
        );
        Assert.InRange(service.Alpha.Submissions, 2, Count / 1000);
    }

    [Fact]
    public async Task Post_Event_IsAnsweredOnlyAfterItsCommit()
    {
        await using TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json(TestService.Click("opens the cell")));
        TaskCompletionSource commit = new();
        service.Alpha.HoldCommits(commit.Task);
        Task<Answer> pending = service.PostEventsAsync(TestService.Json(TestService.Click("e1")));
        Answer meanwhile = await service.GetAsync("/v1/decisions/d1");
        Assert.Equal(200, meanwhile.Status);
        Assert.False(pending.IsCompleted);
        commit.SetResult();
        Assert.Equal("accepted", (await pending).Statuses);
    }

    [Fact]
    public async Task Post_EmptyArray_IsAnEmptyBatch()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PostEventsAsync(TestService.Json("[]"));
        Assert.Equal("""{"results":[],"accepted":0,"duplicates":0,"rejected":0}""", answer.Text);
    }
}
