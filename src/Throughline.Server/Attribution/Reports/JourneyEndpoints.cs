using System.Text.Json;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Volume;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution.Reports;

/// <summary>What customers did: one's timeline, all events by name and hour.</summary>
internal sealed class JourneyEndpoints(TenantRegistry registry)
{
    private const int LimitUsual = 100;
    private const int IdSegment = 2; // /v1/customers/{id}/timeline

    /// <summary><c>GET /v1/customers/{id}/timeline?after=&amp;limit=</c>.</summary>
    public async Task TimelineAsync(HttpContext context)
    {
        CreditQuery query = new(context, "after", "limit");
        TimelinePlace after = TimelinePlace.Start;
        if (query.Text("after") is { } text && !TimelinePlace.TryParse(text, out after))
            query.Fail(GateProblems.Bad("after", "the next of an earlier page"));
        int limit = (int)query.Number("limit", LimitUsual, 1, TimelineAnswers.LimitMax);
        if (!Token.TryParse(RouteText.Segment(context, IdSegment), out Token customer))
        {
            await (query.Problem ?? Problem.Of(ProblemReason.NotFound)).WriteAsync(context);
            return;
        }
        await CreditDesk.InTurnAsync(
            context,
            () => AnswerAsync(context, query, new CellQuery.Timeline(customer, after, limit))
        );
    }

    /// <summary><c>GET /v1/events/volume?from=&amp;to=&amp;step=&amp;name=</c>.</summary>
    public Task VolumeAsync(HttpContext context)
    {
        CreditQuery query = new(context, "from", "to", "step", "name");
        (long? from, long? to) = (query.Time("from"), query.Time("to"));
        bool byHour = query.Word("step", "day", "hour", "day") == "hour";
        string? name = query.Text("name");
        if (from >= to)
            query.Fail(GateProblems.Bad("from", "before to"));
        if (
            from is { } first
            && to is { } end
            && (end - first) / (byHour ? 3_600_000 : CreditReportOptions.DayMs) > VolumeAnswers.BucketsMax
        )
            query.Fail(GateProblems.Bad("step", $"longer: there are at most {VolumeAnswers.BucketsMax} buckets"));
        return AnswerAsync(context, query, new CellQuery.Volume(from, to, byHour, name));
    }

    private async Task AnswerAsync(HttpContext context, CreditQuery asked, CellQuery query)
    {
        if (asked.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        if (await lease.Cell.QueryAsync(query, context.RequestAborted) is not { } answer)
        {
            await Problem.Of(ProblemReason.NotFound).WriteAsync(context);
            return;
        }
        context.Response.ContentType = GateBody.Json;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }
}

/// <param name="Entries">Events and changes of the customer, oldest first.</param>
/// <param name="Following">Entries of this page and all after it.</param>
/// <param name="Next">Asked as <c>after</c>, gives the next page; not there on the last.</param>
internal sealed record TimelineSchema(
    string Id,
    string Customer,
    long AsOfPosition,
    int Identifiers,
    long Following,
    IReadOnlyList<JsonElement> Entries,
    string? Next
);

internal sealed record VolumeSchema(
    string From,
    string To,
    string Step,
    long AsOfPosition,
    string? AsOf,
    IReadOnlyList<VolumeAlarmSchema> Alarms,
    IReadOnlyList<VolumeNameSchema> Names
);

internal sealed record VolumeAlarmSchema(
    string Name,
    int Hours,
    string Until,
    long Count,
    double Expected,
    double Least
);

/// <param name="IsNew">It was first seen less than a day before the watermark.</param>
internal sealed record VolumeNameSchema(
    string Name,
    string FirstHour,
    string LastHour,
    bool IsNew,
    long Total,
    IReadOnlyList<VolumeBucketSchema> Volume
);

internal sealed record VolumeBucketSchema(string Time, long Events);
