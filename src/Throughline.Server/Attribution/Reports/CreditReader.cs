using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Storage.Log;

namespace Throughline.Server.Attribution.Reports;

/// <summary>Takes an event that was looked up.</summary>
public delegate void EventTaker(long position, in EventRecord record);

/// <summary>
/// Reads a tenant's current credit beside its writer, some conversions at a time: memory stays bounded, and the log's caches, which are
/// the writer's, are left alone.
/// </summary>
public sealed class CreditReader
{
    /// <summary>Conversions that are read at a time where all their rows are held.</summary>
    public const int ChunkMax = 512;

    /// <summary>Touches that are gone through between looks whether somebody still waits for the answer.</summary>
    public const int TouchesAtOnce = 65_536;

    // Records that are read past rather than sought beyond: some blocks.
    private const long SeekBeyond = 1_024;
    private const int ResultsAtOnce = 16_384;
    private const int TakesBetweenLooks = 512;

    private readonly ITenantLog log;
    private readonly ReportTurns turns;

    internal CreditReader(CreditView view, ITenantLog log, ReportTurns turns) =>
        (View, this.log, this.turns) = (view, log, turns);

    public CreditView View { get; }

    /// <summary>Current cases of conversions of a time, in the order of their events in the log.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="next">The row to go on from; -1 at the end.</param>
    /// <param name="since">Only those whose current result has this sequence or a later one.</param>
    public IReadOnlyList<(CreditRef Ref, ConversionCase Case)> Read(
        int row,
        long from,
        long to,
        out int next,
        CancellationToken cancellation,
        long since = 0
    )
    {
        List<CreditRef> refs = [];
        next = row;
        while (next >= 0 && refs.Count < ChunkMax)
        {
            cancellation.ThrowIfCancellationRequested();
            next = View.Gather(next, from, to, ChunkMax, refs);
            if (since > 0)
                refs.RemoveAll(x => x.Sequence < since);
        }
        ConversionCase[] cases = new ConversionCase[refs.Count];
        int[] order = [.. Enumerable.Range(0, refs.Count).OrderBy(i => refs[i].Sequence)];
        int place = 0;
        Seek(
            order.Select(i => refs[i].Sequence).ToArray(),
            log.ScanResults,
            (_, result) => cases[order[place++]] = CreditView.Read(result),
            cancellation
        );
        return [.. refs.Select((found, i) => (found, cases[i]))];
    }

    /// <summary>Gives the current cases of all conversions of a time, in the order of their results: the log is read once.</summary>
    /// <param name="make">Makes what one thread takes them with.</param>
    /// <param name="take">Takes one, which holds during the call.</param>
    /// <param name="progress">Told how many rows were looked at.</param>
    /// <returns>What the threads took them with.</returns>
    public IReadOnlyList<T> ReadAll<T>(
        long from,
        long to,
        Func<T> make,
        Action<T, ConversionCase> take,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        long[] results = View.Results(from, to);
        long done = View.Conversions - results.Length;
        return Work(
                (results.Length + ResultsAtOnce - 1) / ResultsAtOnce,
                () => (Cases: new CaseReader(), Own: make()),
                (worker, piece) =>
                {
                    int first = piece * ResultsAtOnce;
                    ReadOnlyMemory<long> some = results.AsMemory(
                        first,
                        Math.Min(ResultsAtOnce, results.Length - first)
                    );
                    Seek(
                        some,
                        log.ScanResults,
                        (_, result) => take(worker.Own, worker.Cases.Read(result)),
                        cancellation
                    );
                    progress?.Report(Interlocked.Add(ref done, some.Length));
                },
                cancellation
            )
            .Select(worker => worker.Own)
            .ToArray();
    }

    /// <summary>Does the pieces of some work from 0 on, in no order; a second thread helps while nobody else of the tenant waits.</summary>
    public IReadOnlyList<T> Work<T>(int pieces, Func<T> make, Action<T, int> work, CancellationToken cancellation) =>
        turns.Work(pieces, make, work, cancellation);

    /// <summary>Reads what only events tell of the touches of a report.</summary>
    public TouchTextTable Texts(CreditReportOptions options, CancellationToken cancellation)
    {
        TouchTextTable table = new(View, options);
        Work(
            (table.End - table.First + TouchesAtOnce - 1) / TouchesAtOnce,
            () => new TouchTextReader(table),
            (reader, piece) =>
            {
                int first = table.First + piece * TouchesAtOnce;
                Seek(
                    reader.Begin(first, first + TouchesAtOnce),
                    log.Scan,
                    (_, record) => reader.Take(EventRecord.FromTrusted(record)),
                    cancellation
                );
            },
            cancellation
        );
        return table;
    }

    /// <summary>Reads events at some positions.</summary>
    /// <param name="positions">In any order, each as often as one likes; ascending ones are given.</param>
    public void Events(IEnumerable<long> positions, EventTaker take, CancellationToken cancellation) =>
        Seek(
            positions.Distinct().Order().ToArray(),
            log.Scan,
            (position, record) => take(position, EventRecord.FromTrusted(record)),
            cancellation
        );

    /// <summary>What advertising cost, as all statements together say.</summary>
    public SpendBook Spend(CancellationToken cancellation)
    {
        SpendBook spend = new();
        Events(View.Statements, (long _, in EventRecord record) => spend.Take(record), cancellation);
        return spend;
    }

    // Runs of numbers that are near one another are one scan.
    private static void Seek(
        ReadOnlyMemory<long> ascending,
        Action<long, ScanHandler> scan,
        Action<long, ReadOnlySpan<byte>> take,
        CancellationToken cancellation
    )
    {
        int place = 0;
        long wanted = 0;
        ScanHandler handler = (number, record) =>
        {
            if (number != wanted)
                return true;
            take(number, record);
            if (++place == ascending.Length)
                return false;
            if (place % TakesBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
            wanted = ascending.Span[place];
            return wanted - number <= SeekBeyond;
        };
        while (place < ascending.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            wanted = ascending.Span[place];
            scan(wanted, handler);
        }
    }
}
