using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>A customer as it stands: an identifier alone, or a group. The founder names it.</summary>
internal readonly record struct CustomerState(int Founder, int Size, ulong Members, long Since);

/// <summary>
/// The partition of identifiers into customers, as the <see cref="Pass"/> says: two become one (the smaller is relabelled), or
/// several are put together anew. Remembers which customers the event under way changed.
/// </summary>
internal sealed class CustomerGroups
{
    public readonly PagedArray<GroupRow> Rows = new("identity.groups");

    private readonly IdentityGraph graph;
    private readonly NameTable types;
    private readonly CustomerIds ids;
    private readonly PagedArray<FounderRow> founders = new("identity.founders"); // found again from the flags of identifiers
    private readonly RowIndex<FounderKeys> founderIndex;
    private readonly List<int> freed = [];
    private readonly TouchedCustomers touched = new();
    private int firstFree;

    public CustomerGroups(IdentityGraph graph, NameTable types, CustomerIds ids)
    {
        this.graph = graph;
        this.types = types;
        this.ids = ids;
        founderIndex = new(new(founders));
        Foreseen = new(ids, types);
    }

    /// <summary>Customers that existed before the event and that it changed, as they were.</summary>
    public List<CustomerState> Before { get; } = [];

    /// <summary>The sequence of the last result of each of those; -1 of one that was alone and had no row.</summary>
    public List<long> ResultsBefore { get; } = [];

    /// <summary>A member of every customer that the event changed; several may name the same customer.</summary>
    public List<int> Members { get; } = [];

    /// <summary>Raised before two customers become one, with a member of each: attribution looks at both while they are apart.</summary>
    public Action<int, int>? Uniting { get; set; }

    /// <summary>Raised for a member of each customer that was put together anew.</summary>
    public Action<int>? Divided { get; set; }

    /// <summary>For the writer: ids of customers that will soon be made.</summary>
    public ForeseenIds Foreseen { get; }

    /// <summary>No part of an image.</summary>
    public IStateArray Founders => founders;

    public IRowIndex FounderIndex => founderIndex;

    public long FounderIndexBytes => founderIndex.Bytes + (long)founders.Count * founders.RowSize;

    /// <summary>The customer that holds an identifier; size 0 if none does (blocked, or never seen).</summary>
    public CustomerState StateOf(int row)
    {
        ref readonly IdentifierRow identifier = ref graph.Identifiers[row];
        if (identifier.Group != 0)
        {
            ref readonly GroupRow group = ref Rows[identifier.Group - 1];
            return new(group.Founder, group.Size, group.Members, graph.Identifiers[group.Founder].FirstSeen);
        }
        return identifier.IsLive ? new(row, 1, HashOf(identifier), identifier.FirstSeen) : default;
    }

    /// <summary>How many identifiers the customer of an identifier has; 1 for one that is alone, even if it is blocked.</summary>
    public int SizeOf(int row)
    {
        int group = graph.Identifiers[row].Group;
        return group == 0 ? 1 : Rows[group - 1].Size;
    }

    /// <summary>All members of an identifier's customer, itself first.</summary>
    public MemberEnumerator MembersOf(int row) => new(graph.Identifiers, row);

    public bool Same(int x, int y)
    {
        int group = graph.Identifiers[x].Group;
        return x == y || (group != 0 && group == graph.Identifiers[y].Group);
    }

    /// <summary>An identifier came to life: it is a customer of its own now.</summary>
    public void Appeared(int row)
    {
        touched.Add(-1L - row); // nothing was there before
        Members.Add(row);
    }

    /// <summary>Notes a customer that is about to change.</summary>
    public void Touch(int row)
    {
        int group = graph.Identifiers[row].Group;
        if (touched.Add(group != 0 ? group : -1L - row))
        {
            CustomerState state = StateOf(row);
            if (state.Size > 0)
            {
                Before.Add(state);
                ResultsBefore.Add(group != 0 ? Rows[group - 1].Result : -1);
            }
        }
        Members.Add(row);
    }

    /// <summary>An identifier was first seen earlier than known: it may be its customer's founder now.</summary>
    public void FirstSeenFell(int row)
    {
        int group = graph.Identifiers[row].Group;
        if (group == 0)
            Own(row);
        else if (Rows[group - 1].Founder != row && Precedes(row, Rows[group - 1].Founder))
            Rows.Mutable(group - 1).SetFounder(row);
    }

    /// <summary>An identifier was first seen later than known, since what was seen before is void: it may be its customer's founder no more.</summary>
    public void FirstSeenRose(int row)
    {
        int group = graph.Identifiers[row].Group;
        if (group == 0)
        {
            Own(row);
            return;
        }
        int founder = row;
        foreach (int member in MembersOf(row))
            if (Precedes(member, founder))
                founder = member;
        Rows.Mutable(group - 1).SetFounder(founder);
    }

    /// <summary>An admitted link between two live identifiers: their customers are one.</summary>
    public void Unite(int x, int y)
    {
        int gx = graph.Identifiers[x].Group;
        int gy = graph.Identifiers[y].Group;
        if (x == y || (gx != 0 && gx == gy))
            return;
        Uniting?.Invoke(x, y);
        Touch(x);
        Touch(y);
        if (gx == 0 && gy == 0)
        {
            int created = NewGroup(x);
            Join(created, x);
            Join(created, y);
        }
        else if (gx == 0)
            Join(gy, x);
        else if (gy == 0)
            Join(gx, y);
        else
            Merge(gx, gy);
    }

    /// <summary>Puts whole customers together anew.</summary>
    /// <param name="rows">All members of the old groups, and of the new ones: the same, ascending.</param>
    /// <param name="parts">The new groups, each ascending.</param>
    public void Rearrange(List<int> rows, List<List<int>> parts)
    {
        foreach (int row in rows)
            Touch(row);
        foreach (int row in rows)
        {
            ref IdentifierRow identifier = ref graph.Identifiers.Mutable(row);
            if (identifier.Group != 0 && Rows[identifier.Group - 1].Size != 0)
                Free(identifier.Group);
            identifier.Group = 0;
            identifier.Next = 0;
            touched.Add(-1L - row); // its customer before is noted already
        }
        foreach (List<int> part in parts)
        {
            if (part.Count == 1)
            {
                Own(part[0]);
                continue;
            }
            int group = NewGroup(part[0]);
            foreach (int member in part)
                Join(group, member);
        }
        foreach (List<int> part in parts)
            Divided?.Invoke(part[0]);
    }

    /// <summary>These are all members of one customer as it stands.</summary>
    public bool IsExactly(List<int> members)
    {
        if (SizeOf(members[0]) != members.Count)
            return false;
        foreach (int member in members)
            if (!Same(members[0], member))
                return false;
        return true;
    }

    /// <summary>Another strategy limits other types.</summary>
    public void Recount(int row, ulong counts)
    {
        int group = graph.Identifiers[row].Group;
        if (group != 0)
            Rows.Mutable(group - 1).Counts = counts;
    }

    /// <summary>Gives an identifier that is alone, but not for the first time, a row of its own.</summary>
    public void Own(int row)
    {
        if (graph.Identifiers[row].Group == 0 && graph.Identifiers[row].IsLive)
            Join(NewGroup(row), row);
    }

    /// <summary>The event took a customer apart and put it together again: its last result is still the one before.</summary>
    /// <param name="before">Its place in <see cref="Before"/>.</param>
    public void Keep(int founder, int before)
    {
        if (ResultsBefore[before] < 0)
            Disown(founder);
        else
            Published(founder, IdOf(founder), ResultsBefore[before]);
    }

    /// <summary>An identifier that is alone by now is nobody's any more.</summary>
    public void Disown(int row)
    {
        int group = graph.Identifiers[row].Group;
        if (group == 0)
            return;
        Free(group);
        ref IdentifierRow identifier = ref graph.Identifiers.Mutable(row);
        identifier.Group = 0;
        identifier.Next = 0;
    }

    /// <summary>The public id of the customer that an identifier founds.</summary>
    public Token IdOf(int founder)
    {
        ref readonly IdentifierRow row = ref graph.Identifiers[founder];
        return KeptId(row, founder) is var kept && kept != default ? kept : ids.Of(types.Utf8(row.Type), row.Token);
    }

    /// <summary>The same for the writer alone.</summary>
    public Token IdForWriter(int founder)
    {
        ref readonly IdentifierRow row = ref graph.Identifiers[founder];
        return KeptId(row, founder) is var kept && kept != default ? kept : Foreseen.Of(row.Type, row.Token);
    }

    private Token KeptId(in IdentifierRow row, int founder)
    {
        if (row.Group == 0)
            return default;
        ref readonly GroupRow group = ref Rows[row.Group - 1];
        return group.Founder == founder ? group.Id : default;
    }

    /// <summary>A customer was published: where its last result is, and its id.</summary>
    public void Published(int founder, Token id, long result)
    {
        int group = graph.Identifiers[founder].Group;
        if (group == 0)
            return;
        ref GroupRow row = ref Rows.Mutable(group - 1);
        (row.Id, row.Result) = (id, result);
    }

    /// <summary>Brings what <see cref="Name"/> will write into the cache.</summary>
    public void PrefetchName(int founder, Token id)
    {
        if (!graph.Identifiers[founder].IsNamed)
            founderIndex.PrefetchSlot(FounderRow.HashOf(id));
    }

    /// <summary>Makes a founder findable by its customer id.</summary>
    public void Name(int founder, Token id)
    {
        if (graph.Identifiers[founder].IsNamed)
            return;
        graph.Identifiers.Mutable(founder).SetNamed();
        AddFounder(id, founder);
    }

    /// <summary>The founder that a customer id names, or -1.</summary>
    public int FindFounder(Token id)
    {
        int row = founderIndex.Find(FounderRow.HashOf(id), new FounderProbe(this, id));
        return row < 0 ? -1 : founders[row].Identifier;
    }

    /// <summary>Total order of founders: (first seen, type, token).</summary>
    public bool Precedes(int x, int y) => Precedes(graph.Identifiers[x], graph.Identifiers[y]);

    private bool Precedes(in IdentifierRow a, in IdentifierRow b)
    {
        if (a.FirstSeen != b.FirstSeen)
            return a.FirstSeen < b.FirstSeen;
        int type = CompareTypes(a.Type, b.Type);
        return type != 0 ? type < 0 : a.Token.CompareTo(b.Token) < 0;
    }

    /// <summary>Well-known types by code, custom ones after them by name: the same on every machine, in any order of arrival.</summary>
    public int CompareTypes(int x, int y)
    {
        if (x == y)
            return 0;
        bool custom = x >= IdentifierType.FirstCustom && y >= IdentifierType.FirstCustom;
        return custom ? types.Utf8(x).SequenceCompareTo(types.Utf8(y)) : x.CompareTo(y);
    }

    /// <summary>Ends the event: rows that it freed may be used again.</summary>
    public void Settle()
    {
        if (touched.IsEmpty)
            return;
        foreach (int row in freed)
        {
            Rows.Mutable(row).Founder = firstFree;
            firstFree = row + 1;
        }
        freed.Clear();
        touched.Clear();
        Before.Clear();
        ResultsBefore.Clear();
        Members.Clear();
    }

    public void Reindex()
    {
        for (int row = 0; row < graph.Identifiers.Count; row++)
            if (graph.Identifiers[row].IsNamed)
                AddFounder(IdOf(row), row);
    }

    /// <summary>Head of the list of free rows + 1: part of the state's header.</summary>
    public int FirstFree
    {
        get => firstFree;
        set => firstFree = value;
    }

    public ulong HashOf(int row) => HashOf(graph.Identifiers[row]);

    private static ulong HashOf(in IdentifierRow row) => Mix.Three(row.Token.High, row.Token.Low, 0x6d656d626572);

    private void AddFounder(Token id, int identifier) =>
        founderIndex.Insert(
            FounderRow.HashOf(id),
            founders.Add(new() { IdPart = (uint)id.Low, Identifier = identifier })
        );

    private int NewGroup(int founder)
    {
        GroupRow row = new() { Founder = founder };
        int group = firstFree;
        if (group == 0)
            group = Rows.Add(row) + 1;
        else
        {
            firstFree = Rows[group - 1].Founder;
            Rows.Mutable(group - 1) = row;
        }
        touched.Add(group); // nothing was there before the event
        return group;
    }

    private void Free(int group)
    {
        Rows.Mutable(group - 1) = default;
        freed.Add(group - 1);
    }

    private void Join(int group, int member)
    {
        ref GroupRow row = ref Rows.Mutable(group - 1);
        ref IdentifierRow joining = ref graph.Identifiers.Mutable(member);
        joining.Group = group;
        if (row.Size == 0)
        {
            row.SetFounder(member);
            joining.Next = member + 1;
        }
        else
        {
            ref IdentifierRow entry = ref graph.Identifiers.Mutable(row.Founder);
            joining.Next = entry.Next;
            entry.Next = member + 1;
            if (Precedes(joining, entry))
                row.SetFounder(member);
        }
        row.Size++;
        row.Members += HashOf(joining);
        row.Counts = TypeCounts.Sum(row.Counts, graph.Limits.CountOf(joining));
        row.LatestConversion = Math.Max(row.LatestConversion, LatestConversionOf(member));
    }

    private void Merge(int gx, int gy)
    {
        (int keep, int drop) = Rows[gx - 1].Size >= Rows[gy - 1].Size ? (gx, gy) : (gy, gx);
        ref GroupRow kept = ref Rows.Mutable(keep - 1);
        ref readonly GroupRow dropped = ref Rows[drop - 1];
        int entry = dropped.Founder;
        foreach (int member in MembersOf(entry))
            graph.Identifiers.Mutable(member).Group = keep;
        ref IdentifierRow a = ref graph.Identifiers.Mutable(kept.Founder);
        ref IdentifierRow b = ref graph.Identifiers.Mutable(entry);
        (a.Next, b.Next) = (b.Next, a.Next); // two rings become one
        kept.Size += dropped.Size;
        kept.Members += dropped.Members;
        kept.Counts = TypeCounts.Sum(kept.Counts, dropped.Counts);
        kept.LatestConversion = Math.Max(kept.LatestConversion, dropped.LatestConversion);
        if (Precedes(entry, kept.Founder))
            kept.SetFounder(entry);
        Free(drop);
    }

    /// <summary>Told by attribution: the time of an identifier's latest conversion, or 0.</summary>
    public Func<int, long> LatestConversionOf { get; set; } = _ => 0;

    /// <summary>Notes a conversion of an identifier's customer.</summary>
    public void Converted(int row, long time)
    {
        int group = graph.Identifiers[row].Group;
        if (group != 0 && Rows[group - 1].LatestConversion < time)
            Rows.Mutable(group - 1).LatestConversion = time;
    }

    /// <summary>No conversion of the identifier's customer is later than this.</summary>
    public long LatestConversion(int row)
    {
        int group = graph.Identifiers[row].Group;
        return group != 0 ? Rows[group - 1].LatestConversion : LatestConversionOf(row);
    }

    private readonly struct FounderKeys(PagedArray<FounderRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => FounderRow.HashOf(rows[row].IdPart);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct FounderProbe(CustomerGroups groups, Token id) : IRowProbe
    {
        public bool Matches(int row) =>
            groups.founders[row].IdPart == (uint)id.Low && groups.IdOf(groups.founders[row].Identifier) == id;
    }

    /// <summary>Walks a ring once.</summary>
    public struct MemberEnumerator
    {
        private readonly PagedArray<IdentifierRow> rows;
        private readonly int first;
        private int next;

        public MemberEnumerator(PagedArray<IdentifierRow> rows, int first)
        {
            this.rows = rows;
            this.first = next = first;
        }

        public int Current { get; private set; } = -1;

        public readonly MemberEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (next < 0)
                return false;
            Current = next;
            next = rows[Current].Next - 1;
            if (next == first)
                next = -1;
            return true;
        }
    }
}
