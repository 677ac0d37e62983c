using System.Globalization;
using System.Text.Json.Nodes;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Challenges;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Challenges;

/// <summary>The gate's own challenge over its contracts: who proves itself passes and comes back, and nobody else does.</summary>
public sealed class ChallengeFlowTests
{
    [Fact]
    public async Task Visit_WhoSolves_ComesBackToWhatItAskedFor()
    {
        RecordingSink sink = new();
        await using TestService service = await ChallengeKit.StartAsync(sink);
        ChallengedClient client = new(service, "203.0.113.5");
        (Answer last, int tasks, string target) = await client.VisitAsync("/challenge/x?a=b&c=%20");
        Assert.Equal((200, 1, "/challenge/x?a=b&c=%20"), (last.Status, tasks, target));
        Assert.Equal("allow", last.Header("x-throughline-action"));
        Assert.Equal(DecisionCause.Cleared, sink.Last.Cause);
        Assert.Equal(
            [ChallengeOutcome.Issued, ChallengeOutcome.Solved, ChallengeOutcome.None],
            sink.Decisions.Select(one => one.Challenge)
        );
        Assert.Equal(
            [RecordKind.Decision, RecordKind.Proof, RecordKind.Decision],
            sink.Decisions.Select(one => one.Kind)
        );
        Assert.Equal(sink.Decisions[0].Id, sink.Decisions[1].Asked);
        Assert.Equal([1L, 2, 3], sink.Decisions.Select(one => one.Sequence));
        Assert.Equal(0, (await client.VisitAsync("/challenge/other")).Tasks);
    }

    [Fact]
    public async Task Page_IsOneThatNeedsNothingElse()
    {
        await using TestService service = await ChallengeKit.StartAsync();
        Answer page = await new ChallengedClient(service, "203.0.113.5").GetAsync("/challenge?<script>&\"'");
        Assert.Equal((403, "challenge"), (page.Status, page.Header("x-throughline-action")));
        Assert.Equal("text/html", page.ContentHeaders.ContentType?.MediaType);
        Assert.Equal("no-store", page.Header("Cache-Control"));
        string policy = page.Header("Content-Security-Policy")!;
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>&", page.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"[^\"]", page.Text);
        Assert.DoesNotContain("http:", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page.Text, StringComparison.Ordinal);
        Assert.Contains("<noscript>", page.Text, StringComparison.Ordinal);
        Assert.Contains("role=\"status\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("lang=\"en\"", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", "throughline=", "")]
    [InlineData("https", "__Host-throughline=", "; Secure")]
    public async Task Cookie_IsForTheServerAndThisSiteAlone(string scheme, string name, string secure)
    {
        await using TestService service = await ChallengeKit.StartAsync();
        ChallengedClient client = new(service, "203.0.113.5") { Scheme = scheme };
        Answer page = await client.GetAsync("/challenge");
        Answer solved = await client.GetAsync(ChallengeKit.ProofOf(ChallengeKit.TicketOf(page.Text)));
        string cookie = solved.Header("Set-Cookie")!;
        Assert.StartsWith(name, cookie);
        Assert.EndsWith($"; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax{secure}", cookie);
        Assert.Equal(200, (await client.GetAsync("/challenge")).Status);
    }

    /// <summary>A cookie that is copied is worth nothing elsewhere, at another time, or to another program.</summary>
    [Fact]
    public async Task Cookie_ElsewhereLaterOrWithAnotherAgent_IsNotTaken()
    {
        FakeTimeProvider clock = new(TestService.Now);
        RecordingSink sink = new();
        await using TestService service = await ChallengeKit.StartAsync(sink, clock: clock);
        ChallengedClient client = new(service, "203.0.113.5");
        await client.VisitAsync("/challenge");
        string cookie = client.Cookie!;
        foreach (string near in (string[])["203.0.113.5", "203.0.113.200"])
            Assert.Equal(
                200,
                (await new ChallengedClient(service, near) { Cookie = cookie }.GetAsync("/challenge")).Status
            );
        foreach (string far in (string[])["203.0.112.5", "2001:db8::5", "nonsense"])
            Assert.Equal(
                403,
                (await new ChallengedClient(service, far) { Cookie = cookie }.GetAsync("/challenge")).Status
            );
        ChallengedClient curl = new(service, "203.0.113.5", "curl/8.5") { Cookie = cookie };
        Assert.Equal(403, (await curl.GetAsync("/challenge")).Status);
        string changed = cookie[..^3] + (cookie[^3] == 'A' ? 'B' : 'A') + cookie[^2..];
        foreach (
            string odd in (string[])
                [
                    changed,
                    cookie[..^1],
                    cookie + "x",
                    "throughline=",
                    "throughline=%C3%A9",
                    "xthroughline=" + cookie[12..],
                ]
        )
        {
            Answer answer = await new ChallengedClient(service, "203.0.113.5") { Cookie = odd }.GetAsync("/challenge");
            Assert.True(answer.Status == 403, $"{odd}: {answer.Status} {sink.Last}");
        }
        // Somebody else's on a parent domain: the good one counts, wherever it stands.
        string both = $"{changed}; {cookie}";
        Assert.Equal(
            200,
            (await new ChallengedClient(service, "203.0.113.5") { Cookie = both }.GetAsync("/challenge")).Status
        );
        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, (await client.GetAsync("/challenge")).Status);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(403, (await client.GetAsync("/challenge")).Status);
    }

    [Fact]
    public async Task Cookie_OfAnotherTenant_IsNotTaken()
    {
        await using TestService service = await ChallengeKit.StartAsync();
        service.Server.PublishRules(Throughline.Server.Tenants.TenantId.Parse("beta"), EdgeKit.Model(EdgeKit.Rules));
        ChallengedClient client = new(service, "203.0.113.5");
        await client.VisitAsync("/challenge");
        Answer other = await service.SendAsync(
            HttpMethod.Get,
            "/v1/edge/forward-auth",
            null,
            "",
            ("X-Forwarded-Method", "GET"),
            ("X-Forwarded-Host", "beta.example"),
            ("X-Forwarded-Uri", "/challenge"),
            ("X-Forwarded-For", "203.0.113.5"),
            ("User-Agent", "a-browser/1"),
            ("Cookie", client.Cookie!)
        );
        Assert.Equal(403, other.Status);
    }

    [Fact]
    public async Task Proof_UsedTwice_GivesNoSecondClearance()
    {
        RecordingSink sink = new();
        await using TestService service = await ChallengeKit.StartAsync(sink);
        Answer page = await new ChallengedClient(service, "203.0.113.5").GetAsync("/challenge/x");
        string proof = ChallengeKit.ProofOf(ChallengeKit.TicketOf(page.Text));
        Answer[] answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => new ChallengedClient(service, "203.0.113.5").GetAsync(proof))
        );
        Assert.All(
            answers,
            answer => Assert.Equal((303, "/challenge/x"), (answer.Status, answer.Headers.Location?.OriginalString))
        );
        Assert.Single(answers, answer => answer.Header("Set-Cookie") is not null);
        Assert.Equal(19, sink.Decisions.Count(one => one.Challenge == ChallengeOutcome.Replayed));
    }

    [Fact]
    public async Task Proof_Hostile_IsRefusedAndRecorded()
    {
        RecordingSink sink = new();
        FakeTimeProvider clock = new(TestService.Now);
        await using TestService service = await ChallengeKit.StartAsync(sink, clock: clock);
        ChallengedClient client = new(service, "203.0.113.5");
        string ticket = ChallengeKit.TicketOf((await client.GetAsync("/challenge")).Text);
        string proof = ChallengeKit.ProofOf(ticket);
        (string Query, ChallengeFault Fault)[] bad =
        [
            ("", ChallengeFault.Malformed),
            ("?", ChallengeFault.Malformed),
            ($"?t={ticket}", ChallengeFault.Malformed),
            ($"?t={ticket}&n=", ChallengeFault.Malformed),
            ($"?t={ticket}&n={new string('9', 5000)}", ChallengeFault.Malformed),
            ($"?t={ticket}&n=-1", ChallengeFault.Malformed),
            ($"?t={ticket}&n=%31", ChallengeFault.Malformed),
            ($"?t={ticket[..^1]}&n=1", ChallengeFault.Malformed),
            ($"?t={new string('A', 5000)}&n=1", ChallengeFault.Malformed),
            ($"?n=1&t=%F0%9F%98%80", ChallengeFault.Malformed),
            ($"?t={ticket}&n={Unsolved(ticket)}", ChallengeFault.TooLittleWork),
            (ChallengeKit.ProofOf("AQYAAAAA" + ticket[8..])[ChallengePage.Target.Length..], ChallengeFault.Forged),
        ];
        foreach ((string query, ChallengeFault fault) in bad)
        {
            Answer answer = await client.GetAsync(ChallengePage.Target + query);
            Assert.Equal((403, null), (answer.Status, answer.Header("Set-Cookie")));
            Assert.Equal((ChallengeOutcome.Failed, fault), (sink.Last.Challenge, sink.Last.Fault));
        }
        Assert.Equal(403, (await client.GetAsync(proof, "POST")).Status);

        // Genuine, but not for these: they go back, and are given another task there.
        ChallengedClient moved = new(service, "198.51.100.9");
        Answer back = await moved.GetAsync(proof);
        Assert.Equal((303, null), (back.Status, back.Header("Set-Cookie")));
        Assert.Equal(ChallengeFault.OtherAddress, sink.Last.Fault);
        Assert.Equal(303, (await new ChallengedClient(service, "203.0.113.5", "other/1").GetAsync(proof)).Status);
        Assert.Equal(ChallengeFault.OtherAgent, sink.Last.Fault);
        clock.Advance(TimeSpan.FromSeconds(601));
        Answer late = await client.GetAsync(proof);
        Assert.Equal((303, null), (late.Status, late.Header("Set-Cookie")));
        Assert.Equal(ChallengeFault.Expired, sink.Last.Fault);
    }

    [Fact]
    public async Task Difficulty_RuleBeforeRouteBeforeTenantBeforeEdge()
    {
        GateDocument rules = new()
        {
            Rules =
            [
                new()
                {
                    Id = "hard",
                    When = "request.path.startsWith('/hard')",
                    Action = RuleAction.Challenge,
                    Difficulty = 9,
                },
                new()
                {
                    Id = "any",
                    When = "true",
                    Action = RuleAction.Challenge,
                },
            ],
            Routes =
            [
                new()
                {
                    Id = "shop",
                    PathPrefixes = ["/shop", "/hard"],
                    ChallengeDifficulty = 8,
                },
            ],
        };
        ChallengeOptions options = new() { Difficulty = 6 };
        await using (TestService service = await ChallengeKit.StartAsync(rules, challenge: options))
        {
            ChallengedClient client = new(service, "203.0.113.5");
            foreach ((string path, int difficulty) in ((string, int)[])[("/hard", 9), ("/shop", 8), ("/", 6)])
                Assert.Equal(difficulty, ChallengeKit.DifficultyOf((await client.GetAsync(path)).Text));
            // Who did the least is not through with the rest.
            Assert.Equal(1, (await client.VisitAsync("/")).Tasks);
            Assert.Equal(1, (await client.VisitAsync("/hard")).Tasks);
            Assert.Equal(0, (await client.VisitAsync("/shop")).Tasks);
        }
        options = options with { Difficulties = new Dictionary<string, int> { ["alpha"] = 7 } };
        await using TestService other = await ChallengeKit.StartAsync(rules, challenge: options);
        Assert.Equal(
            7,
            ChallengeKit.DifficultyOf((await new ChallengedClient(other, "203.0.113.5").GetAsync("/")).Text)
        );
    }

    [Theory]
    [InlineData("Sec-Fetch-Dest", "image", false)]
    [InlineData("Sec-Fetch-Dest", "empty", false)]
    [InlineData("Sec-Fetch-Dest", "document", true)]
    [InlineData("Accept", "application/json", false)]
    [InlineData("Accept", "text/html,application/xhtml+xml", true)]
    [InlineData("Accept", "*/*", true)]
    public async Task Page_GoesToWhoCanShowIt(string name, string value, bool isPage)
    {
        RecordingSink sink = new();
        await using TestService service = await ChallengeKit.StartAsync(sink);
        Answer answer = await new ChallengedClient(service, "203.0.113.5").GetAsync("/challenge", "GET", (name, value));
        Assert.Equal((403, isPage), (answer.Status, answer.Text.Length > 0));
        Assert.Equal(isPage ? ChallengeOutcome.Issued : ChallengeOutcome.None, sink.Last.Challenge);
    }

    [Fact]
    public async Task Page_SwitchedOff_IsARefusalAndProofsAreOrdinaryRequests()
    {
        RecordingSink sink = new();
        await using TestService service = await ChallengeKit.StartAsync(sink, new() { Page = false });
        ChallengedClient client = new(service, "203.0.113.5");
        Answer refused = await client.GetAsync("/challenge");
        Assert.Equal((403, ""), (refused.Status, refused.Text));
        Assert.Equal(200, (await client.GetAsync(ChallengePage.Target)).Status);
        Assert.Equal(RecordKind.Decision, sink.Last.Kind);
    }

    [Fact]
    public async Task Api_Challenge_HasTheReplyWhole()
    {
        await using TestService service = await ChallengeKit.StartAsync();
        JsonNode page = await AskAsync("/challenge/x", null);
        Assert.Equal("challenge", (string?)page["action"]);
        string ticket = ChallengeKit.TicketOf((string)page["reply"]!["body"]!);
        JsonNode solved = await AskAsync(ChallengeKit.ProofOf(ticket), null);
        Assert.Equal(303, (int)solved["reply"]!["status"]!);
        Dictionary<string, string> headers = solved["reply"]!["headers"]!
            .AsArray()
            .ToDictionary(pair => (string)pair![0]!, pair => (string)pair![1]!);
        Assert.Equal("/challenge/x", headers["location"]);
        JsonNode passed = await AskAsync("/challenge/x", headers["set-cookie"].Split(';')[0]);
        Assert.Equal(
            ("allow", "cleared", "prove"),
            ((string?)passed["action"], (string?)passed["cause"], (string?)passed["rule"])
        );

        async Task<JsonNode> AskAsync(string target, string? cookie) =>
            (
                await service.PostAsync(
                    "/v1/decisions",
                    new JsonObject
                    {
                        ["method"] = "GET",
                        ["url"] = target,
                        ["host"] = "shop.example",
                        ["address"] = "203.0.113.5",
                        ["headers"] = new JsonObject { ["user-agent"] = "b/1", ["cookie"] = cookie ?? "a=b" },
                    }.ToJsonString()
                )
            ).Json;
    }

    [Fact]
    public async Task AuthRequest_Challenge_HasWhatNginxNeedsInHeaders()
    {
        await using TestService service = await ChallengeKit.StartAsync();
        Answer page = await AskAsync("/challenge/x");
        Assert.Equal((401, "403"), (page.Status, page.Header("x-throughline-status")));
        string ticket = page.Header("x-throughline-challenge")!;
        Answer shown = await service.SendAsync(
            HttpMethod.Get,
            "/v1/edge/challenge",
            null,
            "",
            ("X-Throughline-Challenge", ticket)
        );
        Assert.Equal((403, ticket), (shown.Status, ChallengeKit.TicketOf(shown.Text)));
        foreach (string odd in (string[])["", "\"><script>", ticket[..^1], ticket + "\">"])
            (
                await service.SendAsync(
                    HttpMethod.Get,
                    "/v1/edge/challenge",
                    null,
                    "",
                    ("X-Throughline-Challenge", odd)
                )
            ).AssertProblem(404, "no_such_route");
        Answer solved = await AskAsync(ChallengeKit.ProofOf(ticket));
        Assert.Equal(
            (401, "303", "/challenge/x"),
            (solved.Status, solved.Header("x-throughline-status"), solved.Header("x-throughline-location"))
        );
        Assert.StartsWith("throughline=", solved.Header("x-throughline-set-cookie"));
        Answer refused = await AskAsync(ChallengePage.Target + "?t=x&n=1");
        Assert.Equal((403, "403"), (refused.Status, refused.Header("x-throughline-status")));

        Task<Answer> AskAsync(string target) =>
            service.SendAsync(
                HttpMethod.Get,
                "/v1/edge/auth-request",
                null,
                "",
                ("Host", "shop.example"),
                ("X-Original-Method", "GET"),
                ("X-Original-URI", target),
                ("X-Forwarded-For", "203.0.113.5"),
                ("User-Agent", "b/1")
            );
    }

    [Fact]
    public async Task Restart_TaskFromBefore_IsGivenAnew()
    {
        RecordingSink sink = new();
        FakeTimeProvider clock = new(TestService.Now);
        string secret = new('s', 32);
        ChallengeOptions shared = new() { Difficulty = 6, Secrets = [secret] };
        string proof;
        await using (TestService before = await ChallengeKit.StartAsync(null, shared, clock))
            proof = ChallengeKit.ProofOf(
                ChallengeKit.TicketOf((await new ChallengedClient(before, "203.0.113.5").GetAsync("/challenge")).Text)
            );
        clock.Advance(TimeSpan.FromSeconds(1));
        await using TestService after = await ChallengeKit.StartAsync(sink, shared, clock);
        Answer answer = await new ChallengedClient(after, "203.0.113.5").GetAsync(proof);
        Assert.Equal((303, null), (answer.Status, answer.Header("Set-Cookie")));
        Assert.Equal((ChallengeOutcome.Failed, ChallengeFault.Expired), (sink.Last.Challenge, sink.Last.Fault));
    }

    public static TheoryData<ChallengeOptions, string> BadOptions =>
        new()
        {
            {
                new() { Difficulty = 0 },
                "edge.challenge.difficulty: must be 1 to 24, not 0"
            },
            {
                new() { Difficulty = 25 },
                "edge.challenge.difficulty: must be 1 to 24, not 25"
            },
            {
                new() { Difficulties = new Dictionary<string, int> { ["a"] = 99 } },
                "edge.challenge.difficulties.a"
            },
            {
                new() { Status = 503 },
                "edge.challenge.status: must be 403 or 429"
            },
            {
                new() { AddressBits4 = 33 },
                "edge.challenge.addressBits4"
            },
            {
                new() { AddressBits6 = 65 },
                "edge.challenge.addressBits6"
            },
            {
                new() { LoopAfter = 7 },
                "edge.challenge.loopAfter"
            },
            {
                new() { TicketSeconds = 1 },
                "edge.challenge.ticketSeconds"
            },
            {
                new() { ClearanceMinutes = 0 },
                "edge.challenge.clearanceMinutes"
            },
            {
                new() { Secrets = ["short"] },
                "edge.challenge.secrets.0: must have at least 32"
            },
        };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_OutOfBounds_AreNamed(ChallengeOptions options, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentException>(() => EdgeModel.Of(new() { Challenge = options })).Message
        );

    private static string Unsolved(string ticket)
    {
        for (int number = 0; ; number++)
            if (!ProofOfWork.IsSolution(ticket.AsSpan()[^43..], number.ToString(CultureInfo.InvariantCulture), 6))
                return number.ToString(CultureInfo.InvariantCulture);
    }
}
