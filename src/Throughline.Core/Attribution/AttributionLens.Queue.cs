namespace Throughline.Core.Attribution;

/// <summary>What has to be evaluated again, and when.</summary>
internal sealed partial class AttributionLens
{
    // A conversion that counts, or counts no longer; those after it may depend on it.
    private void QueueFrom(int row)
    {
        Queue(row);
        if (rules.IsWhole && Conversions[row].Owner >= 0)
            QueueAfter(Conversions[row].Owner, Conversions[row].Time);
    }

    // The conversions of the owner's customer that have an instant within the longest window, or all after it.
    private void QueueAfter(int owner, long time)
    {
        if (owner < 0) // nobody's
            return;
        if (graph.Groups.LatestConversion(owner) < time || graph.Groups.SizeOf(owner) > ConversionCase.MaxIdentifiers)
            return;
        foreach (int member in graph.Groups.MembersOf(owner))
            QueueOwn(member, time, rules.IsWhole ? long.MaxValue : time + rules.LongestWindowMs);
    }

    private void QueueOwn(int row, long from, long to)
    {
        for (int next = graph.Identifiers[row].Conversions; next != 0; next = Conversions[next - 1].NextOfOwner)
        {
            long time = Conversions[next - 1].Time;
            if (time < from)
                break;
            if (time <= to)
                Queue(next - 1);
        }
    }

    // Conversions on either side that the other side's touches can reach.
    private void Uniting(int x, int y)
    {
        int sizeX = graph.Groups.SizeOf(x);
        int sizeY = graph.Groups.SizeOf(y);
        if (sizeX + sizeY > ConversionCase.MaxIdentifiers)
        {
            // Too large together: whoever was not too large before is now.
            if (sizeX <= ConversionCase.MaxIdentifiers)
                QueueAll(x);
            if (sizeY <= ConversionCase.MaxIdentifiers)
                QueueAll(y);
            return;
        }
        if (rules.IsWhole)
        {
            QueueAll(x);
            QueueAll(y);
            return;
        }
        Reach(x, y);
        Reach(y, x);
    }

    // A link within one customer makes its owners match better, or worse again.
    private void LinkChanged(int link)
    {
        if (rules.HasTiers)
        {
            Divided(graph.Links[link].A);
            Divided(graph.Links[link].B);
        }
    }

    // A part that is still too large stays as it was.
    private void Divided(int row)
    {
        if (graph.Groups.SizeOf(row) <= ConversionCase.MaxIdentifiers)
            QueueAll(row);
    }

    private void QueueAll(int row)
    {
        foreach (int member in graph.Groups.MembersOf(row))
            QueueOwn(member, long.MinValue, long.MaxValue);
    }

    private void Reach(int withTouches, int withConversions)
    {
        long latest = graph.Groups.LatestConversion(withConversions);
        if (latest == 0)
            return;
        bool live = graph.Groups.StateOf(withTouches).Size > 0;
        long from = long.MaxValue;
        long to = long.MinValue;
        foreach (int member in graph.Groups.MembersOf(withTouches))
            for (int next = graph.Identifiers[member].Touches; next != 0; next = Touches[next - 1].NextOfOwner)
            {
                from = Math.Min(from, Touches[next - 1].Time);
                to = Math.Max(to, Touches[next - 1].Time);
            }
        if (!live || from > latest)
            return;
        foreach (int member in graph.Groups.MembersOf(withConversions))
            QueueOwn(member, from, to + rules.LongestWindowMs);
    }

    // One that is final changes no more: the sweep alone queues it, and a refund of it.
    private void Queue(int row)
    {
        if (!IsFinal(row))
            QueueFinal(row);
    }

    private void QueueFinal(int row)
    {
        if (Conversions[row].NextQueued != 0)
            return;
        Conversions.Mutable(row).NextQueued = row + 1;
        if (QueueTail != 0)
            Conversions.Mutable(QueueTail - 1).NextQueued = row + 1;
        else
            QueueHead = row + 1;
        QueueTail = row + 1;
    }

    private void QueueFirst(int row)
    {
        if (Conversions[row].NextQueued != 0)
            return;
        Conversions.Mutable(row).NextQueued = QueueHead != 0 ? QueueHead : row + 1;
        QueueHead = row + 1;
        if (QueueTail == 0)
            QueueTail = row + 1;
    }
}
