using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Throughline.Server.Tests.Faults;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Ingest;

public sealed class BodyTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Post_Encoded_IsDecoded(string encoding)
    {
        await using TestService service = await TestService.StartAsync();
        string body = string.Join('\n', Enumerable.Range(0, 3000).Select(i => TestService.Click($"e{i}")));
        Answer answer = await service.PostEventsAsync(
            TestService.Content(Encode(encoding, Encoding.UTF8.GetBytes(body)), "application/x-ndjson", encoding)
        );
        Assert.Equal((200, 3000), (answer.Status, (int)answer.Json["accepted"]!));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Post_SwellingBody_IsGivenUpAtTheLimit(string encoding)
    {
        await using TestService service = await TestService.StartAsync();
        byte[] bomb = Encode(encoding, new byte[200 * 1024 * 1024]);
        Assert.InRange(bomb.Length, 1, 2 << 20);
        Answer answer = await service.PostEventsAsync(TestService.Content(bomb, "application/x-ndjson", encoding));
        answer.AssertProblem(413, "body_too_large");
        Assert.InRange((long)answer.Json["offset"]!, 15 << 20, 16 << 20);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Post_CutEncoding_IsNeverTakenForAWholeBody(string encoding)
    {
        await using TestService service = await TestService.StartAsync();
        string body = string.Concat(Enumerable.Range(0, 2000).Select(i => TestService.Click($"e{i * 7919}") + "\n"));
        byte[] whole = Encode(encoding, Encoding.UTF8.GetBytes(body));
        Answer answer = await service.PostEventsAsync(
            TestService.Content(whole[..(whole.Length / 2)], "application/x-ndjson", encoding)
        );
        answer.AssertProblem(400, "bad_encoding");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Post_NotWhatItsEncodingSays_Is400(string encoding)
    {
        await using TestService service = await TestService.StartAsync();
        byte[] plain = Encoding.UTF8.GetBytes($"[{TestService.Click("e1")}]");
        Answer answer = await service.PostEventsAsync(TestService.Content(plain, "application/json", encoding));
        answer.AssertProblem(400, "bad_encoding");
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    public async Task Post_OtherEncoding_Is415(string encoding)
    {
        await using TestService service = await TestService.StartAsync();
        HttpContent content = TestService.Json("[]");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        (await service.PostEventsAsync(content)).AssertProblem(415, "unsupported_encoding");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Post_OtherType_Is415(string type)
    {
        await using TestService service = await TestService.StartAsync();
        HttpContent content = new ByteArrayContent("[]"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        (await service.PostEventsAsync(content)).AssertProblem(415, "unsupported_media_type");
    }

    [Fact]
    public async Task Post_TypeWithCharset_IsTaken()
    {
        await using TestService service = await TestService.StartAsync();
        HttpContent content = new ByteArrayContent("[]"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "Application/JSON; charset=utf-8");
        Assert.Equal(200, (await service.PostEventsAsync(content)).Status);
    }

    [Theory]
    [InlineData("""[GOOD,{"id":"cut""", "truncated_body", 84)]
    [InlineData("""[GOOD}""", "malformed_body", 73)]
    [InlineData("""[GOOD,]""", "malformed_body", 74)]
    [InlineData("""[GOOD]]""", "malformed_body", 74)]
    [InlineData("""[GOOD GOOD]""", "malformed_body", 74)]
    public async Task Post_BrokenAsAWhole_TellsWhereAndWhatCameBefore(string body, string reason, int offset)
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PostEventsAsync(TestService.Json(body.Replace("GOOD", TestService.Click("e1"))));
        answer.AssertProblem(400, reason);
        Assert.Equal(("accepted", 1), (answer.Statuses, (int)answer.Json["accepted"]!));
        Assert.Equal(offset, (int)answer.Json["offset"]!);
        Assert.Equal(1, service.Alpha.EventCount);
    }

    [Fact]
    public async Task Post_OneEventWithSomethingBehind_IsNotStored()
    {
        await using TestService service = await TestService.StartAsync();
        Answer answer = await service.PostEventsAsync(
            TestService.Json(TestService.Click("e1") + TestService.Click("e2"))
        );
        answer.AssertProblem(400, "malformed_body");
        Assert.Equal(("rejected", "e1"), (answer.Statuses, (string?)answer.Json["results"]![0]!["id"]));
        Assert.Equal(TestService.Click("e1").Length, (int)answer.Json["offset"]!);
        Assert.Equal(0, service.Alpha.EventCount);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Post_EmptyBody_Is400(string type)
    {
        await using TestService service = await TestService.StartAsync();
        (await service.PostEventsAsync(TestService.Content([], type))).AssertProblem(400, "empty_body");
    }

    [Fact]
    public async Task Post_MoreEventsThanAllowed_Is413AfterThoseAllowed()
    {
        await using TestService service = await TestService.StartAsync(new ServerLimits { BatchEventsMax = 3 });
        string[] events = [.. Enumerable.Range(0, 5).Select(i => TestService.Click($"e{i}"))];
        Answer tooMany = await service.PostEventsAsync(TestService.Json($"[{string.Join(',', events)}]"));
        tooMany.AssertProblem(413, "too_many_events");
        Assert.Equal("accepted accepted accepted", tooMany.Statuses);
        Answer asMany = await service.PostEventsAsync(TestService.Lines(string.Join('\n', events[..3])));
        Assert.Equal((200, "duplicate duplicate duplicate"), (asMany.Status, asMany.Statuses));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_LargerThanAllowed_Is413(bool chunked)
    {
        await using TestService service = await TestService.StartAsync(new ServerLimits { BodyBytesMax = 100_000 });
        HttpContent content = TestService.Json(new string(' ', 100_001));
        if (chunked)
            content = new StreamedContent(100_001);
        (await service.PostEventsAsync(content)).AssertProblem(413, "body_too_large");
    }

    [Theory]
    [InlineData(64 * 1024, "accepted accepted accepted")]
    [InlineData(64 * 1024 + 1, "accepted rejected accepted")]
    public async Task Post_LargeEvent_IsHeldToItsLimitAlone(int size, string expected)
    {
        await using TestService service = await TestService.StartAsync();
        string[] texts = [.. Enumerable.Range(0, 8).Select(i => $",\"p{i}\":\"{new string('x', 7500)}\"")];
        string large = TestService.Click("large", string.Concat(texts) + ",\"rest\":\"\"");
        large = large.Replace("\"rest\":\"\"", $"\"rest\":\"{new string('x', size - large.Length)}\"");
        Assert.Equal(size, large.Length);
        Answer answer = await service.PostEventsAsync(
            TestService.Json($"[{TestService.Click("before")},{large},{TestService.Click("after")}]")
        );
        Assert.Equal(expected, answer.Statuses);
        if (expected.Contains("rejected"))
            Assert.Equal("too_large", (string?)answer.Json["results"]![1]!["reason"]);
    }

    [Fact]
    public async Task Post_DeepBody_IsRefusedWithoutItsNeighbour()
    {
        await using TestService service = await TestService.StartAsync();
        string deep = new string('[', 1_000_000) + new string(']', 1_000_000);
        Answer answer = await service.PostEventsAsync(TestService.Json($"[{deep},{TestService.Click("e1")}]"));
        Assert.Equal((200, "rejected accepted"), (answer.Status, answer.Statuses));
    }

    [Fact]
    public async Task Post_ByteByByte_IsTakenAsAWhole()
    {
        await using TestService service = await TestService.StartAsync();
        byte[] body = Encoding.UTF8.GetBytes($"[{TestService.Click("e1")},{TestService.Click("e2")}]");
        using RawRequest request = await RawRequest.PostEventsAsync(service, $"Content-Length: {body.Length}");
        foreach (byte one in body)
            await request.SendAsync(new[] { one });
        Assert.Contains("\"accepted\":2", await request.ReadAsync());
    }

    [Fact]
    public async Task Post_ClientGoesAway_TheServiceGoesOnAndSendingAgainIsSafe()
    {
        await using TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json("[]"));
        using (RawRequest request = await RawRequest.PostEventsAsync(service, "Content-Length: 5000"))
            await request.SendAsync(Encoding.UTF8.GetBytes($"[{TestService.Click("lost")},"));
        Answer answer = await service.PostEventsAsync(
            TestService.Json($"[{TestService.Click("lost")},{TestService.Click("e1")}]")
        );
        Assert.Matches("^(accepted|duplicate) accepted$", answer.Statuses);
        Assert.Equal(2, service.Alpha.EventCount);
    }

    [Fact]
    public async Task Post_TooSlowly_Is408()
    {
        ServerLimits limits = new() { BodyRateMin = 1e9, BodyGrace = TimeSpan.FromSeconds(1.1) };
        await using TestService service = await TestService.StartAsync(limits);
        using RawRequest request = await RawRequest.PostEventsAsync(service, "Content-Length: 5000");
        await request.SendAsync("["u8.ToArray());
        Assert.StartsWith("HTTP/1.1 408", await request.ReadAsync());
    }

    [Fact]
    public async Task Post_QueueFull_Is429AndNothingIsTold()
    {
        await using TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json("[]"));
        service.Alpha.IsBusy = true;
        Answer answer = await service.PostEventsAsync(TestService.Json($"[{TestService.Click("e1")}]"));
        answer.AssertProblem(429, "tenant_busy");
        Assert.Null(answer.Json["results"]);
    }

    [Fact]
    public async Task Post_CellClosed_Is503()
    {
        await using TestService service = await TestService.StartAsync();
        await service.PostEventsAsync(TestService.Json("[]"));
        await service.Alpha.DisposeAsync();
        (await service.PostEventsAsync(TestService.Json(TestService.Click("e1")))).AssertProblem(
            503,
            "tenant_unavailable"
        );
    }

    [Fact]
    public async Task Post_StoreCannotBeOpened_Is503UntilItCan()
    {
        await using TestService service = await TestService.StartAsync();
        service.Cells.Failure = new IOException("disk");
        (await service.PostEventsAsync(TestService.Json(TestService.Click("e1")))).AssertProblem(
            503,
            "tenant_unavailable"
        );
    }

    [Theory]
    [InlineData(100_000, 1_000_000, 429, "tenant_busy")]
    [InlineData(1_000_000, 100_000, 503, "overloaded")]
    public async Task Post_TooMuchUnderWay_IsRefusedUntilItIsDone(
        long tenantMax,
        long processMax,
        int status,
        string reason
    )
    {
        ServerLimits limits = new() { InFlightBytesPerTenantMax = tenantMax, InFlightBytesMax = processMax };
        await using TestService service = await TestService.StartAsync(limits);
        await service.PostEventsAsync(TestService.Json("[]"));
        TaskCompletionSource commit = new();
        service.Alpha.HoldCommits(commit.Task);
        HttpContent Large(string id) => TestService.Json(TestService.Click(id) + new string(' ', 50_000));
        Task<Answer> held = service.PostEventsAsync(Large("e1"));
        await service.Alpha.FirstSubmission.SoonAsync();
        (await service.PostEventsAsync(Large("e2"))).AssertProblem(status, reason);
        commit.SetResult();
        Assert.Equal("accepted", (await held).Statuses);
        Assert.Equal("accepted", (await service.PostEventsAsync(Large("e2"))).Statuses);
    }

    private static byte[] Encode(string encoding, byte[] plain)
    {
        using MemoryStream target = new();
        using (
            Stream stream =
                encoding == "gzip"
                    ? new GZipStream(target, CompressionLevel.Fastest)
                    : new BrotliStream(target, CompressionLevel.Fastest)
        )
            stream.Write(plain);
        return target.ToArray();
    }

    /// <summary>White space of unannounced length.</summary>
    private sealed class StreamedContent : HttpContent
    {
        private readonly int length;

        public StreamedContent(int length)
        {
            this.length = length;
            Headers.ContentType = new("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            stream
                .WriteAsync(Encoding.ASCII.GetBytes(new string(' ', length)), TestContext.Current.CancellationToken)
                .AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
