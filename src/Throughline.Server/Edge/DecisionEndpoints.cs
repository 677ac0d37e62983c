using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Api;

namespace Throughline.Server.Edge;

/// <summary>The gate's contract for applications: ask for a decision, and tell how the request was answered in the end.</summary>
internal sealed class DecisionEndpoints(EdgeService service)
{
    private const int IdSegment = 2; // /v1/decisions/{id}/response
    private const int LinesMax = 10_000;
    private const int LineMax = 4096;

    private readonly RequestReader reader = new(service.Model);

    /// <summary>Judges a request that the body describes. The answer comes at once: waiting as a denial asks is the application's business.</summary>
    public async Task DecideAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            EdgeExchange exchange = service.Begin(EdgeContract.Api);
            try
            {
                if (problem is null && !TryRead(body!.RootElement, exchange, out Rejection rejection))
                    problem = Problem.Of(rejection);
                if (problem is not null)
                {
                    await problem.WriteAsync(context);
                    return;
                }
                exchange.Tenant = context.Tenant().Id; // whatever host the request is for
                if (service.Judge(exchange) is { } recorded)
                    await service.RecordedAsync(exchange, recorded);
                await DecisionAnswer.WriteAsync(context, exchange);
            }
            finally
            {
                service.End(exchange);
            }
        }
    }

    /// <summary>Takes in how one request was answered.</summary>
    public async Task ResponseAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            problem ??= TryRead(new(body!.RootElement), out ResponseFacts facts, out Rejection rejection)
                ? await AnswerAsync(context, facts)
                : Problem.Of(rejection);
            if (problem is not null)
                await problem.WriteAsync(context);
        }
    }

    /// <summary>Takes in how many requests were answered, one a line, each with its id. A bad line costs no other.</summary>
    public async Task ResponsesAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/x-ndjson", StringComparison.OrdinalIgnoreCase) != true)
        {
            await Problem
                .Of(ProblemReason.UnsupportedMediaType, "Send application/x-ndjson, one response a line.")
                .WriteAsync(context);
            return;
        }
        int[] counts = new int[Enum.GetValues<FeedbackOutcome>().Length];
        List<FeedbackRejection> rejected = [];
        using StreamReader lines = new(context.Request.Body);
        int number = 0;
        while (await lines.ReadLineAsync(context.RequestAborted) is { } line)
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            if (number > LinesMax)
            {
                await Problem
                    .Of(ProblemReason.TooManyEvents, $"At most {LinesMax} lines are taken.")
                    .WriteAsync(context);
                return;
            }
            if (TryReadLine(line, out string id, out ResponseFacts facts, out Rejection rejection))
                counts[(int)service.Answered(context.Tenant().Id, id, facts)]++;
            else
                rejected.Add(new(number, rejection.Reason.Code(), rejection.Pointer, rejection.Message));
        }
        await context.Response.WriteAsJsonAsync(
            new FeedbackReceipt(
                counts[(int)FeedbackOutcome.Taken],
                counts[(int)FeedbackOutcome.Duplicate],
                counts[(int)FeedbackOutcome.NotFound],
                rejected
            ),
            context.RequestAborted
        );
    }

    private bool TryRead(JsonElement body, EdgeExchange exchange, out Rejection rejection) =>
        DecisionBody.TryRead(
            body,
            exchange.Request,
            () => reader.Complete(exchange, exchange.Request.Header),
            out rejection
        );

    private async Task<Problem?> AnswerAsync(HttpContext context, ResponseFacts facts)
    {
        FeedbackOutcome outcome = service.Answered(context.Tenant().Id, RouteText.Segment(context, IdSegment), facts);
        if (outcome == FeedbackOutcome.NotFound)
            return Problem.Of(ProblemReason.NotFound, "No decision of late has this id.");
        await context.Response.WriteAsJsonAsync(
            new FeedbackAnswer(outcome == FeedbackOutcome.Taken ? "taken" : "duplicate"),
            context.RequestAborted
        );
        return null;
    }

    private static bool TryReadLine(string line, out string id, out ResponseFacts facts, out Rejection rejection)
    {
        (id, facts) = ("", default);
        if (line.Length > LineMax)
        {
            rejection = new(RejectionReason.TooLong, "", $"The line is longer than {LineMax} characters.");
            return false;
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            ObjectReader fields = new(document.RootElement);
            id = fields.Text("id", max: 128);
            return TryRead(fields, out facts, out rejection);
        }
        catch (JsonException)
        {
            rejection = new(RejectionReason.MalformedJson, "", "The line is not one JSON document.");
            return false;
        }
    }

    private static bool TryRead(ObjectReader fields, out ResponseFacts facts, out Rejection rejection)
    {
        int status = fields.Integer("status", 0, 999, otherwise: 0);
        int bytes = fields.Integer("bytes", 0, int.MaxValue, otherwise: -1);
        bool? logInFailed = fields.Has("logInFailed") ? fields.Bool("logInFailed", otherwise: null) : null;
        facts = new(status, bytes, logInFailed);
        return fields.Finish(out rejection);
    }
}

/// <param name="Status">taken, or duplicate: it was told before, and counts once.</param>
internal sealed record FeedbackAnswer(string Status);

/// <param name="NotFound">Ids that no decision of late has.</param>
internal sealed record FeedbackReceipt(
    int Taken,
    int Duplicates,
    int NotFound,
    IReadOnlyList<FeedbackRejection> Rejected
);

internal sealed record FeedbackRejection(int Line, string Reason, string Pointer, string? Message);
