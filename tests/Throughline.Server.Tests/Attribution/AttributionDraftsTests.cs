using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Attribution;

/// <summary>A draft has no effect, tells what it would have, and has just that once it is published.</summary>
public sealed class AttributionDraftsTests
{
    private const string Drafts = "/v1/attribution/drafts";
    private const string Rules = "/v1/attribution/rules";

    [Fact]
    public async Task Draft_TriedThenPublished_DoesWhatWasTold()
    {
        await using TestService service = await FilledAsync();
        string before = await CreditsAsync(service);
        const string Text = "# a trial\nrules:\n  - {campaign: a, windows: {click: 1d}, restate: true}\n";

        Answer saved = await SaveAsync(service, "autumn", Text, "?author=ada&note=shorter");
        Assert.Equal((200, 1, 1), (saved.Status, (int)saved.Json["revision"]!, (int)saved.Json["rules"]!));
        Assert.Equal(2, (int)(await SaveAsync(service, "autumn", Text, "?author=bob&note=shorter")).Json["revision"]!);
        Assert.Equal(before, await CreditsAsync(service)); // it has no effect
        JsonNode listed = Assert.Single((await service.GetAsync(Drafts)).Json["drafts"]!.AsArray())!;
        Assert.Equal(
            ("autumn", "bob", "shorter", 2),
            ((string?)listed["name"], (string?)listed["author"], (string?)listed["note"], (int)listed["revision"]!)
        );
        Assert.Equal(Text, (string?)(await service.GetAsync($"{Drafts}/autumn")).Json["text"]);

        JsonNode tried = (await SendAsync(service, HttpMethod.Post, $"{Rules}/try", Text)).Json["credit"]!;
        Assert.Equal(1, (int)tried["movedConversions"]!);
        JsonNode campaign = Assert.Single(tried["campaigns"]!.AsArray())!;
        Assert.Equal(
            ("a", 200L, 0L),
            ((string?)campaign["campaign"], (long)campaign["before"]!, (long)campaign["after"]!)
        );
        Assert.Equal(200L, (long)tried["unattributed"]![0]!["after"]!);
        Assert.Equal(before, await CreditsAsync(service)); // nor has trying it

        Answer stale = await SendAsync(service, HttpMethod.Put, $"{Rules}?draft=autumn@1", Text);
        stale.AssertProblem(409, "version_conflict"); // bob has saved it since
        Assert.Equal(before, await CreditsAsync(service));
        await SendAsync(service, HttpMethod.Put, $"{Rules}?draft=autumn@2&check=true", Text);
        Assert.Single((await service.GetAsync(Drafts)).Json["drafts"]!.AsArray());
        const string Publish = $"{Rules}?draft=autumn@2&author=cid&note=agreed";
        Answer published = await SendAsync(service, HttpMethod.Put, Publish, Text);
        Assert.Equal((200, 2), (published.Status, (int)published.Json["rules"]![0]!["version"]!));
        Assert.Equal("old: unattributed, young: attributed", await CreditsAsync(service));
        JsonNode rules = (await service.GetAsync(Rules)).Json["rules"]!;
        JsonNode rule = rules.AsArray().Single(x => (int)x!["version"]! == 2)!["rule"]!;
        Assert.Equal(("cid", "agreed"), ((string?)rule["author"], (string?)rule["note"]));
        Assert.Empty((await service.GetAsync(Drafts)).Json["drafts"]!.AsArray());
        (await SendAsync(service, HttpMethod.Put, Publish, Text)).AssertProblem(404, "not_found");
        (await SendAsync(service, HttpMethod.Put, $"{Rules}?draft=autumn", Text)).AssertProblem(400, "bad_value");
    }

    [Fact]
    public async Task Draft_Discarded_IsGoneAndMayBeBegunAgain()
    {
        await using TestService service = await FilledAsync();
        await SaveAsync(service, "x", "windows: {click: 1d}\n");
        Assert.Equal(200, (await DiscardAsync(service, "x")).Status);
        (await DiscardAsync(service, "x")).AssertProblem(404, "not_found");
        (await service.GetAsync($"{Drafts}/x")).AssertProblem(404, "not_found");
        Assert.Equal(1, (int)(await SaveAsync(service, "x", "windows: {click: 2d}\n")).Json["revision"]!);
    }

    [Fact]
    public async Task Save_WhatCouldNotBePublished_IsRefusedWithItsPlace()
    {
        await using TestService service = await FilledAsync();
        Answer unknown = await SaveAsync(service, "x", "windows: {click: 1d}\nmodel: lsat\n");
        unknown.AssertProblem(400, "invalid_rules");
        Assert.Equal(2, (int)unknown.Json["issues"]![0]!["line"]!);
        (await SaveAsync(service, "x", "windows: {click: 1d}\nmodel: {name: data_driven, table: m@1}\n")).AssertProblem(
            400,
            "invalid_rules"
        );
        (await SaveAsync(service, "Autumn%20", "windows: {click: 1d}\n")).AssertProblem(400, "bad_value");
        (await SaveAsync(service, "x", "")).AssertProblem(400, "empty_body");
        Assert.Empty((await service.GetAsync(Drafts)).Json["drafts"]!.AsArray());
    }

    private static async Task<TestService> FilledAsync()
    {
        TestService service = await TestService.StartRealAsync();
        await service.PostEventsAsync(
            TestService.Lines(
                """
                {"id":"t","type":"click","time":"2026-05-20T11:00:00Z","campaign":"a","identifiers":[{"type":"user","value":"ada"}]}
                {"id":"old","type":"conversion","time":"2026-05-23T12:00:00Z","identifiers":[{"type":"user","value":"ada"}],"conversion":{"value":{"minor":200,"currency":"EUR"}}}
                {"id":"young","type":"conversion","time":"2026-05-20T12:00:00Z","identifiers":[{"type":"user","value":"ada"}],"conversion":{"value":{"minor":100,"currency":"EUR"}}}
                """
            )
        );
        Answer rules = await SendAsync(
            service,
            HttpMethod.Put,
            Rules,
            "campaign: a\nwindows: {click: 30d}\nrestate: true\n"
        );
        Assert.True(rules.Status == 200, rules.Text);
        Assert.Equal("old: attributed, young: attributed", await CreditsAsync(service));
        return service;
    }

    private static async Task<string> CreditsAsync(TestService service)
    {
        await service.GetAsync("/v1/state?settled=true");
        List<string> all = [];
        foreach (string id in (string[])["old", "young"])
            all.Add($"{id}: {(await service.GetAsync($"/v1/conversions/{id}")).Json["status"]}");
        return string.Join(", ", all);
    }

    private static Task<Answer> SaveAsync(TestService service, string name, string text, string said = "") =>
        SendAsync(service, HttpMethod.Put, $"{Drafts}/{name}{said}", text);

    private static Task<Answer> DiscardAsync(TestService service, string name) =>
        service.SendAsync(HttpMethod.Delete, $"{Drafts}/{name}", null);

    private static Task<Answer> SendAsync(TestService service, HttpMethod method, string path, string text) =>
        service.SendAsync(method, path, TestService.Content(Encoding.UTF8.GetBytes(text), "application/yaml"));
}
