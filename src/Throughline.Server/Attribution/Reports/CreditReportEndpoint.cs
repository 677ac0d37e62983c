using Throughline.Core.Attribution.Reports;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Reports;

namespace Throughline.Server.Attribution.Reports;

/// <summary><c>GET /v1/attribution/report?date=&amp;by=&amp;step=&amp;from=&amp;to=&amp;conversion=&amp;form=</c>: what touches earned and cost.</summary>
internal sealed class CreditReportEndpoint(CreditDesk desk, TimeProvider clock)
{
    public async Task RunAsync(HttpContext context)
    {
        CreditQuery query = new(context, "date", "by", "step", "from", "to", "conversion", "form");
        ReportDate date =
            query.Word("date", "conversion", "conversion", "touch") == "touch"
                ? ReportDate.Touch
                : ReportDate.Conversion;
        IReadOnlyList<ReportPart> by = query.Parts("by", "campaign", Enum.GetValues<ReportPart>());
        bool byDay = query.Word("step", "day", "day", "all") == "day";
        bool isCsv = query.Word("form", "json", "json", "csv") == "csv";
        (long? from, long? to) = (query.Time("from"), query.Time("to"));
        string? conversion = query.Text("conversion");
        await desk.UseAsync(
            context,
            query,
            withCustomers: false,
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
                CreditReportOptions options = new(date, by, byDay, first, end, conversion);
                CancellationToken cancellation = context.RequestAborted;
                if (isCsv)
                {
                    CreditReport report = await Task.Run(
                        () => CreditReportRun.Run(reader, options, null, cancellation),
                        cancellation
                    );
                    context.Response.ContentType = "text/csv; charset=utf-8; header=present";
                    await context.Response.WriteAsync(CreditRowsCsv.Write(report, by, byDay), cancellation);
                    return;
                }
                await LongAnswer.WriteAsync(
                    context,
                    clock,
                    reader.View.Conversions,
                    progress =>
                        Task.Run(() => CreditReportRun.Run(reader, options, progress, cancellation), cancellation),
                    cancellation
                );
            }
        );
    }
}
