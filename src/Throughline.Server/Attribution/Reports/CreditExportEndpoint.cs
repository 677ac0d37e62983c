using System.Globalization;
using System.Text;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;

namespace Throughline.Server.Attribution.Reports;

/// <summary>
/// <c>GET /v1/attribution/export?what=&amp;form=&amp;from=&amp;to=&amp;after=&amp;since=&amp;limit=</c>: current credit or explanations row by
/// row, some conversions at a time, as fast as the client takes them.
/// </summary>
internal sealed class CreditExportEndpoint(CreditDesk desk)
{
    public async Task RunAsync(HttpContext context)
    {
        CreditQuery query = new(context, "what", "form", "from", "to", "after", "since", "limit");
        bool all = query.Word("what", "credits", "credits", "explanations") == "explanations";
        bool isCsv = query.Word("form", "ndjson", "csv", "ndjson") == "csv";
        long from = query.Time("from") ?? long.MinValue;
        long to = query.Time("to") ?? long.MaxValue;
        long after = query.Number("after", -1, 0, long.MaxValue - 1);
        long since = query.Number("since", 0, 0, long.MaxValue);
        long limit = query.Number("limit", long.MaxValue, 1, long.MaxValue);
        if (from >= to)
            query.Fail(GateProblems.Bad("from", "before to"));
        await desk.OpenAsync(
            context,
            query,
            withCustomers: true,
            async reader =>
            {
                CancellationToken cancellation = context.RequestAborted;
                context.Response.ContentType = isCsv
                    ? "text/csv; charset=utf-8; header=present"
                    : "application/x-ndjson; charset=utf-8";
                context.Response.Headers[CreditExportHeaders.Position] = reader.View.Position.ToString(
                    CultureInfo.InvariantCulture
                );
                context.Response.Headers[CreditExportHeaders.NextResult] = reader.View.NextResult.ToString(
                    CultureInfo.InvariantCulture
                );
                StringBuilder text = new();
                if (isCsv)
                    text.Append(CreditLine.Header).Append(CsvCells.RowEnd);
                for (int row = reader.View.RowFrom(after + 1); row >= 0 && limit > 0; )
                {
                    (int next, int taken) = (-1, 0);
                    await CreditDesk.InTurnAsync(
                        context,
                        async () =>
                        {
                            (next, taken) = await Task.Run(
                                () => Append(reader, row, from, to, since, limit, all, isCsv, text, cancellation),
                                cancellation
                            );
                        }
                    );
                    (row, limit) = (next, limit - taken);
                    await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
                    text.Clear();
                }
                await context.Response.Body.FlushAsync(cancellation);
            }
        );
    }

    private static (int Next, int Taken) Append(
        CreditReader reader,
        int row,
        long from,
        long to,
        long since,
        long limit,
        bool all,
        bool isCsv,
        StringBuilder text,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<(CreditRef Ref, ConversionCase Case)> chunk = reader.Read(
            row,
            from,
            to,
            out int next,
            cancellation,
            since
        );
        if (chunk.Count > limit)
            chunk = [.. chunk.Take((int)limit)];
        Dictionary<long, string> ids = [];
        reader.Events(
            chunk.SelectMany(x =>
                x.Case.Candidates.Where(c => all || c.Reason == TouchReason.Credited)
                    .Select(c => c.Position)
                    .Prepend(x.Ref.Position)
            ),
            (long position, in EventRecord record) => ids[position] = record.Text(EventField.Id) ?? "",
            cancellation
        );
        foreach ((CreditRef found, ConversionCase conversion) in chunk)
        foreach (CreditLine line in CreditLine.Of(reader.View, found, conversion, ids, all))
            if (isCsv)
                line.AppendCsv(text);
            else
                line.AppendJson(text);
        return (next, chunk.Count);
    }
}

/// <summary>What an export says of itself before its rows.</summary>
public static class CreditExportHeaders
{
    /// <summary>All events before it are in the answer.</summary>
    public const string Position = "Throughline-Position";

    /// <summary>Asked as <c>since</c>, gives what changed after this answer.</summary>
    public const string NextResult = "Throughline-Next-Result";
}
