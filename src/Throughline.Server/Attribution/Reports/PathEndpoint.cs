using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Reports;

namespace Throughline.Server.Attribution.Reports;

/// <summary><c>GET /v1/attribution/paths?by=&amp;from=&amp;to=&amp;conversion=&amp;collapse=&amp;length=&amp;top=</c>: which ways led to conversions, and which to none.</summary>
internal sealed class PathEndpoint(CreditDesk desk, TimeProvider clock)
{
    private const int IdentifiersAtOnce = 65_536;

    public async Task RunAsync(HttpContext context)
    {
        CreditQuery query = new(context, "by", "from", "to", "conversion", "collapse", "length", "top");
        IReadOnlyList<ReportPart> by = query.Parts(
            "by",
            "channel",
            ReportPart.Campaign,
            ReportPart.Channel,
            ReportPart.Kind
        );
        if (by.Count != 1)
            query.Fail(GateProblems.Bad("by", "one of campaign, channel, kind"));
        (long? from, long? to) = (query.Time("from"), query.Time("to"));
        string? conversion = query.Text("conversion");
        bool collapse = query.Flag("collapse");
        int length = (int)query.Number("length", PathOptions.LengthUsual, 1, PathOptions.LengthLimit);
        int top = (int)query.Number("top", PathOptions.TopUsual, 1, PathOptions.TopLimit);
        await desk.UseAsync(
            context,
            query,
            withCustomers: true,
            async reader =>
            {
                (long first, long end) = CreditQuery.Span(from, to, reader.View.Watermark);
                if (first >= end)
                    query.Fail(GateProblems.Bad("from", "before to"));
                if (query.Problem is { } problem)
                {
                    await problem.WriteAsync(context);
                    return;
                }
                PathOptions options = new(by[0], first, end, conversion, collapse, length, top);
                CancellationToken cancellation = context.RequestAborted;
                await LongAnswer.WriteAsync(
                    context,
                    clock,
                    reader.View.Conversions,
                    progress => Task.Run(() => Run(reader, options, progress, cancellation), cancellation),
                    cancellation
                );
            }
        );
    }

    private static PathReport Run(
        CreditReader reader,
        PathOptions options,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        PathTally all = new(reader.View, options);
        foreach (
            PathTally some in reader.ReadAll(
                options.From,
                options.To,
                () => new PathTally(reader.View, options),
                (own, conversion) => own.Add(conversion),
                progress,
                cancellation
            )
        )
            all.Add(some);
        foreach (
            PathTally some in reader.Work(
                (all.Identifiers + IdentifiersAtOnce - 1) / IdentifiersAtOnce,
                () => new PathTally(reader.View, options),
                (own, piece) => own.AddOthers(piece * IdentifiersAtOnce, (piece + 1) * IdentifiersAtOnce),
                cancellation
            )
        )
            all.Add(some);
        return all.Finish();
    }
}
