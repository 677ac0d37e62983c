using System.ComponentModel;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Impact;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Reports;

/// <summary>
/// <c>GET /v1/gate/impact?from=&amp;to=&amp;window=&amp;rule=&amp;credit=</c>: what rules did in conversions; <c>POST</c>: what a draft would.
/// One at a time: it takes memory.
/// </summary>
internal sealed class ImpactEndpoint(GateKeeper keeper, TimeProvider clock)
{
    private const int BytesMax = 32 << 20;
    private static readonly SemaphoreSlim Turn = new(1);

    public Task StoredAsync(HttpContext context) =>
        AnswerAsync(context, (_, _) => Task.FromResult(((GateModel?)null, (Problem?)null)));

    public Task DraftAsync(HttpContext context) => AnswerAsync(context, ReadAsync);

    private async Task AnswerAsync(
        HttpContext context,
        Func<HttpContext, GateArchive, Task<(GateModel?, Problem?)>> read
    )
    {
        CancellationToken cancellation = context.RequestAborted;
        ReportQuery query = new(context, clock, "from", "to", "window", "rule", "credit");
        (long from, long to) = query.ReadSpan(ImpactOptions.WindowUsual);
        long window = query.Length("window", ImpactOptions.WindowUsual, ImpactOptions.WindowMax);
        string rule = query.Text("rule", 100);
        string credit = query.Text("credit", 5);
        Problem? problem =
            query.Problem ?? (credit is "" or "true" or "false" ? null : GateProblems.Bad("credit", "true or false"));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }
        ImpactOptions options = new(from, to, window, rule.Length == 0 ? null : rule);
        await keeper.ReadAsync(
            context.Tenant().Id,
            async archive =>
            {
                (GateModel? draft, Problem? bad) = await read(context, archive);
                if (bad is not null)
                    await bad.WriteAsync(context);
                else
                    await RunAsync(context, archive, new(archive, draft, options, credit != "false"), cancellation);
                return true;
            },
            cancellation
        );
    }

    private async Task RunAsync(HttpContext context, GateArchive archive, ImpactRun run, CancellationToken cancellation)
    {
        await Turn.WaitAsync(cancellation);
        try
        {
            await LongAnswer.WriteAsync(
                context,
                clock,
                archive.End,
                progress => run.RunAsync(progress, cancellation),
                cancellation
            );
        }
        catch (Exception error)
            when (error is ArchiveTooLargeException or TooManyHitsException && !context.Response.HasStarted)
        {
            await GateProblems.Bad("from", $"later: {error.Message}").WriteAsync(context);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<(GateModel?, Problem?)> ReadAsync(HttpContext context, GateArchive archive)
    {
        if (GateBody.TypeOf(context) != GateBody.Json)
            return (null, Problem.Of(ProblemReason.UnsupportedMediaType, $"Send {GateBody.Json}."));
        (byte[]? bytes, Problem? problem) = await GateBody.ReadBytesAsync(context, BytesMax);
        if (bytes is null)
            return (null, problem);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            ObjectReader reader = new(document.RootElement);
            (GateModel? draft, problem) = BacktestBody.ModelOf(reader.Element("rules"), archive, "/rules");
            if (problem is null && !reader.Finish(out Rejection rejection))
                problem = Problem.Of(rejection);
            return (draft, problem);
        }
        catch (JsonException)
        {
            return (
                null,
                Problem.Of(new Rejection(RejectionReason.MalformedJson, "", "The body is not one JSON document."))
            );
        }
    }
}

internal sealed record ImpactSchema(
    [property: Description("The draft as docs/guide/gate-rules.md has it, or the number of a published version")]
        JsonElement Rules
);
