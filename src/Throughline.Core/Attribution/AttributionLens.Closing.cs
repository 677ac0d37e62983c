using System.Runtime.InteropServices;
using Throughline.Core.Gate;
using Throughline.Core.State;

namespace Throughline.Core.Attribution;

/// <summary>The conversions whose <see cref="Finality"/> ends with a bucket: 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EndRow
{
    public int Bucket;

    /// <summary>First of the conversions, row + 1.</summary>
    public int Conversions;
}

/// <summary>
/// Which conversions are final, and the sweep over them. When the horizon has passed a conversion's end, no event of before it can come: then the
/// conversion is evaluated once more, over what was before its end (<see cref="ClosedJourney"/>), and what changes later queues it no more but a
/// refund. A fact of before ends that were passed (a backfill, a statement that comes late, an erasure) has the sweep go over them again.
/// </summary>
internal sealed partial class AttributionLens
{
    /// <summary>Conversions that one event's part of the sweep queues at most.</summary>
    public const int SweptPerEvent = 32;

    /// <summary>Ends, 5 minutes each, that it looks at at most.</summary>
    public const int EndsPerEvent = 4096;

    public readonly PagedArray<EndRow> Ends = new("attribution.ends");
    private readonly RowIndex<EndKeys> endIndex;
    private int firstEnd = int.MaxValue;

    // Ends up to this bucket are final: the watermark less the horizon.
    private int final = int.MinValue;

    /// <summary>Ends up to this bucket were swept; in the next one the sweep goes on from a row (+ 1; 0: from the first). Part of the state's header.</summary>
    public int Swept { get; set; } = int.MinValue;

    /// <inheritdoc cref="Swept"/>
    public int SweepNext { get; set; }

    /// <summary>Ends after this bucket are to be swept again, once the sweep is through; the greatest number if none are. Part of the state's header.</summary>
    public int SweepAgain { get; set; } = int.MaxValue;

    /// <summary>Some conversions that are final were not evaluated as such, or may have to be once more.</summary>
    public bool IsSweeping => Swept < final || SweepAgain < final;

    /// <summary>No event within the horizon is before this instant any more; milliseconds since 1970.</summary>
    public void PassHorizon(long instant)
    {
        if (finality.RestateForMs is not null && instant >= 0)
            final = VerdictPolicy.BucketOf(instant);
    }

    /// <summary>The conversion is final: nothing but facts of before its end, refunds and erasures changes it.</summary>
    public bool IsFinal(int row) => final != int.MinValue && EndOf(Conversions[row].Time) <= final;

    /// <summary>A conversion's result may not be the last word on what is known.</summary>
    public bool IsWaiting(int row) => Conversions[row].NextQueued != 0 || (IsSweeping && IsFinal(row));

    /// <summary>A fact came with an event time in this bucket: if ends after it were passed, they are looked at again.</summary>
    public void Reopen(int bucket)
    {
        if (bucket < Swept || (bucket == Swept && SweepNext != 0))
            SweepAgain = Math.Min(SweepAgain, bucket);
    }

    /// <summary>What was seen of an identifier is about to be void.</summary>
    /// <param name="isWhole">It was erased before: nobody knows any more when it was seen first.</param>
    public void Reopen(int identifier, bool isWhole)
    {
        if (isWhole)
            Reopen(int.MinValue);
        else if (graph.Identifiers[identifier].IsSeen)
            Reopen(VerdictPolicy.BucketOf(graph.Identifiers[identifier].FirstSeen));
    }

    /// <summary>Queues some of the conversions that became final.</summary>
    public void Sweep()
    {
        int rows = SweptPerEvent;
        for (int ends = 0; ends < EndsPerEvent && IsSweeping; ends++)
        {
            if (Swept >= final)
                (Swept, SweepNext, SweepAgain) = (SweepAgain, 0, int.MaxValue);
            Swept = Math.Max(Swept, Math.Min(firstEnd - 1, final));
            if (Swept >= final)
                continue;
            if (SweepNext == 0)
                SweepNext = ConversionsOf(Swept + 1);
            for (; SweepNext != 0 && rows > 0; rows--)
            {
                int row = SweepNext - 1;
                SweepNext = Conversions[row].NextOfEnd;
                QueueFinal(row);
            }
            if (SweepNext != 0)
                return;
            Swept++;
        }
    }

    private int EndOf(long conversion) => VerdictPolicy.BucketOf(finality.EndOf(conversion));

    private void NoteEnd(int row)
    {
        if (finality.RestateForMs is null)
            return;
        int bucket = EndOf(Conversions[row].Time);
        int end = endIndex.Find(EndKeys.HashOfBucket(bucket), new EndProbe(Ends, bucket));
        if (end < 0)
        {
            end = Ends.Add(new() { Bucket = bucket });
            endIndex.Insert(EndKeys.HashOfBucket(bucket), end);
            firstEnd = Math.Min(firstEnd, bucket);
        }
        Conversions.Mutable(row).NextOfEnd = Ends[end].Conversions;
        Ends.Mutable(end).Conversions = row + 1;
    }

    private int ConversionsOf(int bucket)
    {
        int end = endIndex.Find(EndKeys.HashOfBucket(bucket), new EndProbe(Ends, bucket));
        return end < 0 ? 0 : Ends[end].Conversions;
    }

    private void ReindexEnds()
    {
        endIndex.Fill(Ends.Count);
        for (int end = 0; end < Ends.Count; end++)
            firstEnd = Math.Min(firstEnd, Ends[end].Bucket);
    }

    private readonly struct EndKeys(PagedArray<EndRow> rows) : IRowKeys
    {
        public static ulong HashOfBucket(int bucket) => Mix.Two((ulong)bucket, 2);

        public ulong HashOf(int row) => HashOfBucket(rows[row].Bucket);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct EndProbe(PagedArray<EndRow> rows, int bucket) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Bucket == bucket;
    }
}
