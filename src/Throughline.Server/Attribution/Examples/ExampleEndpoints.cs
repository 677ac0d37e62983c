using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Throughline.Core.Attribution.Examples;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Attribution.Reports;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Reports;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution.Examples;

/// <summary>Touches as examples for machine learning, row by row, and the card that says what is in them.</summary>
internal sealed class ExampleEndpoints(CreditDesk desk, TimeProvider clock)
{
    /// <summary>Kinds of touches that may be asked for by name.</summary>
    private const int KindsMax = 32;

    /// <summary>Streams of a tenant at a time: each holds an index while its client reads.</summary>
    private const int StreamsMax = 2;

    private static readonly ConcurrentDictionary<TenantId, SemaphoreSlim> Streams = new();
    private static readonly string[] Choice = ["from", "to", "kind", "campaign", "one_in", "seed", "invalid"];

    /// <summary><c>GET /v1/attribution/examples?form=&amp;from=&amp;to=&amp;kind=&amp;campaign=&amp;one_in=&amp;seed=&amp;invalid=&amp;after=&amp;limit=</c>.</summary>
    public async Task StreamAsync(HttpContext context)
    {
        CreditQuery query = new(context, [.. Choice, "form", "after", "limit"]);
        ExampleOptions options = OptionsOf(query, split: null);
        bool isCsv = query.Word("form", "ndjson", "csv", "ndjson") == "csv";
        long limit = query.Number("limit", long.MaxValue, 1, long.MaxValue);
        ExamplePlace? after = null;
        if (query.Text("after") is { } text)
            if (ExamplePlace.TryParse(text, out ExamplePlace place))
                after = place;
            else
                query.Fail(GateProblems.Bad("after", "the place of an example"));
        SemaphoreSlim streams = Streams.GetOrAdd(context.Tenant().Id, static _ => new(StreamsMax));
        await streams.WaitAsync(context.RequestAborted);
        try
        {
            await desk.OpenAsync(
                context,
                query,
                withCustomers: true,
                reader => WriteAsync(context, reader, options, isCsv, after, limit)
            );
        }
        finally
        {
            streams.Release();
        }
    }

    /// <summary><c>GET /v1/attribution/examples/card?form=&amp;split=</c> and what the stream takes.</summary>
    public async Task CardAsync(HttpContext context)
    {
        CreditQuery query = new(context, [.. Choice, "form", "split"]);
        ExampleOptions options = OptionsOf(query, query.Time("split"));
        bool isText = query.Word("form", "json", "json", "markdown") == "markdown";
        await desk.UseAsync(
            context,
            query,
            withCustomers: true,
            async reader =>
            {
                if (await IsUnknownAsync(context, reader, options))
                    return;
                CancellationToken cancellation = context.RequestAborted;
                Task<DataCard> Make(IProgress<long>? progress) =>
                    Task.Run(() => ExampleRun.Card(reader, options, progress, cancellation), cancellation);
                if (isText)
                {
                    string page = DataCardText.Write(await Make(null));
                    context.Response.ContentType = "text/markdown; charset=utf-8";
                    await context.Response.WriteAsync(page, cancellation);
                }
                else
                    await LongAnswer.WriteAsync(context, clock, ExampleRun.StepsOf(reader.View), Make, cancellation);
            }
        );
    }

    private static async Task WriteAsync(
        HttpContext context,
        CreditReader reader,
        ExampleOptions options,
        bool isCsv,
        ExamplePlace? after,
        long limit
    )
    {
        if (await IsUnknownAsync(context, reader, options))
            return;
        CancellationToken cancellation = context.RequestAborted;
        ExampleRun? run = null;
        await CreditDesk.InTurnAsync(
            context,
            async () =>
                run = await Task.Run(() => ExampleRun.Prepare(reader, options, null, cancellation), cancellation)
        );
        context.Response.ContentType = isCsv
            ? "text/csv; charset=utf-8; header=present"
            : "application/x-ndjson; charset=utf-8";
        context.Response.Headers[CreditExportHeaders.Position] = reader.View.Position.ToString(
            CultureInfo.InvariantCulture
        );
        StringBuilder text = new();
        if (isCsv)
            text.Append(ExampleColumns.Header).Append(CsvCells.RowEnd);
        bool Append(Example example)
        {
            if (isCsv)
                ExampleColumns.AppendCsv(example, text);
            else
                ExampleColumns.AppendJson(example, text);
            return --limit > 0;
        }
        for (int ordinal = run!.Start(options.From, after, cancellation); ordinal >= 0; )
        {
            await CreditDesk.InTurnAsync(
                context,
                async () => ordinal = await Task.Run(() => run.Next(ordinal, Append, cancellation), cancellation)
            );
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
            text.Clear();
        }
        await context.Response.Body.FlushAsync(cancellation);
    }

    // A name that was spelt wrong would give an empty answer that looks like a whole one.
    private static async Task<bool> IsUnknownAsync(HttpContext context, CreditReader reader, ExampleOptions options)
    {
        if (ExampleSet.Unknown(reader.View, options) is not { } unknown)
            return false;
        await Problem.Of(new Rejection(RejectionReason.BadValue, "", unknown)).WriteAsync(context);
        return true;
    }

    private static ExampleOptions OptionsOf(CreditQuery query, long? split)
    {
        long from = query.Time("from") ?? long.MinValue;
        long to = query.Time("to") ?? long.MaxValue;
        if (from >= to)
            query.Fail(GateProblems.Bad("from", "before to"));
        string[] kinds = query.Text("kind", EventLimits.EventType * KindsMax)?.Split(',') ?? [];
        if (kinds.Length > KindsMax || kinds.Contains(""))
            query.Fail(GateProblems.Bad("kind", $"1 to {KindsMax} kinds of touches, separated by commas"));
        return new(
            from,
            to,
            kinds,
            query.Text("campaign"),
            (int)query.Number("one_in", 1, 1, ExampleOptions.OneInMax),
            query.Number("seed", 0, 0, long.MaxValue),
            query.Flag("invalid"),
            split
        );
    }
}
