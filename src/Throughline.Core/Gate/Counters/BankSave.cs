using System.Buffers;

namespace Throughline.Core.Gate.Counters;

/// <summary>
/// A bank on its way into an image, page by page: while one slice is written nobody may use the bank, between two slices anybody may. Every
/// key that the bank has from beginning to end is in the image, with its value of some moment between; one that moved on meanwhile
/// may be in it twice, and the later one holds. Keys are independent of one another, so that is as good as one moment for all.
/// </summary>
public sealed class BankSave
{
    /// <summary>What <see cref="Write(IBufferWriter{byte}, int)"/> takes at once if nobody says: less than a megabyte.</summary>
    public const int SlicePages = 8;

    // As many keys as fit a page of the smallest cells: a slice of what moved is no longer than one of pages.
    private const int MovedPerSlice = SlicePages * (CellSizes.PageBytes / 64);

    private readonly KeyTable table;
    private readonly int counters;
    private readonly List<(int Counter, UInt128 Key)> moved = [];
    private int page = -1;
    private int movedDone;

    internal BankSave(KeyTable table)
    {
        (this.table, counters) = (table, table.Counters.Count);
        table.TellMoves(this);
    }

    /// <summary>The bank changed so much that the image would be wrong: counters gave way to others, or another save began. Begin again.</summary>
    public bool IsSpoiled { get; private set; }

    /// <summary>Writes the next slice; false once the last one is written, or if the save is spoiled.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="pages">How many pages of 96 KiB are written at most.</param>
    public bool Write(IBufferWriter<byte> target, int pages = SlicePages)
    {
        if (IsSpoiled || IsDone)
            return false;
        if (page < 0)
        {
            BankImage.WriteHead(table, counters, target);
            page = 0;
        }
        for (; pages > 0 && page < table.PageCount; pages--)
            WritePage(target);
        if (page < table.PageCount)
            return true;
        for (int left = MovedPerSlice; left > 0 && movedDone < moved.Count; left--)
        {
            CounterVisit visit = CounterVisit.Of(moved[movedDone].Counter, moved[movedDone++].Key);
            if (table.Find(visit) is >= 0 and var cell)
                Write(cell, target);
        }
        if (movedDone < moved.Count)
            return true;
        BankImage.WriteEnd(target);
        table.TellMoves(null);
        IsDone = true;
        return false;
    }

    /// <summary>The image is whole.</summary>
    public bool IsDone { get; private set; }

    /// <summary>A key went to another cell: from a page that is still to come to one that is done, where it would be missed.</summary>
    internal void Moved(int counter, UInt128 key, int from, int to)
    {
        if (CellStore.PageOf(from) >= page && CellStore.PageOf(to) < page)
            moved.Add((counter, key));
    }

    /// <summary>Ends it early: nobody asks for the next slice. Does nothing to one that is done.</summary>
    public void Spoil()
    {
        if (IsDone || IsSpoiled)
            return;
        IsSpoiled = true;
        table.TellMoves(null);
    }

    private void WritePage(IBufferWriter<byte> target)
    {
        int place = 0;
        for (int cell = table.NextLive(page, ref place); cell >= 0; cell = table.NextLive(page, ref place))
            Write(cell, target);
        page++;
    }

    private void Write(int cell, IBufferWriter<byte> target)
    {
        ref CellHeader header = ref table.Header(cell);
        if (header.Counter < counters) // those that came since are not in the head
            BankImage.WriteKey(header, table.SizeOf(cell), table.Payload(cell), target);
    }
}
