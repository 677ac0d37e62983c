using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Doors.Segment;

/// <summary>Segment's API over the wire: keys, answers, refusals, bodies of every kind.</summary>
public sealed class SegmentEndpointTests
{
    private static string Batch(params string[] messages) =>
        $$"""{"batch":[{{string.Join(',', messages)}}],"sentAt":"2026-06-01T12:00:00.000Z"}""";

    private static string Track(string id, string more = "") =>
        $$"""{"type":"track","event":"Song Played","userId":"u","messageId":"{{id}}","timestamp":"2026-06-01T11:59:00.000Z"{{more}} }""";

    private static (string, string) Basic(string key) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":")));

    private static Task<Answer> PostAsync(TestService service, string body, string path = "/v1/batch") =>
        service.SendAsync(HttpMethod.Post, path, TestService.Json(body), "", Basic(service.AlphaKey));

    [Fact]
    public async Task Post_Batch_IsStoredOnceHoweverOftenItIsSent()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await PostAsync(service, Batch(Track("1"), Track("2")));
        Assert.Equal(200, answer.Status);
        DoorKit.AssertJson("""{"success":true,"accepted":2,"duplicates":0,"ignored":0,"rejected":0}""", answer.Json);
        answer = await PostAsync(service, Batch(Track("1"), Track("2"), Track("3")));
        Assert.Equal((1, 2), ((int)answer.Json["accepted"]!, (int)answer.Json["duplicates"]!));
        Assert.Equal(3, service.Alpha.EventCount);
    }

    /// <summary>The second time the way took longer, and the clock is off: the time is another, the event is not.</summary>
    [Fact]
    public async Task Post_SentAgainByAWrongClock_IsADuplicate()
    {
        await using TestService service = await TestService.StartAsync();
        string first = Batch(Track("1")).Replace("12:00:00.000", "14:00:00.000", StringComparison.Ordinal);
        await PostAsync(service, first);
        Answer again = await PostAsync(
            service,
            first.Replace("14:00:00.000", "14:00:07.000", StringComparison.Ordinal)
        );
        Assert.Equal((1, 0), ((int)again.Json["duplicates"]!, (int)again.Json["rejected"]!));
    }

    [Theory]
    [InlineData("track", "\"event\":\"a\"")]
    [InlineData("identify", "\"traits\":{}")]
    [InlineData("page", "\"name\":\"a\"")]
    [InlineData("screen", "\"name\":\"a\"")]
    [InlineData("group", "\"groupId\":\"g\"")]
    [InlineData("alias", "\"previousId\":\"p\"")]
    public async Task Post_OneCall_IsTakenAtItsAddresses(string call, string members)
    {
        await using TestService service = await TestService.StartAsync();
        string message = $$"""{"userId":"u","messageId":"1",{{members}},"timestamp":"2026-06-01T11:59:00Z"}""";
        Answer answer = await PostAsync(service, message, $"/v1/{call}");
        Assert.Equal((200, 1), (answer.Status, (int)answer.Json["accepted"]!));
        answer = await PostAsync(service, message, $"/v1/{call[0]}");
        Assert.Equal((200, 1), (answer.Status, (int)answer.Json["duplicates"]!));
    }

    [Fact]
    public async Task Post_BadMessages_CostNoneOfTheOthers()
    {
        await using TestService service = await TestService.StartAsync();
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);
        (string Message, string Reason, string Pointer)[] bad =
        [
            ("17", "wrong_type", ""),
            ("[]", "wrong_type", ""),
            ("""{"type":"track","messageId":"b"}""", "missing_field", "/event"),
            ("""{"type":"sing","messageId":"b"}""", "bad_value", "/type"),
            ("""{"messageId":"b"}""", "missing_field", "/type"),
            (Track("b", ",\"messageId\":\"c\""), "duplicate_field", "/messageId"),
            (Track("b", ",\"properties\":{\"x\":[{\"y\":1,\"y\":2}]}"), "duplicate_field", "/properties/x/0/y"),
            (Track("b", $",\"properties\":{deep}"), "too_deep", ""),
            (Track("b", $",\"properties\":{{\"x\":\"{new string('y', 33_000)}\"}}"), "too_large", ""),
            (Track("b", ",\"properties\":{\"x\":\"\\ud800\"}"), "lone_surrogate", "/properties/x"),
            (Track("b").Replace("2026-06-01", "2026-13-01", StringComparison.Ordinal), "bad_time", "/timestamp"),
            (Track("b").Replace("2026", "1999", StringComparison.Ordinal), "too_late", "/timestamp"),
            (Track("b").Replace("2026", "2027", StringComparison.Ordinal), "too_early", "/timestamp"),
            (Track(new string('i', 129)), "too_long", "/messageId"),
            (
                Track("b").Replace("\"u\"", $"\"{new string('u', 600)}\"", StringComparison.Ordinal),
                "too_long",
                "/userId"
            ),
            (Track("b").Replace("\"u\"", "{}", StringComparison.Ordinal), "wrong_type", "/userId"),
            (Track("b").Replace("Song Played", "歌", StringComparison.Ordinal), "empty", "/event"),
            (Order("b", "10.005"), "amount_precision", "/properties/revenue"),
            (Order("b", "1e300"), "bad_amount", "/properties/revenue"),
            (Order("b", "-1"), "amount_out_of_range", "/properties/revenue"),
            (Order("b", "1e20"), "amount_out_of_range", "/properties/revenue"),
            (Order("b", "{}"), "wrong_type", "/properties/revenue"),
            (
                Order("b", "1").Replace("EUR", "ABC", StringComparison.Ordinal),
                "unknown_currency",
                "/properties/currency"
            ),
            (
                Order("b", "1")
                    .Replace("Completed", "Refunded", StringComparison.Ordinal)
                    .Replace("order_id", "no", StringComparison.Ordinal),
                "missing_field",
                "/properties/order_id"
            ),
            (
                Order("b", "null").Replace("Completed", "Refunded", StringComparison.Ordinal),
                "missing_field",
                "/properties/revenue"
            ),
            ("""{"type":"identify","messageId":"b","traits":{"a":1}}""", "missing_field", ""),
        ];
        string[] messages = [.. bad.SelectMany((one, index) => (string[])[one.Message, Track($"good-{index}")])];
        Answer answer = await PostAsync(service, Batch(messages));
        Assert.Equal(
            (200, bad.Length, bad.Length),
            (answer.Status, (int)answer.Json["accepted"]!, (int)answer.Json["rejected"]!)
        );
        JsonArray told = answer.Json["rejections"]!.AsArray();
        for (int i = 0; i < bad.Length; i++)
            Assert.Equal(
                (i, 2 * i, bad[i].Reason, $"/batch/{2 * i}{bad[i].Pointer}"),
                (i, (int)told[i]!["index"]!, (string)told[i]!["reason"]!, (string)told[i]!["pointer"]!)
            );
        Assert.Equal(bad.Length, service.Alpha.EventCount);
        JsonArray book = (await service.GetAsync("/v1/doors/rejections")).Json["rejections"]!.AsArray();
        Assert.Equal(
            told.Select(one => $"{one!["reason"]} {one["pointer"]}").Reverse(),
            book.Select(one => $"{one!["reason"]} {one["pointer"]}")
        );
        Assert.Empty((await service.GetAsync("/v1/doors/rejections", service.BetaKey)).Json["rejections"]!.AsArray());
    }

    private static string Order(string id, string revenue) =>
        Track(id, $$""","properties":{"order_id":"o","revenue":{{revenue}},"currency":"EUR"}""")
            .Replace("Song Played", "Order Completed", StringComparison.Ordinal);

    /// <summary>What is known of a person beside the event is no reason to lose a sale.</summary>
    [Fact]
    public async Task Post_BadPartsThatAnEventCanDoWithout_AreLeftOutAndTold()
    {
        await using TestService service = await TestService.StartAsync();
        string context = $$"""
            ,"context":{"ip":"unknown","userAgent":"ok","traits":{"email":"none","phone":"n/a"},
             "campaign":{"name":"{{new string('c', 200)}}","medium":"email"},"page":{"referrer":17} }
            """;
        Answer answer = await PostAsync(service, Batch(Track("1", context)));
        Assert.Equal((1, 0), ((int)answer.Json["accepted"]!, (int)answer.Json["rejected"]!));
        Assert.Equal(
            [
                "bad_address /batch/0/context/ip",
                "bad_email /batch/0/context/traits/email",
                "bad_phone /batch/0/context/traits/phone",
                "too_long /batch/0/context/campaign/name",
                "wrong_type /batch/0/context/page/referrer",
            ],
            answer.Json["leftOut"]!
                .AsArray()
                .Select(one => $"{one!["reason"]} {one["pointer"]}")
                .Order(StringComparer.Ordinal)
        );
        string metrics = (await service.GetAsync("/metrics", "")).Text;
        Assert.Contains("throughline_doors_events_total{door=\"segment\",status=\"accepted\"}", metrics);
        Assert.Contains("throughline_doors_left_out_total{door=\"segment\",reason=\"bad_email\"}", metrics);
    }

    [Fact]
    public async Task Post_RefusedMessages_AreCountedByDoorAndReason()
    {
        await using TestService service = await TestService.StartAsync();
        await PostAsync(
            service,
            Batch("17", """{"type":"sing","messageId":"b"}""", """{"type":"track","messageId":"c"}""")
        );
        string metrics = (await service.GetAsync("/metrics", "")).Text;
        foreach (string reason in (string[])["wrong_type", "bad_value", "missing_field"])
            Assert.Contains(
                $"throughline_doors_events_total{{door=\"segment\",status=\"rejected\",reason=\"{reason}\"}}",
                metrics,
                StringComparison.Ordinal
            );
    }

    private static string WithKey(string body, string key) => $"{{\"writeKey\":\"{key}\",{body[1..]}";

    /// <summary>As pages send it: no header of their own, so that no browser asks before.</summary>
    [Theory]
    [InlineData("/v1/t", false)]
    [InlineData("/v1/track", false)]
    [InlineData("/v1/b", true)]
    [InlineData("/v1/batch", true)]
    public async Task Post_WriteKeyInTheBodyAsPlainText_IsTaken(string path, bool isBatch)
    {
        await using TestService service = await TestService.StartAsync();
        string key = service.Server.Registry.IssueKey(Server.Tenants.TenantId.Parse("beta"), writeOnly: true);
        string body = isBatch ? Batch(Track("1"), Track("2")) : Track("1");
        foreach (string sent in (string[])[WithKey(body, key), $"{body[..^1]},\"writeKey\":\"{key}\"}}"])
        {
            Answer answer = await service.SendAsync(
                HttpMethod.Post,
                path,
                TestService.Content(Encoding.UTF8.GetBytes(sent), "text/plain"),
                "",
                ("Origin", "https://beta.example")
            );
            Assert.Equal(200, answer.Status);
            Assert.Equal(isBatch ? 2 : 1, (int)answer.Json["accepted"]! + (int)answer.Json["duplicates"]!);
            Assert.Equal("https://beta.example", answer.Header("Access-Control-Allow-Origin")); // of the tenant of the key
        }
        Assert.Equal(isBatch ? 2 : 1, service.Cells["beta"].EventCount);
    }

    /// <summary>A key in the body opens nothing that a write key does not, and a key in the head is what counts if there is one.</summary>
    [Fact]
    public async Task Post_WrongKeyInTheBody_IsUnauthorized()
    {
        await using TestService service = await TestService.StartAsync();
        string key = service.Server.Registry.IssueKey(Server.Tenants.TenantId.Parse("alpha"), writeOnly: true);
        Task<Answer> SendAsync(string path, string body, params (string, string)[] head) =>
            service.SendAsync(HttpMethod.Post, path, TestService.Json(body), "", head);
        string[] bodies =
        [
            "",
            "{",
            "[]",
            "17",
            "\"writeKey\"",
            Track("1"),
            WithKey(Track("1"), service.AlphaKey), // an API key is no key for a page
            WithKey(Track("1"), key[..^1]),
            WithKey(Track("1"), "\\ud800"),
            Track("1", $",\"properties\":{{\"writeKey\":\"{key}\"}}"), // not beside the call
            """{"writeKey":17,"type":"track"}""",
            """{"writeKey":null}""",
            new string('[', 100_000),
            "{\"a\":" + new string('[', 100_000),
        ];
        foreach (string body in bodies)
            (await SendAsync("/v1/t", body)).AssertProblem(401, "unauthorized");
        foreach (
            (string, string) head in ((string, string)[])
                [("Authorization", "Bearer wrong"), ("X-Api-Key", ""), Basic("wrong"), ("Authorization", "")]
        )
            (await SendAsync("/v1/t", WithKey(Track("1"), key), head)).AssertProblem(401, "unauthorized");
        (await SendAsync("/v1/cloudevents", WithKey(Track("1"), key))).AssertProblem(401, "unauthorized");
        (await SendAsync("/v1/events", WithKey(Track("1"), key))).AssertProblem(401, "unauthorized");
        Answer large = await SendAsync("/v1/t", $"{{\"a\":\"{new string('a', 600_000)}\",\"writeKey\":\"{key}\"}}");
        large.AssertProblem(413, "body_too_large");
        Assert.Equal(200, (await SendAsync("/v1/t", WithKey(Track("1"), key))).Status);
        Assert.Equal(1, service.Alpha.EventCount); // nothing before
    }

    [Theory]
    [InlineData("", "empty_body", 400)]
    [InlineData("{", "malformed_body", 400)]
    [InlineData("[]", "malformed_body", 400)]
    [InlineData("{}", "malformed_body", 400)]
    [InlineData("""{"batch":{}}""", "malformed_body", 400)]
    [InlineData("""{"batch":[],"batch":[]}""", "malformed_body", 400)]
    [InlineData("""{"batch":[]} more""", "malformed_body", 400)]
    public async Task Post_BodyThatIsNone_IsRefused(string body, string reason, int status)
    {
        await using TestService service = await TestService.StartAsync();
        (await PostAsync(service, body)).AssertProblem(status, reason);
    }

    [Fact]
    public async Task Post_MoreThanSegmentTakes_IsRefused()
    {
        await using TestService service = await TestService.StartAsync();
        string body = Batch([
            .. Enumerable.Range(0, 20).Select(i => Track($"{i}", $",\"p\":\"{new string('x', 26_000)}\"")),
        ]);
        (await PostAsync(service, body)).AssertProblem(413, "body_too_large");
        await PostAsync(service, Batch(Track("100")));
        Assert.Equal(1, service.Alpha.EventCount);
    }

    [Fact]
    public async Task Post_Gzip_IsUndoneAndHeldToTheLimit()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await SendAsync(service, Zip(Encoding.UTF8.GetBytes(Batch(Track("1")))));
        Assert.Equal((200, 1), (answer.Status, (int)answer.Json["accepted"]!));
        (await SendAsync(service, Zip(new byte[200_000_000]))).AssertProblem(413, "body_too_large"); // 200 kB as sent
        (await SendAsync(service, [.. Zip(Encoding.UTF8.GetBytes(Batch(Track("2"))))[..^12]])).AssertProblem(
            400,
            "bad_encoding"
        );
        (await SendAsync(service, "no gzip"u8.ToArray())).AssertProblem(400, "bad_encoding");
        Assert.Equal(1, service.Alpha.EventCount);
    }

    // RudderStack's sender names a content type that this is not.
    private static Task<Answer> SendAsync(TestService service, byte[] bytes) =>
        service.SendAsync(
            HttpMethod.Post,
            "/v1/batch",
            TestService.Content(bytes, "application/x-www-form-urlencoded", "gzip"),
            "",
            Basic(service.AlphaKey)
        );

    [Fact]
    public async Task Post_Nesting_CostsNoMoreThanItsBytes()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await PostAsync(
            service,
            Batch(new string('[', 100_000) + new string(']', 100_000), Track("1"))
        );
        Assert.Equal((200, 1, 1), (answer.Status, (int)answer.Json["accepted"]!, (int)answer.Json["rejected"]!));
        (await PostAsync(service, new string('[', 400_000))).AssertProblem(400, "malformed_body");
    }

    [Fact]
    public async Task Post_BusyTenant_IsToldToComeBack()
    {
        await using TestService service = await TestService.StartAsync();
        await PostAsync(service, Batch(Track("1")));
        service.Alpha.IsBusy = true;
        (await PostAsync(service, Batch(Track("2")))).AssertProblem(429, "tenant_busy");
    }

    [Fact]
    public async Task Keys_ThatOnlyWrite_OpenTheDoorsAndNothingElse()
    {
        await using TestService service = await TestService.StartAsync();
        string key = service.Server.Registry.IssueKey(Server.Tenants.TenantId.Parse("alpha"), writeOnly: true);
        Assert.StartsWith("tlw_", key);
        Answer answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/batch",
            TestService.Json(Batch(Track("1"))),
            "",
            Basic(key)
        );
        Assert.Equal(1, (int)answer.Json["accepted"]!);
        foreach (string path in (string[])["/v1/state", "/v1/doors", "/v1/doors/rejections", "/v1/campaigns"])
            (await service.GetAsync(path, key)).AssertProblem(401, "unauthorized");
        (
            await service.SendAsync(HttpMethod.Post, "/v1/events", TestService.Json(TestService.Click("c")), key)
        ).AssertProblem(401, "unauthorized");
        // Basic authentication is for the doors alone.
        (await service.SendAsync(HttpMethod.Get, "/v1/state", null, "", Basic(service.AlphaKey))).AssertProblem(
            401,
            "unauthorized"
        );
        foreach (string wrong in (string[])["", "tl_no", "tlw_no", new string('x', 400)])
            (
                await service.SendAsync(HttpMethod.Post, "/v1/batch", TestService.Json("{}"), "", Basic(wrong))
            ).AssertProblem(401, "unauthorized");
        (
            await service.SendAsync(
                HttpMethod.Post,
                "/v1/batch",
                TestService.Json("{}"),
                "",
                ("Authorization", "Basic ***")
            )
        ).AssertProblem(401, "unauthorized");
    }

    [Fact]
    public async Task Mapping_IsKeptAndHoldsAtOnce()
    {
        await using TestService service = await TestService.StartAsync();
        Answer set = await service.PutAsync("/v1/doors", """{"version":1,"events":{"Song Played":{"as":"ignore"}}}""");
        Assert.Equal(200, set.Status);
        Answer answer = await PostAsync(service, Batch(Track("1")));
        Assert.Equal((0, 1), ((int)answer.Json["accepted"]!, (int)answer.Json["ignored"]!));
        JsonNode shown = (await service.GetAsync("/v1/doors")).Json;
        Assert.Equal("ignore", (string)shown["mapping"]!["events"]!["Song Played"]!["as"]!);
        Assert.Equal("conversion", (string)shown["defaults"]!["order_completed"]!["as"]!);
        (await service.PutAsync("/v1/doors", """{"version":1,"events":{"x":{"as":"sale"}}}""")).AssertProblem(
            400,
            "bad_value"
        );
        Assert.True(File.Exists(Path.Combine(service.Folder, "tenants", "alpha", "doors.json")));
        answer = await service.SendAsync(
            HttpMethod.Post,
            "/v1/batch",
            TestService.Json(Batch(Track("1"))),
            service.BetaKey
        );
        Assert.Equal(1, (int)answer.Json["accepted"]!); // the other tenant's own
    }

    private static byte[] Zip(byte[] bytes)
    {
        using MemoryStream target = new();
        using (GZipStream zip = new(target, CompressionLevel.Fastest))
            zip.Write(bytes);
        return target.ToArray();
    }
}
