using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;
using static Throughline.Server.Tests.Doors.Snowplow.SnowplowBatchTests;

namespace Throughline.Server.Tests.Doors.Snowplow;

/// <summary>Snowplow's collector over the wire: addresses and keys, the pixel, what is refused.</summary>
public sealed class SnowplowEndpointTests
{
    private const string Post = "/com.snowplowanalytics.snowplow/tp2";

    private static string View(string id, string more = "") =>
        $$"""{"eid":"{{id}}","e":"pv","duid":"d","dtm":"1780315140000"{{more}} }""";

    private static string WriteKey(TestService service) =>
        service.Server.Registry.IssueKey(Server.Tenants.TenantId.Parse("alpha"), writeOnly: true);

    [Fact]
    public async Task Post_AtEachAddress_IsTheSameEvent()
    {
        await using TestService service = await TestService.StartAsync();
        string key = WriteKey(service);
        Answer first = await service.PostAsync(Post, Payload(View("1")));
        Assert.Equal((200, 1), (first.Status, (int)first.Json["accepted"]!));
        foreach (string address in (string[])["/v1/snowplow" + Post, $"/v1/snowplow/{key}{Post}"])
            Assert.Equal(1, (int)(await service.PostAsync(address, Payload(View("1")))).Json["duplicates"]!);
        Assert.Equal(1, service.Alpha.EventCount);
    }

    [Fact]
    public async Task Get_ThePixel_IsAPictureAndAnEvent()
    {
        await using TestService service = await TestService.StartAsync();
        string address =
            $"/v1/snowplow/{WriteKey(service)}/i?e=pv&eid=1&duid=d&dtm=1780315140000&url=https%3A%2F%2Fshop.example";
        using HttpResponseMessage picture = await service.Client.GetAsync(
            address,
            TestContext.Current.CancellationToken
        );
        Assert.Equal("image/gif", picture.Content.Headers.ContentType?.MediaType);
        byte[] bytes = await picture.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("GIF89a"u8.ToArray(), bytes[..6]);
        Assert.Equal(1, service.Alpha.EventCount);
        // The same event by the other way is the same event.
        string sent = View("1", ",\"url\":\"https://shop.example\"");
        Assert.Equal(1, (int)(await service.PostAsync(Post, Payload(sent))).Json["duplicates"]!);
    }

    /// <summary>Addresses end up in logs: what opens more than the doors is no key there.</summary>
    [Fact]
    public async Task Keys_InAddresses_AreWriteKeysAlone()
    {
        await using TestService service = await TestService.StartAsync();
        foreach (string key in (string[])[service.AlphaKey, "tlw_wrong", "x"])
        {
            (
                await service.SendAsync(HttpMethod.Post, $"/v1/snowplow/{key}{Post}", TestService.Json(Payload()), "")
            ).AssertProblem(401, "unauthorized");
            (await service.SendAsync(HttpMethod.Get, $"/v1/snowplow/{key}/i?e=pv", null, "")).AssertProblem(
                401,
                "unauthorized"
            );
        }
        foreach (string address in (string[])[Post, "/v1/snowplow" + Post])
            (await service.SendAsync(HttpMethod.Post, address, TestService.Json(Payload()), "")).AssertProblem(
                401,
                "unauthorized"
            );
        (await service.SendAsync(HttpMethod.Get, "/i?e=pv", null, "")).AssertProblem(401, "unauthorized");
    }

    [Fact]
    public async Task Post_BadEvents_CostNoneOfTheOthers()
    {
        await using TestService service = await TestService.StartAsync();
        string bomb = string.Concat(Enumerable.Repeat("[", 5000));
        (string Members, string Reason, string Pointer)[] bad =
        [
            ("\"x\":1", "missing_field", "/e"),
            ("\"e\":\"zz\"", "bad_value", "/e"),
            ("\"e\":\"se\"", "missing_field", "/se_ac"),
            ("\"e\":\"ue\"", "missing_field", "/ue_px"),
            ("\"e\":\"ue\",\"ue_px\":\"*\"", "bad_value", "/ue_px"),
            ("\"e\":\"ue\",\"ue_px\":\"e30\"", "bad_value", "/ue_px/schema"),
            ("\"e\":\"ue\",\"ue_px\":\"_w\"", "invalid_utf8", "/ue_px"),
            ("\"e\":\"ue\",\"ue_px\":7", "wrong_type", "/ue_px"),
            ("\"e\":\"ue\",\"ue_pr\":\"{\\\"schema\\\":1,\\\"schema\\\":2}\"", "duplicate_field", "/ue_pr/schema"),
            ($"\"e\":\"ue\",\"ue_pr\":\"{bomb}\"", "malformed_json", "/ue_pr"),
            ($"\"e\":\"ue\",{Field("ue", Unstruct("com.acme/x", "{}"), false)}", "bad_value", "/ue_pr/data/schema"),
            ($"\"e\":\"ue\",{Field("ue", Unstruct("iglu:a/x/j/1", "5"), true)}", "wrong_type", "/ue_px/data/data"),
            ("\"e\":\"pv\",\"cx\":\"e30\"", "bad_value", "/cx/schema"),
            ("\"e\":\"tr\",\"tr_id\":\"o\",\"tr_tt\":\"1\"", "missing_field", "/tr_cu"),
            ("\"e\":\"tr\",\"tr_id\":\"o\",\"tr_tt\":\"a lot\",\"tr_cu\":\"EUR\"", "bad_amount", "/tr_tt"),
            ("\"e\":\"pv\",\"dtm\":\"noon\"", "bad_time", "/dtm"),
            ("\"e\":\"pv\",\"e\":\"pv\"", "duplicate_field", "/e"),
        ];
        string[] messages =
        [
            .. bad.SelectMany((one, i) => (string[])[$$"""{"eid":"b{{i}}",{{one.Members}} }""", View($"good-{i}")]),
        ];
        Answer answer = await service.PostAsync(Post, Payload(messages));
        Assert.Equal((200, bad.Length), (answer.Status, (int)answer.Json["accepted"]!));
        JsonArray told = answer.Json["rejections"]!.AsArray();
        Assert.Equal("b0", (string?)told[0]!["id"]);
        Assert.Equal(
            bad.Select((one, i) => $"{i} {one.Reason} /data/{2 * i}{one.Pointer}"),
            told.Select((one, i) => $"{i} {one!["reason"]} {one["pointer"]}")
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"schema":"iglu:com.acme/x/jsonschema/1-0-0","data":[]}""")]
    [InlineData("""{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":{}}""")]
    public async Task Post_WhatIsNoPayload_IsRefused(string body)
    {
        await using TestService service = await TestService.StartAsync();
        (await service.PostAsync(Post, body)).AssertProblem(400, "malformed_body");
    }

    /// <summary>A page's origin must be the tenant's for its script to read the answer; no cookies go along.</summary>
    [Fact]
    public async Task Cors_IsThatOfTheTenant()
    {
        await using TestService service = await TestService.StartAsync();
        string key = service.Server.Registry.IssueKey(Server.Tenants.TenantId.Parse("beta"), writeOnly: true);
        foreach (
            (string origin, bool allowed) in ((string, bool)[])
                [("https://beta.example", true), ("https://evil.example", false)]
        )
        {
            Answer answer = await service.SendAsync(
                HttpMethod.Post,
                $"/v1/snowplow/{key}{Post}",
                TestService.Json(Payload(View("1"))),
                "",
                ("Origin", origin)
            );
            Assert.Equal(allowed ? origin : null, answer.Header("Access-Control-Allow-Origin"));
            Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
        }
    }
}
