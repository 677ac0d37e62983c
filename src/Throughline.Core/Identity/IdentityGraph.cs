using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>
/// Identifiers, the links between them and the valid evidence for each link. What changes about a link is told to
/// <see cref="Admission"/>, which decides whether it takes part in the <see cref="Pass"/> that makes <see cref="CustomerGroups"/>.
/// </summary>
internal sealed class IdentityGraph
{
    public readonly PagedArray<IdentifierRow> Identifiers = new("identity.identifiers");
    public readonly PagedArray<LinkRow> Links = new("identity.links");
    public readonly PagedArray<SightingRow> Sightings = new("identity.sightings");

    private const int RecentSightings = 6;

    private readonly RowIndex<TokenKeys> identifierIndex;
    private readonly RowIndex<PairKeys> linkIndex;
    private readonly VerdictLens verdicts;
    private readonly NameTable types;
    private readonly StrategyInForce strategy;
    private readonly LinkOrder order;
    private readonly Pass pass;
    private readonly Admission admission;

    public IdentityGraph(VerdictLens verdicts, NameTable types, CustomerIds ids)
    {
        (this.verdicts, this.types) = (verdicts, types);
        identifierIndex = new(new(Identifiers));
        linkIndex = new(new(Links));
        Groups = new(this, types, ids);
        strategy = new(types, Strategy.Default);
        order = new(this, strategy);
        Limits = new(this, strategy);
        pass = new(this, order, Limits);
        admission = new(this, strategy, order, pass);
    }

    public CustomerGroups Groups { get; }

    public Separations Separations { get; } = new();

    public GroupLimits Limits { get; }

    public Strategy Strategy => strategy.Strategy;

    /// <summary>Identifiers that became shared, or are it no more, since it was cleared: who owned their events must be found again.</summary>
    public List<int> Flipped => admission.Flipped;

    public IEnumerable<IStateArray> Arrays => [Identifiers, Links, Sightings, Groups.Rows, Separations.Rows];

    public long IdentifierIndexBytes => identifierIndex.Bytes;
    public long LinkIndexBytes => linkIndex.Bytes;

    /// <summary>Takes in an identifier of an accepted event and gives its row.</summary>
    public int See(int type, Token token, long time, long position)
    {
        int row = FindOrAdd(type, token);
        ref readonly IdentifierRow known = ref Identifiers[row];
        if (!known.IsSeen)
        {
            Identifiers.Mutable(row).See(time, position);
            Groups.Appeared(row);
            if (Identifiers[row].Links != 0)
                admission.EndChanged(row); // an operator linked it before anybody saw it
        }
        else if (time < known.FirstSeen)
        {
            Groups.Touch(row); // its customer's founder may change
            Identifiers.Mutable(row).See(time, position);
            Groups.FirstSeenFell(row);
            if (strategy.Of(type).PerWindow > 0)
                pass.Recheck(row);
        }
        return row;
    }

    public int Find(Token token) => identifierIndex.Find(token.Low, new TokenProbe(Identifiers, token));

    /// <summary>Brings what <see cref="See"/> and what follows it will read into the cache.</summary>
    public void PrefetchSlot(ulong tokenLow) => identifierIndex.PrefetchSlot(tokenLow);

    /// <summary>The row that is most likely meant, or -1.</summary>
    public int PrefetchRow(ulong tokenLow)
    {
        int row = identifierIndex.Guess(tokenLow);
        Identifiers.Prefetch(row);
        return row;
    }

    public void PrefetchGroup(int row) => Groups.Rows.Prefetch(Identifiers[row].Group - 1);

    public void PrefetchLink(int x, int y, bool row)
    {
        ulong hash = x < y ? HashOf(x, y) : HashOf(y, x);
        if (row)
            Links.Prefetch(linkIndex.Guess(hash));
        else
            linkIndex.PrefetchSlot(hash);
    }

    public int FindOrAdd(int type, Token token)
    {
        int row = Find(token);
        if (row >= 0)
            return row;
        row = Identifiers.Add(IdentifierRow.Create(token, type));
        identifierIndex.Insert(token.Low, row);
        return row;
    }

    /// <summary>Records that identifiers were seen together, each with each, by the actor of a bucket.</summary>
    public void Sight(ReadOnlySpan<int> rows, int bucket, long time, long position)
    {
        // A visit shows the same identifiers again and again. Sightings hang newest first: what the visit's first event takes
        // backwards, the next ones meet in order, and the index, which is far away in memory, is hardly asked.
        int recent = verdicts.Actors[bucket].Sightings;
        if (recent == 0)
        {
            for (int i = rows.Length - 2; i >= 0; i--)
            for (int j = rows.Length - 1; j > i; j--)
                Sight(rows[i], rows[j], bucket, time, position, ref recent);
            return;
        }
        for (int i = 0; i < rows.Length; i++)
        for (int j = i + 1; j < rows.Length; j++)
            Sight(rows[i], rows[j], bucket, time, position, ref recent);
    }

    private void Sight(int x, int y, int bucket, long time, long position, ref int recent)
    {
        (int a, int b) = x < y ? (x, y) : (y, x);
        int link = FindRecent(a, b, bucket, ref recent);
        if (link < 0)
            link = FindOrAddLink(a, b);
        int offset = (int)(time % VerdictPolicy.BucketMs);
        if (!AddToLatest(link, bucket, offset))
            AddSighting(link, bucket, offset, position);
        if (verdicts.Counts(bucket))
            Validate(link, time, time, 1);
    }

    private bool AddToLatest(int link, int bucket, int offset)
    {
        int head = Links[link].Sightings;
        bool first = verdicts.Actors[bucket].Sightings == 0; // then the link's latest is another bucket's, and far away
        return !first && head != 0 && Sightings[head - 1].Bucket == bucket && Sightings.Mutable(head - 1).Add(offset);
    }

    // Looks first where the last pair was found, then at the bucket's latest sightings.
    private int FindRecent(int a, int b, int bucket, ref int recent)
    {
        if (recent == 0)
            return -1;
        int next = recent;
        for (int i = 0; i <= RecentSightings && next != 0; i++)
        {
            ref readonly SightingRow sighting = ref Sightings[next - 1];
            int link = sighting.Link;
            if (Links[link].A == a && Links[link].B == b)
            {
                recent = sighting.NextOfBucket;
                return link;
            }
            next = i == 0 ? verdicts.Actors[bucket].Sightings : sighting.NextOfBucket;
        }
        return -1;
    }

    private int FindOrAddLink(int a, int b)
    {
        ulong hash = HashOf(a, b);
        int link = linkIndex.Find(hash, new PairProbe(Links, a, b));
        if (link >= 0)
            return link;
        link = Links.Add(
            new()
            {
                A = a,
                B = b,
                NextOfA = Identifiers[a].Links,
                NextOfB = Identifiers[b].Links,
            }
        );
        linkIndex.Insert(hash, link);
        Identifiers.Mutable(a).Links = link + 1;
        Identifiers.Mutable(b).Links = link + 1;
        return link;
    }

    /// <summary>The verdict of a bucket changed: its sightings become valid, or are quarantined.</summary>
    public void BucketChanged(int bucket, bool counts)
    {
        for (int next = verdicts.Actors[bucket].Sightings; next != 0; next = Sightings[next - 1].NextOfBucket)
        {
            ref readonly SightingRow sighting = ref Sightings[next - 1];
            long start = verdicts.Actors[bucket].Bucket * VerdictPolicy.BucketMs;
            if (counts)
                Validate(sighting.Link, start + sighting.First, start + sighting.Last, sighting.Count);
            else
                Quarantine(sighting.Link, start + sighting.First, start + sighting.Last, sighting.Count);
        }
    }

    /// <summary>Blocks or unblocks a value: all its links at once.</summary>
    public void SetBlocked(int row, bool blocked)
    {
        if (Identifiers[row].IsBlocked == blocked)
            return;
        Groups.Touch(row);
        Identifiers.Mutable(row).SetBlocked(blocked);
        if (!blocked && Identifiers[row].IsSeen)
        {
            Groups.Appeared(row);
            Groups.Own(row);
        }
        admission.EndChanged(row);
        if (blocked)
            Groups.Disown(row);
    }

    /// <summary>An operator links two identifiers, whatever was seen of them, or takes that back.</summary>
    public void SetLinked(int x, int y, bool linked)
    {
        (int a, int b) = x < y ? (x, y) : (y, x);
        if (a == b)
            return;
        int link = FindOrAddLink(a, b);
        ref LinkRow row = ref Links.Mutable(link);
        if (row.IsByOperator == linked)
            return;
        LinkKey before = order.KeyOf(link);
        row.IsByOperator = linked;
        if (row.Outcome != LinkOutcome.None)
            pass.Move(link, before); // also if it must go: it goes from the place that it has by now
        admission.Changed(link);
    }

    /// <summary>An operator separates two identifiers, whatever links them, or takes that back.</summary>
    public void SetSeparated(int x, int y, bool separated)
    {
        if (x != y && Separations.Set(x, y, separated))
            pass.Recheck(x, y);
    }

    /// <summary>Puts another strategy in force: the whole pass anew.</summary>
    public void SetStrategy(Strategy next)
    {
        strategy.Set(next);
        admission.StrategyChanged();
    }

    /// <summary>The strategy that the restored state is by.</summary>
    public void Restore(Strategy inForce) => strategy.Set(inForce);

    /// <summary>The customer whose events hang under an identifier; size 0 if it owns none (blocked, shared, never seen).</summary>
    public CustomerState CustomerOf(int owner) =>
        owner >= 0 && Identifiers[owner].CanOwn ? Groups.StateOf(owner) : default;

    /// <summary>A link has what a strategy asks for, and its ends can belong to somebody.</summary>
    public bool HasEvidence(in LinkRow link, int minEvidence) =>
        (link.Count >= minEvidence || link.IsByOperator) && Identifiers[link.A].IsLive && Identifiers[link.B].IsLive;

    /// <summary>What another strategy would make of the same facts.</summary>
    /// <param name="heldOut">Code of a type whose links are left out, or -1.</param>
    public WholePass Try(Strategy other, int heldOut = -1) => new(this, new(types, other), heldOut);

    /// <summary>How strong a link is under the strategy in force; 0 is an operator's word.</summary>
    public int TierOf(int link) => order.KeyOf(link).Tier;

    /// <summary>The link counts among those that make customers.</summary>
    public bool IsAccepted(int link) => Links[link].Outcome == LinkOutcome.Accepted;

    /// <summary>Negative if an event prefers the first for its owner.</summary>
    public int CompareOwners(int x, int y)
    {
        ref readonly IdentifierRow a = ref Identifiers[x];
        ref readonly IdentifierRow b = ref Identifiers[y];
        if (a.CanOwn != b.CanOwn)
            return a.CanOwn ? -1 : 1;
        int place = strategy.CompareOwners(a.Type, b.Type);
        int type = place != 0 ? place : Groups.CompareTypes(a.Type, b.Type);
        return type != 0 ? type : a.Token.CompareTo(b.Token);
    }

    public void Reindex()
    {
        identifierIndex.Fill(Identifiers.Count);
        linkIndex.Fill(Links.Count);
        Separations.Reindex();
        Groups.Reindex();
    }

    private void AddSighting(int link, int bucket, int offset, long position)
    {
        SightingRow sighting = new()
        {
            Link = link,
            Bucket = bucket,
            NextOfLink = Links[link].Sightings,
            NextOfBucket = verdicts.Actors[bucket].Sightings,
            Position = position,
        };
        sighting.Add(offset);
        int row = Sightings.Add(sighting) + 1;
        Links.Mutable(link).Sightings = row;
        verdicts.Actors.Mutable(bucket).Sightings = row;
    }

    private void Validate(int link, long first, long last, int count)
    {
        ref LinkRow row = ref Links.Mutable(link);
        bool fresh = row.Count == 0;
        Measured(
            link,
            fresh ? first : Math.Min(row.First, first),
            fresh ? last : Math.Max(row.Last, last),
            row.Count + count
        );
    }

    private void Quarantine(int link, long first, long last, int count)
    {
        ref readonly LinkRow row = ref Links[link];
        if (row.Count == count)
            Measured(link, 0, 0, 0);
        else if (first == row.First || last == row.Last)
            Remeasure(link, row.Count - count);
        else
            Measured(link, row.First, row.Last, row.Count - count);
    }

    // Evidence decides whether a link is admitted, its age where it has its turn.
    private void Measured(int link, long first, long last, int count)
    {
        ref LinkRow row = ref Links.Mutable(link);
        bool wasIn = row.Outcome != LinkOutcome.None;
        bool stays = wasIn && (count >= strategy.MinEvidence || row.IsByOperator);
        if (wasIn && !stays)
        {
            row.Count = count;
            admission.Changed(link); // leaves from its old place
            (row.First, row.Last) = (first, last);
            return;
        }
        LinkKey before =
            stays && order.AgeOf(row.First, row.Last) != order.AgeOf(first, last) ? order.KeyOf(link) : default;
        (row.First, row.Last, row.Count) = (first, last, count);
        if (!wasIn)
            admission.Changed(link);
        else if (before != default)
            pass.Move(link, before);
    }

    private void Remeasure(int link, int count)
    {
        long first = long.MaxValue;
        long last = long.MinValue;
        for (int next = Links[link].Sightings; next != 0; next = Sightings[next - 1].NextOfLink)
        {
            ref readonly SightingRow sighting = ref Sightings[next - 1];
            if (!verdicts.Counts(sighting.Bucket))
                continue;
            long start = verdicts.Actors[sighting.Bucket].Bucket * VerdictPolicy.BucketMs;
            first = Math.Min(first, start + sighting.First);
            last = Math.Max(last, start + sighting.Last);
        }
        Measured(link, first, last, count);
    }

    private static ulong HashOf(int a, int b) => Mix.Two((ulong)a, (ulong)b);

    private readonly struct TokenKeys(PagedArray<IdentifierRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row].Token.Low;

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct PairKeys(PagedArray<LinkRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => IdentityGraph.HashOf(rows[row].A, rows[row].B);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct TokenProbe(PagedArray<IdentifierRow> rows, Token token) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Token == token;
    }

    private readonly struct PairProbe(PagedArray<LinkRow> rows, int a, int b) : IRowProbe
    {
        public bool Matches(int row) => rows[row].A == a && rows[row].B == b;
    }
}
