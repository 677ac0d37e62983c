using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Examples;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Server.Attribution.Reports;

namespace Throughline.Server.Attribution.Examples;

/// <summary>Makes examples of a tenant's touches beside its writer: the log is read once for what comes before and after them, then some at a time.</summary>
internal sealed class ExampleRun
{
    /// <summary>Touches whose events are read at a time.</summary>
    public const int ChunkMax = 4_096;

    private const int EventsAtOnce = 65_536;

    private readonly CreditReader reader;
    private readonly ExampleSet set;

    private ExampleRun(CreditReader reader, ExampleOptions options) =>
        (this.reader, set) = (reader, new(reader.View, options));

    /// <summary>Steps of all work for <see cref="IProgress{T}"/>: events, conversions, and touches again.</summary>
    public static long StepsOf(CreditView view) => 2L * (view.Touches + view.Conversions);

    public ExampleSet Set => set;

    /// <summary>Reads what examples are made of.</summary>
    /// <param name="progress">Told steps.</param>
    public static ExampleRun Prepare(
        CreditReader reader,
        ExampleOptions options,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        ExampleRun run = new(reader, options);
        long done = 0;
        foreach (long[] positions in run.set.Positions.Chunk(EventsAtOnce))
        {
            reader.Events(positions, run.set.Take, cancellation);
            progress?.Report(done += positions.Length);
        }
        for (int row = 0; row >= 0; )
        {
            var chunk = reader.Read(row, long.MinValue, long.MaxValue, out row, cancellation);
            foreach ((_, ConversionCase conversion) in chunk)
                run.set.Take(conversion);
            progress?.Report(done + (row < 0 ? reader.View.Conversions : row));
        }
        run.set.Seal();
        return run;
    }

    /// <summary>Where an answer begins.</summary>
    public int Start(long from, ExamplePlace? after, CancellationToken cancellation) =>
        after is { } place && place.Time >= from
            ? set.OrdinalAfter(place, position => ReadOne(position, cancellation))
            : set.OrdinalAt(from);

    /// <summary>Gives some examples from a place of the order on; gives the place to go on from, or -1 at the end.</summary>
    /// <param name="take">Says whether there may be more; the place after the last is then given.</param>
    public int Next(int ordinal, Func<Example, bool> take, CancellationToken cancellation)
    {
        List<(int Ordinal, long Position)> found = [];
        int next = set.Gather(ordinal, ChunkMax, found);
        Dictionary<long, byte[]> records = [];
        reader.Events(
            found.Select(x => x.Position),
            (long position, in EventRecord record) => records[position] = record.Bytes.ToArray(),
            cancellation
        );
        foreach ((int place, long position) in found)
            if (set.Make(place, EventRecord.FromTrusted(records[position])) is { } example && !take(example))
                return -1;
        return next;
    }

    /// <summary>The data card of all of them.</summary>
    /// <exception cref="ReportTooLargeException">There are too many campaigns.</exception>
    public static DataCard Card(
        CreditReader reader,
        ExampleOptions options,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        ExampleRun run = Prepare(reader, options, progress, cancellation);
        DataCardTally tally = new(reader.View, options, run.set);
        long before = StepsOf(reader.View) - run.set.Events;
        for (int ordinal = run.Start(options.From, null, cancellation); ordinal >= 0; )
        {
            cancellation.ThrowIfCancellationRequested();
            ordinal = run.Next(
                ordinal,
                example =>
                {
                    tally.Add(example);
                    return true;
                },
                cancellation
            );
            progress?.Report(before + (ordinal < 0 ? run.set.Events : ordinal));
        }
        return tally.Finish();
    }

    private byte[] ReadOne(long position, CancellationToken cancellation)
    {
        byte[] read = [];
        reader.Events([position], (long _, in EventRecord record) => read = record.Bytes.ToArray(), cancellation);
        return read;
    }
}
