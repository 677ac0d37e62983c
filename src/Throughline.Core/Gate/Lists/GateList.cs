using System.Runtime.CompilerServices;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Rules;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Lists;

/// <summary>
/// One list. Address lists are tries over prefixes (the longest unexpired one explains), others hash tables or an automaton. It holds an
/// entry for each value and source: what several sources name is in it until the last of them has let it go. Look-ups take no lock,
/// write nothing and allocate nothing; changes take turns, each holding up the others for the time of one entry, however many are imported.
/// </summary>
public sealed class GateList
{
    private const int Step = 4096;

    private readonly int entriesMax;
    private readonly Lock gate = new(); // held for one step of a change
    private readonly Lock whole = new(); // held for a change of many steps, before the other
    private readonly ListRows rows = new();
    private readonly ListSources sources = new();
    private readonly Retired retired = new();
    private readonly PrefixTrie four;
    private readonly PrefixTrie six;
    private readonly ValueIndex index;
    private readonly ContainedTexts contained;
    private int count;
    private long version;
    private long refused;

    internal GateList(string name, ListKind kind, int entriesMax)
    {
        (Name, Kind, this.entriesMax) = (name, kind, entriesMax);
        four = new(rows);
        six = new(rows);
        index = new(rows);
        contained = new();
    }

    public string Name { get; }
    public ListKind Kind { get; }

    /// <summary>Entries, expired ones too until they are swept.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Entries that it holds at most.</summary>
    public int EntriesMax => entriesMax;

    /// <summary>How often an entry was refused because the list was full.</summary>
    public long Refused => Volatile.Read(ref refused);

    /// <summary>Goes up with every change.</summary>
    public long Version => Volatile.Read(ref version);

    public bool Contains(IpAddress address, long now) =>
        Kind == ListKind.Address && Find(address, now, longest: false) != 0;

    public bool Contains(ReadOnlySpan<char> text, long now) =>
        Kind switch
        {
            ListKind.Text => FindText(text, now) != 0,
            ListKind.Contains => FindContained(text, now) is not null,
            _ => false,
        };

    public bool Contains(long number, long now) => Kind == ListKind.Number && Find(ListValue.Of(number), now) != 0;

    /// <summary>The entry that makes <c>Contains</c> true, for explanations: of the longest prefix, of the first source in ordinal order.</summary>
    public ListEntryDocument? Why(IpAddress address, long now)
    {
        if (Kind != ListKind.Address)
            return null;
        lock (gate)
            return Explained(Find(address, now, longest: true), now);
    }

    /// <inheritdoc cref="Why(IpAddress, long)"/>
    public ListEntryDocument? Why(string text, long now)
    {
        lock (gate)
        {
            if (Kind == ListKind.Text)
                return Explained(FindText(text, now), now);
            if (Kind == ListKind.Contains && FindContained(text, now) is { } found)
                return Explained(FindText(found, now), now);
            return null;
        }
    }

    /// <inheritdoc cref="Why(IpAddress, long)"/>
    public ListEntryDocument? Why(long number, long now)
    {
        if (Kind != ListKind.Number)
            return null;
        lock (gate)
            return Explained(Find(ListValue.Of(number), now), now);
    }

    /// <summary>Adds or replaces the entry of a value and source; a value that the kind cannot hold gives the reason.</summary>
    public bool TryAdd(ListEntryDocument entry, out string error)
    {
        if (!ListValue.TryParse(Kind, entry.Value, out ListValue value, out error))
            return false;
        lock (gate)
        {
            int source = sources.Current(entry.Source ?? "");
            if (!TryPut(value, entry.ExpiresAt, source, entry.Reason, Count, out error))
                return false;
            contained.Publish(HasRow);
            version++;
            return true;
        }
    }

    /// <summary>Adds an address without going through text, as rules do; false if the list is full or of another kind.</summary>
    public bool Add(IpAddress address, long? expiresAt, string source, string? reason = null)
    {
        if (Kind != ListKind.Address)
            return false;
        lock (gate)
        {
            if (!TryPut(ListValue.Of(address), expiresAt, sources.Current(source), reason, Count, out _))
                return false;
            version++;
            return true;
        }
    }

    /// <summary>
    /// Replaces all entries of one source (a refreshed file): look-ups see all of the old ones until they see all of the new. Entries
    /// that cannot be held are named by their place, the others taken; what entries say of their source is passed over.
    /// </summary>
    public IReadOnlyList<GateIssue> Replace(string source, IEnumerable<ListEntryDocument> entries)
    {
        List<GateIssue> issues = [];
        lock (whole)
        {
            int hidden;
            int others;
            lock (gate)
            {
                hidden = sources.Hidden(source);
                others = Count - CountOf(sources.Find(source));
            }
            bool isShown = false;
            try
            {
                int place = 0;
                foreach (ListEntryDocument entry in entries)
                {
                    string path = $"/{place++}/value";
                    if (!ListValue.TryParse(Kind, entry.Value, out ListValue value, out string error))
                        issues.Add(new(path, error));
                    else
                        lock (gate)
                            if (
                                !TryPut(
                                    value,
                                    entry.ExpiresAt,
                                    hidden,
                                    entry.Reason,
                                    others + CountOf(hidden),
                                    out error
                                )
                            )
                                issues.Add(new(path, error));
                }
                int old;
                lock (gate)
                {
                    contained.Publish(HasRow);
                    old = sources.Show(source, hidden);
                    count += CountOf(hidden) - CountOf(old);
                    version++;
                }
                isShown = true;
                RemoveAll(old);
            }
            finally
            {
                if (!isShown)
                    RemoveAll(hidden);
            }
        }
        return issues;
    }

    /// <summary>Removes a value: the entry of one source, or those of all; false if there was none.</summary>
    public bool Remove(string value, string? source = null)
    {
        if (!ListValue.TryParse(Kind, value, out ListValue parsed, out _))
            return false;
        lock (gate)
        {
            bool[] shown = sources.Shown;
            int only = source is null ? -1 : sources.Find(source);
            bool found = false;
            for (int row = Head(parsed), next; row != 0; row = next)
            {
                next = rows[row].Next;
                if (!shown[rows[row].Source] || (source is not null && rows[row].Source != only))
                    continue;
                Unlink(row);
                found = true;
            }
            version += found ? 1 : 0;
            retired.Release(rows, four, six, all: false);
            return found;
        }
    }

    /// <summary>Unexpired entries in a stable order, for export: by value (addresses and numbers by size, texts ordinal), then source.</summary>
    public IEnumerable<ListEntryDocument> Entries(long now)
    {
        List<(ListRow Row, string? Text, string? Reason, string Source)> found = [];
        lock (whole)
            ForEachStep(
                (from, to) =>
                {
                    bool[] shown = sources.Shown;
                    for (int row = from; row < to; row++)
                        if (rows[row].IsUsed && shown[rows[row].Source] && now < rows[row].ExpiresAt)
                            found.Add((rows[row], rows.Value(row), rows.Reason(row), sources.NameOf(rows[row].Source)));
                }
            );
        found.Sort(
            (a, b) =>
            {
                int order = a.Row.IsV6.CompareTo(b.Row.IsV6);
                order = order != 0 ? order : string.CompareOrdinal(a.Text, b.Text);
                order = order != 0 || a.Text is not null ? order : a.Row.Bits.CompareTo(b.Row.Bits);
                order = order != 0 ? order : a.Row.Length.CompareTo(b.Row.Length);
                return order != 0 ? order : string.CompareOrdinal(a.Source, b.Source);
            }
        );
        return found.Select(x => Document(x.Row, x.Text, x.Reason, x.Source));
    }

    /// <summary>Drops expired entries; gives how many.</summary>
    public int Sweep(long now)
    {
        int dropped = 0;
        lock (whole)
            ForEachStep(
                (from, to) =>
                {
                    for (int row = from; row < to; row++)
                    {
                        if (!rows[row].IsUsed || now < rows[row].ExpiresAt)
                            continue;
                        Unlink(row);
                        dropped++;
                    }
                    retired.Release(rows, four, six, all: false);
                }
            );
        if (dropped > 0)
            lock (gate)
                version++;
        return dropped;
    }

    private int Find(IpAddress address, long now, bool longest)
    {
        UInt128 bits = address.IsV6 ? address.Bits : address.Bits << 96;
        PrefixTrie trie = address.IsV6 ? six : four;
        while (true)
        {
            Glance glance = new(this, now);
            int row = trie.Find(bits, address.Length, longest, glance.Holds);
            if (glance.IsTrue(this))
                return row;
        }
    }

    private int Find(in ListValue value, long now)
    {
        while (true)
        {
            Glance glance = new(this, now);
            int row = index.Find((ulong)value.Bits, default(AnyRow));
            row = row != 0 && glance.Holds.Matches(row) ? row : 0;
            if (glance.IsTrue(this))
                return row;
        }
    }

    private int FindText(ReadOnlySpan<char> text, long now)
    {
        if (text.Length is 0 or > ListValue.LengthMax)
            return 0;
        ulong hash = ListValue.TextHash(text, Kind);
        while (true)
        {
            Glance glance = new(this, now);
            int row = index.Find(hash, new SameText(rows, text, Kind == ListKind.Contains));
            row = row != 0 && glance.Holds.Matches(row) ? row : 0;
            if (glance.IsTrue(this))
                return row;
        }
    }

    private string? FindContained(ReadOnlySpan<char> text, long now) => contained.Find(text, new Live(this, now));

    private bool TryPut(in ListValue value, long? expiresAt, int source, string? reason, int held, out string error)
    {
        error = "";
        int head = Head(value);
        for (int row = head; row != 0; row = rows[row].Next)
        {
            if (rows[row].Source != source)
                continue;
            Volatile.Write(ref rows[row].ExpiresAt, expiresAt ?? long.MaxValue);
            rows.SetReason(row, reason);
            return true;
        }
        if (held >= entriesMax)
            error = $"the list is full: it holds {entriesMax} entries";
        else if (Kind == ListKind.Contains && head == 0 && !contained.TryAdd(value.Text!))
            error = $"the texts of the list have more than {TextAutomaton.CharactersMax} characters";
        if (error.Length > 0)
        {
            refused++;
            return false;
        }
        int added = rows.Take(value, expiresAt ?? long.MaxValue, source, reason);
        if (Kind == ListKind.Address)
            (value.IsV6 ? six : four).Insert(added);
        else
            index.Insert(added, head);
        sources.Count(source, 1);
        count += sources.Shown is { } shown && source < shown.Length && shown[source] ? 1 : 0;
        return true;
    }

    private void Unlink(int row)
    {
        ref ListRow at = ref rows[row];
        if (Kind == ListKind.Address)
            (at.IsV6 ? six : four).Remove(row);
        else
            index.Remove(row, index.Find(at.Low, new SameRow(rows, row)));
        at.IsUsed = false;
        sources.Count(at.Source, -1);
        count -= sources.Shown is { } shown && at.Source < shown.Length && shown[at.Source] ? 1 : 0;
        retired.Add(row);
    }

    private void RemoveAll(int source)
    {
        if (source < 0)
            return;
        ForEachStep(
            (from, to) =>
            {
                for (int row = from; row < to; row++)
                    if (rows[row].IsUsed && rows[row].Source == source)
                        Unlink(row);
                retired.Release(rows, four, six, all: false);
            }
        );
        lock (gate)
        {
            retired.Release(rows, four, six, all: true);
            sources.Free(source);
        }
    }

    // Others may change the list between two steps, but not in one.
    private void ForEachStep(Action<int, int> step)
    {
        for (int from = 1; from < rows.End; from += Step)
            lock (gate)
                step(from, Math.Min(rows.End, from + Step));
    }

    private int CountOf(int source) => source < 0 ? 0 : sources.CountOf(source);

    private int Head(in ListValue value) =>
        Kind switch
        {
            ListKind.Address => (value.IsV6 ? six : four).Head(value.Bits, value.Length),
            ListKind.Number => index.Find((ulong)value.Bits, default(AnyRow)),
            _ => index.Find((ulong)value.Bits, new SameText(rows, value.Text, Kind == ListKind.Contains)),
        };

    private bool HasRow(string text) =>
        index.Find(ListValue.TextHash(text, Kind), new SameText(rows, text, Kind == ListKind.Contains)) != 0;

    private ListEntryDocument? Explained(int head, long now)
    {
        bool[] shown = sources.Shown;
        int best = 0;
        for (int row = head; row != 0; row = rows[row].Next)
            if (
                shown[rows[row].Source]
                && now < rows[row].ExpiresAt
                && (best == 0 || string.CompareOrdinal(SourceOf(row), SourceOf(best)) < 0)
            )
                best = row;
        return best == 0 ? null : Document(rows[best], rows.Value(best), rows.Reason(best), SourceOf(best));
    }

    private string SourceOf(int row) => sources.NameOf(rows[row].Source);

    private ListEntryDocument Document(in ListRow row, string? text, string? reason, string source) =>
        new(
            ListValue.TextOf(Kind, row, text),
            row.ExpiresAt == long.MaxValue ? null : row.ExpiresAt,
            source.Length == 0 ? null : source,
            reason
        );

    /// <summary>
    /// What a look-up began with. It saw the truth if meanwhile no row was used again and no source replaced: else it may have taken the
    /// new entries for hidden ones and found the old ones gone.
    /// </summary>
    private readonly struct Glance(GateList list, long now)
    {
        private readonly int version = list.retired.Version;
        private readonly bool[] shown = list.sources.Shown;

        public Holds Holds => new(list.rows, shown, now);

        public bool IsTrue(GateList list) =>
            list.retired.IsStill(version) && ReferenceEquals(shown, list.sources.Shown);
    }

    /// <summary>Whether an entry of a row's value counts now.</summary>
    private readonly struct Holds(ListRows rows, bool[] shown, long now) : IRowProbe
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Matches(int row)
        {
            for (; row != 0; row = Volatile.Read(ref rows[row].Next))
            {
                ref ListRow at = ref rows[row];
                int source = at.Source;
                if ((uint)source < (uint)shown.Length && shown[source] && now < Volatile.Read(ref at.ExpiresAt))
                    return true;
            }
            return false;
        }
    }

    private readonly struct AnyRow : IRowProbe
    {
        public bool Matches(int row) => true; // a number is its hash
    }

    private readonly struct SameRow(ListRows rows, int wanted) : IRowProbe
    {
        public bool Matches(int row)
        {
            while (row != 0 && row != wanted)
                row = rows[row].Next;
            return row != 0;
        }
    }

    private readonly ref struct SameText(ListRows rows, ReadOnlySpan<char> text, bool folds) : IRowProbe
    {
        private readonly ReadOnlySpan<char> text = text;

        public bool Matches(int row)
        {
            string? other = rows.Value(row);
            if (other is null || other.Length != text.Length)
                return false;
            if (!folds)
                return text.SequenceEqual(other);
            for (int i = 0; i < text.Length; i++)
                if (TextAutomaton.Fold(text[i]) != TextAutomaton.Fold(other[i]))
                    return false;
            return true;
        }
    }

    private readonly struct Live(GateList list, long now) : IFoundText
    {
        public bool Counts(string text) => list.FindText(text, now) != 0;
    }
}
