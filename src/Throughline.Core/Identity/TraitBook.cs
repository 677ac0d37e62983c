using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Identity;

/// <summary>
/// One identifier of an event that told traits: 48 bytes. The rows of one event stand together. Names are bits, by the tenant's table of
/// trait names; values stay sealed in the event.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct TraitRow
{
    public int Identifier;

    /// <summary>Next row of the identifier, + 1; 0 ends the chain.</summary>
    public int Next;

    /// <summary>Row of the actor's bucket: what a bot tells does not count.</summary>
    public int Bucket;

    /// <summary>Code of the source; 0 for none.</summary>
    public int Source;
    public long Position;
    public long Time;

    /// <summary>Start of the event's id: orders events of one instant.</summary>
    public ulong IdStart;
    public ulong Names;
}

/// <summary>Where the value of a trait is told.</summary>
/// <param name="Time">Of the event, milliseconds since 1970.</param>
/// <param name="Source">Empty where the event names none.</param>
/// <param name="Position">Of the event, whose sealed part has the value.</param>
public readonly record struct TraitPick(string Name, long Time, string Source, long Position);

/// <summary>
/// Which events told which traits of whom. An event's traits are its owner's: they go where that identifier goes when customers
/// merge or are taken apart, and nothing has to be moved.
/// </summary>
internal sealed class TraitBook
{
    public readonly PagedArray<TraitRow> Rows = new("identity.traits");

    private readonly IdentityGraph graph;
    private readonly VerdictLens verdicts;
    private readonly Names names;
    private readonly RowIndex<Keys> index; // the first row of each identifier

    public TraitBook(IdentityGraph graph, VerdictLens verdicts, Names names)
    {
        (this.graph, this.verdicts, this.names) = (graph, verdicts, names);
        index = new(new(Rows));
    }

    public IRowIndex Index => index;

    /// <summary>Notes an identify event that tells traits; any other changes nothing.</summary>
    public void Add(in EventRecord record, ReadOnlySpan<int> identifiers, int bucket, long position)
    {
        if (!record.TryGet(EventField.Purposes, out ReadOnlySpan<byte> list))
            return;
        ulong told = 0;
        foreach (Range name in list.Split((byte)'\n'))
            told |= 1UL << names.Traits.Intern(list[name]);
        int source = record.TryGet(EventField.Host, out ReadOnlySpan<byte> from) ? names.TraitSources.Intern(from) : 0;
        foreach (int identifier in identifiers)
            Hang(
                new()
                {
                    Identifier = identifier,
                    Bucket = bucket,
                    Source = source,
                    Position = position,
                    Time = record.Time,
                    IdStart = record.Id.High,
                    Names = told,
                }
            );
    }

    /// <summary>The events that survive for a customer, one for each trait; in the order of names.</summary>
    /// <param name="member">Any of its identifiers.</param>
    /// <param name="rowsMax">Rows that are looked at at most.</param>
    public IReadOnlyList<TraitPick> Pick(int member, TraitRules rules, int rowsMax)
    {
        if (Rows.Count == 0)
            return [];
        SortedDictionary<string, TraitPick> picks = new(StringComparer.Ordinal);
        Dictionary<int, (int Trust, long Time, ulong IdStart)> best = [];
        int left = rowsMax;
        foreach (int identifier in graph.Groups.MembersOf(member))
        {
            int head = index.Find(HashOf(identifier), new Probe(Rows, identifier));
            for (int next = head + 1; next != 0 && left-- > 0; next = Rows[next - 1].Next)
                if (verdicts.Counts(Rows[next - 1].Bucket) && IsOwner(next - 1))
                    Offer(Rows[next - 1], rules, best, picks);
            if (left <= 0)
                break;
        }
        return [.. picks.Values];
    }

    public void Reindex()
    {
        for (int row = 0; row < Rows.Count; row++)
            if (index.Find(HashOf(Rows[row].Identifier), new Probe(Rows, Rows[row].Identifier)) < 0)
                index.Insert(HashOf(Rows[row].Identifier), row);
    }

    private void Hang(TraitRow row)
    {
        int head = index.Find(HashOf(row.Identifier), new Probe(Rows, row.Identifier));
        row.Next = head < 0 ? 0 : Rows[head].Next;
        int added = Rows.Add(row);
        if (head < 0)
            index.Insert(HashOf(row.Identifier), added);
        else
            Rows.Mutable(head).Next = added + 1;
    }

    // As of touches: the first of an event's identifiers that may own.
    private bool IsOwner(int row)
    {
        int identifier = Rows[row].Identifier;
        int bucket = verdicts.Actors[Rows[row].Bucket].Bucket;
        if (!graph.Identifiers[identifier].CanOwn || graph.IsErased(identifier, bucket))
            return false;
        long position = Rows[row].Position;
        int first = row;
        while (first > 0 && Rows[first - 1].Position == position)
            first--;
        for (int other = first; other < Rows.Count && Rows[other].Position == position; other++)
            if (other != row && Precedes(Rows[other].Identifier, identifier, bucket))
                return false;
        return true;
    }

    private bool Precedes(int other, int identifier, int bucket) =>
        graph.IsErased(other, bucket)
            ? graph.TakesEvents(other, bucket) && graph.ComparePlaces(other, identifier) < 0
            : graph.CompareOwners(other, identifier) < 0;

    private void Offer(
        in TraitRow row,
        TraitRules rules,
        Dictionary<int, (int Trust, long Time, ulong IdStart)> best,
        SortedDictionary<string, TraitPick> picks
    )
    {
        for (ulong left = row.Names; left != 0; left &= left - 1)
        {
            int bit = System.Numerics.BitOperations.TrailingZeroCount(left);
            string name = names.Traits.Text(bit);
            string source = row.Source == 0 ? "" : names.TraitSources.Text(row.Source);
            (int, long, ulong) offer = (rules.TrustOf(name, source), row.Time, row.IdStart);
            if (best.TryGetValue(bit, out (int, long, ulong) known) && known.CompareTo(offer) >= 0)
                continue;
            best[bit] = offer;
            picks[name] = new(name, row.Time, source, row.Position);
        }
    }

    private static ulong HashOf(int identifier) => Mix.Two((ulong)identifier, 0x7472616974);

    private readonly struct Keys(PagedArray<TraitRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => TraitBook.HashOf(rows[row].Identifier);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct Probe(PagedArray<TraitRow> rows, int identifier) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Identifier == identifier;
    }
}
