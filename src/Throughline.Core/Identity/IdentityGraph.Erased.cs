using Throughline.Core.Events;
using Throughline.Core.Gate;

namespace Throughline.Core.Identity;

/// <summary>
/// Identifiers that were erased (docs/adr/0012): what was seen of them up to then is no evidence, not even that they exist. The rest is put
/// together again as if events had not shown them.
/// </summary>
internal sealed partial class IdentityGraph
{
    /// <summary>What events of a bucket (its number) show of the identifier is void.</summary>
    public bool IsErased(int row, int bucket) => !erasures.IsEmpty && erasures.Covers(Identifiers[row].Token, bucket);

    /// <inheritdoc cref="IsErased(int, int)"/>
    public bool IsErased(Token token, int bucket) => !erasures.IsEmpty && erasures.Covers(token, bucket);

    /// <summary>Events of a bucket that the identifier would own are nobody's.</summary>
    public bool TakesEvents(int row, int bucket) => erasures.TakesEvents(Identifiers[row].Token, bucket);

    /// <summary>The identifier was erased, and none of its events ever with it.</summary>
    public bool WasErasedAlone(int row) => erasures.IsOfIdentifier(Identifiers[row].Token);

    /// <summary>Some identifier was erased once.</summary>
    public bool HasErasures => !erasures.IsEmpty;

    /// <summary>Identifiers were erased, as <see cref="Erasures"/> says by now: voids what was seen of them.</summary>
    /// <param name="rows">Their rows, each once.</param>
    /// <param name="end">Position of the event that says so.</param>
    public void Erase(IReadOnlyList<int> rows, long end)
    {
        List<int> gone = [];
        List<int> stay = [];
        Dictionary<int, (long Time, long Position)> later = SeenLater(rows, end);
        foreach (int row in rows)
            if (Identifiers[row].IsSeen && IsErased(row, VerdictPolicy.BucketOf(Identifiers[row].FirstSeen)))
                (later.ContainsKey(row) ? stay : gone).Add(row);
        foreach (int row in gone)
            Groups.Touch(row); // as the customer was, while it is whole
        foreach (int row in gone)
            Identifiers.Mutable(row).Forget();
        admission.EndsChanged(gone);
        foreach (int row in gone)
            ForgetLinks(row);
        foreach (int row in stay)
            SeeLater(row, later[row]);
    }

    /// <summary>
    /// An event shows identifiers that are erased, but not yet with their events: who owns it may be another question once they are, and is
    /// found by their links, so they have some that no evidence is for.
    /// </summary>
    public void NoteErased(ReadOnlySpan<int> rows, int bucket)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (!IsErased(rows[i], bucket) || TakesEvents(rows[i], bucket))
                continue;
            for (int j = 0; j < rows.Length; j++)
                if (j != i)
                    FindOrAddLink(Math.Min(rows[i], rows[j]), Math.Max(rows[i], rows[j]));
        }
    }

    /// <summary>
    /// The owner among an event's identifiers: the first, in the strategy's order of types, then token, that may own; else the first. Erased ones
    /// are none, and if one comes before the owner that took its events with it, the event is nobody's: it hangs under the first
    /// of those before, none of which may own, else under none (-1).
    /// </summary>
    /// <param name="bucket">Number of the event's bucket.</param>
    public int OwnerOf(ReadOnlySpan<int> identifiers, int bucket)
    {
        (int best, int first) = (-1, -1);
        foreach (int row in identifiers)
        {
            if (IsErased(row, bucket))
                continue;
            if (best < 0 || CompareOwners(row, best) < 0)
                best = row;
            if (first < 0 || ComparePlaces(row, first) < 0)
                first = row;
        }
        if (best < 0 || !HasErasures)
            return best;
        foreach (int row in identifiers)
            if (TakesEvents(row, bucket) && ComparePlaces(row, best) < 0)
                return ComparePlaces(first, row) < 0 ? first : -1;
        return best;
    }

    private void ForgetLinks(int row)
    {
        for (int next = Identifiers[row].Links; next != 0; next = Links[next - 1].NextOf(row))
        {
            ref LinkRow link = ref Links.Mutable(next - 1);
            (link.First, link.Last, link.Count) = (0, 0, 0);
        }
        Groups.Disown(row);
    }

    private void SeeLater(int row, (long Time, long Position) first)
    {
        Groups.Touch(row);
        Identifiers.Mutable(row).See(first.Time, first.Position);
        Groups.FirstSeenRose(row);
        if (strategy.Of(Identifiers[row].Type).PerWindow > 0)
            pass.Recheck(row);
        for (int next = Identifiers[row].Links; next != 0; next = Links[next - 1].NextOf(row))
            Recount(next - 1);
    }

    // Who was seen after the erasure too, and when first: out of the log, from where its time is past the erasure's on.
    private Dictionary<int, (long Time, long Position)> SeenLater(IReadOnlyList<int> rows, long end)
    {
        Dictionary<int, (long Time, long Position)> later = [];
        long? from = null;
        foreach (int row in rows)
            if (Watermarks.FirstAfter(erasures.LastOf(Identifiers[row].Token)) is { } position)
                from = Math.Min(from ?? position, position);
        if (from is null)
            return later;
        HashSet<int> wanted = [.. rows];
        for (long position = from.Value; position < end; position++)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(position));
            if (!record.Type.IsSighting())
                continue;
            int bucket = VerdictPolicy.BucketOf(record.Time);
            for (int i = 0; i < record.IdentifierCount; i++)
            {
                Token token = record.Identifier(i).Token;
                if (erasures.Covers(token, bucket))
                    continue;
                int row = Find(token);
                if (wanted.Contains(row) && (!later.TryGetValue(row, out var known) || record.Time < known.Time))
                    later[row] = (record.Time, position);
            }
        }
        return later;
    }
}
