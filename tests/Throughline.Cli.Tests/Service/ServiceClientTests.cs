using System.Net;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Service;

public sealed class ServiceClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Batch_ReadsCountsAndRejections()
    {
        using var service = new FakeService(
            (request, _) =>
            {
                Assert.Equal("application/x-ndjson", request.Content!.Headers.ContentType!.MediaType);
                Assert.Equal("true", Assert.Single(request.Headers.GetValues("Throughline-Backfill")));
                return FakeService.Json(
                    HttpStatusCode.OK,
                    """
                    {"results":[{"index":1,"id":"b","status":"duplicate"},
                      {"index":3,"id":null,"status":"rejected","reason":"bad_time","pointer":"/time","message":"No time."}],
                     "accepted":2,"duplicates":1,"rejected":1}
                    """
                );
            }
        );
        using var batch = new TestBatch("1", "2", "3", "4");

        BatchAnswer answer = await service.Client().SendAsync(batch, backfill: true, Cancellation);

        Assert.Equal((2, 1, 1), (answer.Accepted, answer.Duplicates, answer.Rejected));
        Assert.Equal([new EventRejection(3, "bad_time", "/time", "No time.")], answer.Rejections);
        Assert.Equal("1\n2\n3\n4\n", Assert.Single(service.Bodies));
    }

    [Fact]
    public void Read_FullForm_CountsPlacesAndTakesQueuedForAccepted()
    {
        using JsonDocument body = JsonDocument.Parse(
            """
            {"results":[{"id":"a","status":"queued"},
              {"id":"b","status":"rejected","reason":"r","pointer":"","message":"m"}],
             "accepted":0,"duplicates":0,"rejected":1,"queued":1}
            """
        );

        BatchAnswer answer = BatchAnswer.Read(body.RootElement)!;

        Assert.Equal(1, answer.Accepted);
        Assert.Equal(1, Assert.Single(answer.Rejections).Index);
    }

    [Fact]
    public async Task Send_ServiceBusy_ComesBackAfterTheTimeThatItSaid()
    {
        int calls = 0;
        using var service = new FakeService(
            (_, body) =>
            {
                if (++calls > 2)
                    return FakeService.Accept(body);
                HttpResponseMessage busy = FakeService.Json(
                    calls == 1 ? HttpStatusCode.TooManyRequests : HttpStatusCode.ServiceUnavailable,
                    """{"reason":"tenant_busy","title":"Busy."}"""
                );
                busy.Headers.RetryAfter = new(TimeSpan.FromSeconds(7));
                return busy;
            }
        );
        var clock = new FakeTimeProvider();
        ServiceClient client = service.Client(clock);
        async Task<BatchAnswer> SendAsync()
        {
            using var batch = new TestBatch("1");
            return await client.SendAsync(batch, backfill: false, Cancellation);
        }

        Task<BatchAnswer> sending = SendAsync();
        Assert.Equal(1, calls);
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal(1, calls);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, calls);
        clock.Advance(TimeSpan.FromSeconds(7));
        BatchAnswer answer = await sending;

        Assert.Equal(1, answer.Accepted);
        Assert.Equal(3, service.Bodies.Count);
        Assert.Equal(2, client.Waits);
    }

    [Fact]
    public async Task Send_ServiceBusyForLong_GivesUp()
    {
        var clock = new FakeTimeProvider();
        using var service = new FakeService(
            (_, _) =>
            {
                clock.Advance(TimeSpan.FromMinutes(6));
                return FakeService.Json(
                    HttpStatusCode.ServiceUnavailable,
                    """{"reason":"overloaded","title":"Too much."}"""
                );
            }
        );
        using var batch = new TestBatch("1");

        CommandException error = await Assert.ThrowsAsync<CommandException>(() =>
            service.Client(clock).SendAsync(batch, backfill: false, Cancellation)
        );

        Assert.Equal((ExitCode.Store, "service_busy"), (error.ExitCode, error.Code));
        Assert.Contains("Too much.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        HttpStatusCode.Unauthorized,
        """{"reason":"unauthorized","title":"A key is needed."}""",
        ExitCode.BadInput,
        "unauthorized"
    )]
    [InlineData(
        HttpStatusCode.InternalServerError,
        """{"reason":"internal","title":"It failed."}""",
        ExitCode.CheckFailed,
        "internal"
    )]
    [InlineData(HttpStatusCode.OK, "nonsense", ExitCode.CheckFailed, "service_answer")]
    [InlineData(
        HttpStatusCode.OK,
        """{"results":[],"accepted":7,"duplicates":0,"rejected":0}""",
        ExitCode.CheckFailed,
        "service_answer"
    )]
    internal async Task Send_OtherAnswers_AreErrors(HttpStatusCode status, string body, ExitCode exit, string code)
    {
        using var service = new FakeService((_, _) => FakeService.Json(status, body));
        using var batch = new TestBatch("1");

        CommandException error = await Assert.ThrowsAsync<CommandException>(() =>
            service.Client().SendAsync(batch, backfill: false, Cancellation)
        );

        Assert.Equal((exit, code), (error.ExitCode, error.Code));
    }

    [Fact]
    public async Task Send_NobodyListens_SaysWhere()
    {
        using var service = new FakeService((_, _) => throw new HttpRequestException("refused"));
        using var batch = new TestBatch("1");

        CommandException error = await Assert.ThrowsAsync<CommandException>(() =>
            service.Client().SendAsync(batch, backfill: false, Cancellation)
        );

        Assert.Equal("service_unreachable", error.Code);
        Assert.Contains("http://fake.example/", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NotFound_IsNull()
    {
        using var service = new FakeService(
            (_, _) => FakeService.Json(HttpStatusCode.NotFound, """{"reason":"not_found"}""")
        );

        Assert.Null(await service.Client().GetAsync("v1/why/x", Cancellation));
    }
}
