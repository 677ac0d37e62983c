using System.Text;
using System.Text.Json.Nodes;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Edge.Publishing;

/// <summary>The life of rule sets: published, read, compared, rolled back, approved.</summary>
public sealed class GateRulesTests
{
    private const string Other = """
        rules:
          - id: no-secret
            when: request.path == '/secret'
            action: deny
            priority: 5
          - id: tag-all
            when: 'true'
            tag: seen
        """;

    [Fact]
    public async Task Publish_Yaml_IsInForceWhenItIsAnswered()
    {
        await using TestService service = await GateKit.StartAsync();
        Assert.Equal("allow by nobody in version 0", await service.AskAsync("/secret"));
        Answer answer = await service.PublishAsync(GateKit.DenySecret, "&note=to%20begin");
        Assert.Equal(200, answer.Status);
        JsonNode publication = answer.Json["publication"]!;
        Assert.Equal(
            (1, "ann", "to begin"),
            ((int)publication["version"]!, (string?)publication["author"], (string?)publication["note"])
        );
        Assert.Equal("deny by no-secret in version 1", await service.AskAsync("/secret"));
        Assert.Equal("allow by nobody in version 1", await service.AskAsync("/open"));
    }

    [Fact]
    public async Task Publish_WhatShowGives_IsTheSameRules()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(Other);
        JsonNode rules = (await service.GetAsync("/v1/gate/rules?version=1")).Json["rules"]!;
        Answer again = await service.SendAsync(
            HttpMethod.Put,
            "/v1/gate/rules?author=bob&base=1",
            TestService.Json(rules.ToJsonString())
        );
        Assert.Equal(200, again.Status);
        Assert.Empty((await service.GetAsync("/v1/gate/rules/diff?from=1&to=2")).Json["differences"]!.AsArray());
        Answer yaml = await service.SendAsync(
            HttpMethod.Get,
            "/v1/gate/rules",
            null,
            null,
            ("Accept", "application/yaml")
        );
        Assert.Equal("application/yaml", yaml.ContentHeaders.ContentType?.MediaType);
        Assert.Contains("id: no-secret", yaml.Text);
    }

    [Fact]
    public async Task Publish_NotValid_NamesEveryMistakeAndPublishesNothing()
    {
        await using TestService service = await GateKit.StartAsync();
        Answer answer = await service.PublishAsync(
            """
            rules:
              - id: a
                when: request.pth == '/'
              - id: a
                when: 'true'
            """
        );
        answer.AssertProblem(400, "invalid_rules");
        Assert.Equal(
            ["/rules/0/when", "/rules/1/id"],
            answer.Json["issues"]!.AsArray().Select(issue => (string?)issue!["pointer"]).Order()
        );
        Answer syntax = await service.PublishAsync("rules:\n  - id: a\n    whn: 'true'\n");
        syntax.AssertProblem(400, "invalid_rules");
        Assert.Equal(3, (int)syntax.Json["issues"]![1]!["line"]!);
        Answer json = await service.SendAsync(
            HttpMethod.Put,
            "/v1/gate/rules?author=ann",
            TestService.Json("""{"rules":[{"id":"a","when":7}]}""")
        );
        json.AssertProblem(400, "invalid_rules");
        Assert.Equal("/rules/0/when", (string?)json.Json["pointer"]);
        Assert.Empty((await service.GetAsync("/v1/gate/rules/versions")).Json["versions"]!.AsArray());
    }

    [Theory]
    [InlineData("/v1/gate/rules", "application/yaml", "rules: []", 400, "missing_field")]
    [InlineData("/v1/gate/rules?author=ann&base=x", "application/yaml", "rules: []", 400, "bad_value")]
    [InlineData("/v1/gate/rules?author=ann", "text/html", "rules: []", 415, "unsupported_media_type")]
    [InlineData("/v1/gate/rules?author=ann", "application/yaml", "", 400, "empty_body")]
    [InlineData("/v1/gate/rules?author=ann&base=7", "application/yaml", "rules: []", 409, "version_conflict")]
    public async Task Publish_Refused_SaysWhy(string path, string type, string body, int status, string reason)
    {
        await using TestService service = await GateKit.StartAsync();
        Answer answer = await service.SendAsync(
            HttpMethod.Put,
            path,
            TestService.Content(Encoding.UTF8.GetBytes(body), type)
        );
        answer.AssertProblem(status, reason);
    }

    [Fact]
    public async Task Publish_BaseIsNotTheLatest_IsAConflictThatNamesIt()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await service.PublishAsync(Other, "&base=1");
        Answer late = await service.PublishAsync(GateKit.DenySecret, "&base=1");
        late.AssertProblem(409, "version_conflict");
        Assert.Equal(2, (int)late.Json["latest"]!);
        Assert.Equal("deny by no-secret in version 2", await service.AskAsync("/secret"));
    }

    [Fact]
    public async Task Diff_TwoVersions_NamesPartsAndMembers()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await service.PublishAsync(Other);
        JsonArray differences = (await service.GetAsync("/v1/gate/rules/diff")).Json["differences"]!.AsArray();
        Assert.Equal(
            ["changed rule no-secret", "added rule tag-all"],
            differences.Select(x => $"{x!["change"]} {x["part"]} {x["id"]}")
        );
        JsonNode member = Assert.Single(differences[0]!["members"]!.AsArray())!;
        Assert.Equal(("priority", 0, 5), ((string?)member["member"], (int)member["from"]!, (int)member["to"]!));
        Assert.Equal(404, (await service.GetAsync("/v1/gate/rules/diff?from=1&to=9")).Status);
    }

    [Fact]
    public async Task Rollback_WithoutVersion_UndoesTheLatest()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await service.PublishAsync("rules: []");
        Assert.Equal("allow by nobody in version 2", await service.AskAsync("/secret"));
        Answer answer = await service.PostAsync("/v1/gate/rules/rollback", """{"author":"bob","note":"it leaks"}""");
        Assert.Equal(
            (3, 1, "bob"),
            (
                (int)answer.Json["publication"]!["version"]!,
                (int)answer.Json["publication"]!["restores"]!,
                (string?)answer.Json["publication"]!["author"]
            )
        );
        Assert.Equal("deny by no-secret in version 3", await service.AskAsync("/secret"));
        (await service.PostAsync("/v1/gate/rules/rollback", """{"author":"bob","version":9}""")).AssertProblem(
            404,
            "not_found"
        );
    }

    // What is not there is named: the title alone says nothing of what was looked for.
    [Fact]
    public async Task Questions_ForVersionsThatAreNotThere_SayWhichOnes()
    {
        await using TestService service = await GateKit.StartAsync();
        Assert.Equal("No rules were published yet.", await DetailOf(service.GetAsync("/v1/gate/rules")));
        await service.PublishAsync(GateKit.DenySecret);
        Assert.Equal("There is no version 7.", await DetailOf(service.GetAsync("/v1/gate/rules?version=7")));
        Assert.Equal("There is no version 3.", await DetailOf(service.GetAsync("/v1/gate/rules/diff?from=1&to=3")));
        Assert.Equal(
            "There is no version before the one in force.",
            await DetailOf(service.PostAsync("/v1/gate/rules/rollback", """{"author":"bob"}"""))
        );
        Assert.Equal("There is no list of this name.", await DetailOf(service.GetAsync("/v1/gate/lists/none")));

        static async Task<string?> DetailOf(Task<Answer> asked)
        {
            Answer answer = await asked;
            answer.AssertProblem(404, "not_found");
            return (string?)answer.Json["detail"];
        }
    }

    [Fact]
    public async Task Restart_WithPublications_JudgesByTheLatestFromTheFirstRequestOn()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync(GateKit.DenySecret);
        await service.PublishAsync(Other);
        await service.PostAsync(
            "/v1/gate/lists/blocked/entries",
            """{"author":"ann","entries":[{"value":"203.0.113.0/24","reason":"scraper"}]}"""
        );
        await service.Server.StopAsync(TestContext.Current.CancellationToken);
        await using RunningServer again = await GateKit.RestartAsync(service.Folder);
        Assert.Equal(2, again.Edge.Find(EdgeKit.Alpha)!.Model?.Version);
        Assert.Equal(
            "203.0.113.0/24",
            again.Edge.Find(EdgeKit.Alpha)!.Lists.Find("blocked")!.Entries(0).Single().Value
        );
        Assert.Null(again.Edge.Find(Throughline.Server.Tenants.TenantId.Parse("beta"))!.Model);
    }

    [Fact]
    public async Task Publish_RuleThatMatchesMuch_NeedsAConfirmation()
    {
        await using TestService service = await GateKit.StartAsync();
        await service.PublishAsync("rules: []");
        for (int i = 0; i < 120; i++)
            await service.AskAsync(i % 10 == 0 ? "/rare" : "/often");
        Answer refused = await service.PublishAsync(Deny("/often"));
        refused.AssertProblem(409, "confirmation_needed");
        JsonNode share = Assert.Single(refused.Json["shares"]!.AsArray())!;
        Assert.Equal(
            ("guarded", 108, 90.0),
            ((string?)share["rule"], (int)share["matched"]!, (double)share["percent"]!)
        );
        Assert.Equal("allow by nobody in version 1", await service.AskAsync("/often"));
        Assert.Equal(409, (await service.PublishAsync(Deny("/rare"))).Status);
        Assert.Equal(200, (await service.PublishAsync(Deny("/none"))).Status);
        Assert.Equal(200, (await service.PublishAsync(Deny("/often").Replace("deny", "tag\n    tag: x"))).Status);
        Assert.Equal(200, (await service.PublishAsync(Deny("/often") + "    mode: shadow\n")).Status);
        Assert.Equal(200, (await service.PublishAsync(Deny("/often"), "&confirm=true")).Status);
        Assert.Equal(200, (await service.PublishAsync(Deny("/often") + "  - {id: b, when: 'false'}\n")).Status);

        static string Deny(string path) =>
            $"rules:\n  - id: guarded\n    when: request.path == '{path}'\n    action: deny\n";
    }

    [Fact]
    public async Task FourEyes_On_TakesAnotherToApprove()
    {
        await using TestService service = await GateKit.StartAsync();
        Answer set = await service.PutAsync("/v1/gate/settings", """{"author":"boss","fourEyes":true}""");
        Assert.True((bool)set.Json["fourEyes"]!);
        (await service.PublishAsync(GateKit.DenySecret)).AssertProblem(409, "approval_needed");
        Answer proposed = await service.SendAsync(
            HttpMethod.Post,
            "/v1/gate/rules/proposals?author=ann&note=why",
            TestService.Content(Encoding.UTF8.GetBytes(GateKit.DenySecret), "application/yaml")
        );
        Assert.Equal((201, 1), (proposed.Status, (int)proposed.Json["proposal"]!));
        Assert.Equal("allow by nobody in version 0", await service.AskAsync("/secret"));
        (await service.PostAsync("/v1/gate/rules/proposals/1/approve", """{"author":"Ann"}""")).AssertProblem(
            409,
            "approval_needed"
        );
        Answer approved = await service.PostAsync("/v1/gate/rules/proposals/1/approve", """{"author":"bob"}""");
        Assert.Equal(
            ("ann", "bob"),
            ((string?)approved.Json["publication"]!["author"], (string?)approved.Json["publication"]!["approvedBy"])
        );
        Assert.Equal("deny by no-secret in version 1", await service.AskAsync("/secret"));
        (await service.PostAsync("/v1/gate/rules/proposals/1/approve", """{"author":"bob"}""")).AssertProblem(
            409,
            "version_conflict"
        );
        JsonNode proposal = Assert.Single(
            (await service.GetAsync("/v1/gate/rules/proposals")).Json["proposals"]!.AsArray()
        )!;
        Assert.Equal(1, (int)proposal["version"]!);
    }
}
