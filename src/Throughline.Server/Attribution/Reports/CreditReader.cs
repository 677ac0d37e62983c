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
    /// <summary>Conversions that are read at a time.</summary>
    public const int ChunkMax = 512;

    // Records that are read past rather than sought beyond: some blocks.
    private const long SeekBeyond = 1_024;
    private const int TouchesBetweenLooks = 65_536;

    private readonly ITenantLog log;

    internal CreditReader(CreditView view, ITenantLog log) => (View, this.log) = (view, log);

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
            [.. order.Select(i => refs[i].Sequence)],
            log.ScanResults,
            (_, result) => cases[order[place++]] = CreditView.Read(result),
            cancellation
        );
        return [.. refs.Select((found, i) => (found, cases[i]))];
    }

    /// <summary>All of them.</summary>
    /// <param name="progress">Told how many rows were looked at.</param>
    public void ReadAll(
        long from,
        long to,
        Action<IReadOnlyList<(CreditRef Ref, ConversionCase Case)>> take,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        for (int row = 0; row >= 0; )
        {
            var chunk = Read(row, from, to, out int next, cancellation);
            take(chunk);
            row = next;
            progress?.Report(row < 0 ? View.Conversions : row);
        }
    }

    /// <summary>Reads events at some positions.</summary>
    /// <param name="positions">In any order, each as often as one likes; ascending ones are given.</param>
    public void Events(IEnumerable<long> positions, EventTaker take, CancellationToken cancellation) =>
        Seek(
            [.. positions.Distinct().Order()],
            log.Scan,
            (position, record) => take(position, EventRecord.FromTrusted(record)),
            cancellation
        );

    /// <summary>Gives all touches in the order of the log.</summary>
    public void Touches(TouchHandler take, CancellationToken cancellation)
    {
        for (int row = 0; row < View.Touches; row += TouchesBetweenLooks)
        {
            cancellation.ThrowIfCancellationRequested();
            View.ForTouches(row, row + TouchesBetweenLooks, take);
        }
    }

    /// <summary>What advertising cost, as all statements together say.</summary>
    public SpendBook Spend(CancellationToken cancellation)
    {
        SpendBook spend = new();
        Events(View.Statements, (long _, in EventRecord record) => spend.Take(record), cancellation);
        return spend;
    }

    // Runs of numbers that are near one another are one scan.
    private static void Seek(
        long[] ascending,
        Action<long, ScanHandler> scan,
        Action<long, ReadOnlySpan<byte>> take,
        CancellationToken cancellation
    )
    {
        for (int place = 0; place < ascending.Length; )
        {
            cancellation.ThrowIfCancellationRequested();
            scan(
                ascending[place],
                (number, record) =>
                {
                    if (number != ascending[place])
                        return true;
                    take(number, record);
                    place++;
                    return place < ascending.Length && ascending[place] - number <= SeekBeyond;
                }
            );
        }
    }
}
