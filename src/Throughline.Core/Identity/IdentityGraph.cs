using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Identity;

/// <summary>
/// Identifiers, the links between them and the valid evidence for each link. What changes about a link is told to
/// <see cref="Admission"/>, which decides whether it takes part in the <see cref="Pass"/> that makes <see cref="CustomerGroups"/>.
/// </summary>
internal sealed partial class IdentityGraph
{
    public readonly PagedArray<IdentifierRow> Identifiers = new("identity.identifiers");
    public readonly PagedArray<LinkRow> Links = new("identity.links");
    public readonly PagedArray<SightingRow> Sightings = new("identity.sightings");

    private readonly RowIndex<TokenKeys> identifierIndex;
    private readonly RowIndex<PairKeys> linkIndex;
    private readonly VerdictLens verdicts;
    private readonly NameTable types;
    private readonly CustomerIds ids;
    private readonly IHistory history;
    private readonly Freezes freezes;
    private readonly Erasures erasures;
    private readonly StrategyInForce strategy;
    private readonly LinkOrder order;
    private readonly Pass pass;
    private readonly Admission admission;

    public IdentityGraph(
        VerdictLens verdicts,
        NameTable types,
        CustomerIds ids,
        IHistory history,
        Freezes freezes,
        Erasures erasures
    )
    {
        (this.verdicts, this.types, this.history) = (verdicts, types, history);
        (this.freezes, this.erasures, this.ids) = (freezes, erasures, ids);
        Counts = new(Identifiers);
        identifierIndex = new(new(Identifiers));
        linkIndex = new(new(Links));
        Groups = new(this, types, ids);
        strategy = new(types, Strategy.Default);
        order = new(this, strategy);
        Sameness sameness = new(this, strategy, IsAdmitted);
        Limits = new(this, strategy, sameness);
        pass = new(this, order, Limits);
        admission = new(this, strategy, order, pass, sameness);
    }

    public CustomerGroups Groups { get; }

    /// <summary>How many candidate links each identifier has.</summary>
    public SharingCounts Counts { get; }

    public Separations Separations { get; } = new();

    public Watermarks Watermarks { get; } = new();

    public GroupLimits Limits { get; }

    public Strategy Strategy => strategy.Strategy;

    /// <summary>Raised when a link's evidence has changed, with its row: attribution asks how well owners match.</summary>
    public Action<int>? LinkChanged { get; set; }

    /// <summary>Identifiers that became shared, or are it no more, since it was cleared: who owned their events must be found again.</summary>
    public List<int> Flipped => admission.Flipped;

    public IEnumerable<IStateArray> Arrays =>
        [Identifiers, Counts.Rows, Links, Sightings, Groups.Rows, Separations.Rows, Watermarks.Rows];

    public IEnumerable<IRowIndex> Indexes => [identifierIndex, linkIndex, Counts.Index, Groups.FounderIndex];

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
            Revalidate(row);
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

    /// <summary>Of a row that is there: its group, and the newest of its links.</summary>
    public void PrefetchBeyond(int row)
    {
        ref readonly IdentifierRow identifier = ref Identifiers[row];
        Groups.Rows.Prefetch(identifier.Group - 1);
        Links.Prefetch(identifier.Links - 1);
    }

    /// <summary>Of a row whose newest link is there: its sightings, and the link after it.</summary>
    public void PrefetchLinks(int row)
    {
        int newest = Identifiers[row].Links - 1;
        if (newest < 0)
            return;
        ref readonly LinkRow link = ref Links[newest];
        Sightings.Prefetch(link.Sightings - 1);
        Links.Prefetch(link.NextOf(row) - 1);
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
    public void Sight(ReadOnlySpan<int> rows, int bucket, in EventRecord record, long position)
    {
        if (rows.Length < 2)
            return;
        Sighting sighting = new(this, bucket, record, position, isOfLog: false);
        ref ActorBucketRow actor = ref verdicts.Actors.Mutable(bucket); // none is added while the event is noted
        // Customers that an event unites are told in the order of its pairs: the first event of a bucket takes them backwards.
        if (actor.Sightings == 0)
        {
            for (int i = rows.Length - 2; i >= 0; i--)
            for (int j = rows.Length - 1; j > i; j--)
                Sight(rows[i], rows[j], sighting, ref actor);
            return;
        }
        for (int i = 0; i < rows.Length; i++)
        for (int j = i + 1; j < rows.Length; j++)
            Sight(rows[i], rows[j], sighting, ref actor);
    }

    private void Sight(int x, int y, in Sighting sighting, ref ActorBucketRow actor)
    {
        (int a, int b) = x < y ? (x, y) : (y, x);
        int link = FindOrAddLink(a, b);
        ref LinkRow row = ref Links.Mutable(link);
        bool refused = sighting.Input is { } input && !Holds(row, input);
        bool first = actor.Sightings == 0; // then the link's latest is another bucket's, and far away
        if (KeepsApart || first || !AddToLatest(row, sighting, refused))
            AddSighting(link, ref row, ref actor, sighting, refused);
        if (!refused && !sighting.IsOfLog && VerdictPolicy.Counts(actor.Verdict) && IsInTime(a, b, actor.Bucket))
            Validate(link, sighting.Time, sighting.Time, 1);
    }

    private bool AddToLatest(in LinkRow link, in Sighting sighting, bool refused)
    {
        if (link.Sightings == 0)
            return false;
        ref readonly SightingRow latest = ref Sightings[link.Sightings - 1];
        return latest.Bucket == sighting.Bucket
            && latest.IsRefused == refused
            && Sightings.Mutable(link.Sightings - 1).Add(sighting.Offset);
    }

    private int FindOrAddLink(int a, int b, int stated = 0)
    {
        int link = FindLink(a, b, stated);
        if (link >= 0)
            return link;
        link = Links.Add(
            new()
            {
                A = a,
                B = b,
                NextOfA = Identifiers[a].Links,
                NextOfB = Identifiers[b].Links,
                Stated = stated,
            }
        );
        ref IdentifierRow endA = ref Identifiers.Mutable(a);
        ref IdentifierRow endB = ref Identifiers.Mutable(b);
        endA.Links = endB.Links = link + 1;
        if (endA.HasManyLinks && endB.HasManyLinks)
            linkIndex.Insert(HashOf(a, b, stated), link);
        CountLink(a, ref endA);
        CountLink(b, ref endB);
        return link;
    }

    // Nearly every pair has an end with few links: they are looked through. Only where both have many is the link in an index.
    private int FindLink(int a, int b, int stated)
    {
        int end = Identifiers[a].LinkCount < Identifiers[b].LinkCount ? a : b;
        if (Identifiers[end].HasManyLinks)
            return linkIndex.Find(HashOf(a, b, stated), new PairProbe(Links, a, b, stated));
        int next = Identifiers[end].Links;
        while (next != 0)
        {
            ref readonly LinkRow link = ref Links[next - 1];
            if (link.A == a && link.B == b && link.Stated == stated)
                break;
            next = link.NextOf(end);
        }
        return next - 1;
    }

    // Whoever gets too many links gets those into the index whose other end has too many, too.
    private void CountLink(int row, ref IdentifierRow identifier)
    {
        if (identifier.HasManyLinks)
            return;
        identifier.CountLink();
        if (!identifier.HasManyLinks)
            return;
        for (int next = identifier.Links; next != 0; next = Links[next - 1].NextOf(row))
            Index(next - 1);
    }

    private void Index(int link)
    {
        ref readonly LinkRow row = ref Links[link];
        if (Identifiers[row.A].HasManyLinks && Identifiers[row.B].HasManyLinks)
            linkIndex.Insert(HashOf(row.A, row.B, row.Stated), link);
    }

    /// <summary>The verdict of a bucket changed: its sightings become valid, or are quarantined.</summary>
    public void BucketChanged(int bucket, bool counts)
    {
        for (int next = verdicts.Actors[bucket].Sightings; next != 0; next = Sightings[next - 1].NextOfBucket)
        {
            ref readonly SightingRow sighting = ref Sightings[next - 1];
            if (sighting.IsRefused || !IsInTime(Links[sighting.Link], bucket))
                continue;
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
    /// <param name="end">Position of the event that says so: all before it are looked at again if other events are evidence now.</param>
    public void SetStrategy(Strategy next, long end)
    {
        (bool statements, bool events) = strategy.AdmitsLike(next);
        strategy.Set(next);
        if (!events)
            SightAgain(end);
        else if (!statements)
            Reassess();
        admission.StrategyChanged();
    }

    /// <summary>The strategy that the restored state is by.</summary>
    public void Restore(Strategy inForce, Types.IdentifierTypes configured)
    {
        strategy.Set(configured);
        strategy.Set(inForce);
    }

    /// <summary>The customer whose events hang under an identifier; size 0 if it owns none (blocked, shared, never seen).</summary>
    public CustomerState CustomerOf(int owner) =>
        owner >= 0 && Identifiers[owner].CanOwn ? Groups.StateOf(owner) : default;

    /// <summary>A link has what a strategy asks for, and its ends can belong to somebody.</summary>
    /// <param name="count">Its valid evidence.</param>
    public bool HasEvidence(in LinkRow link, int count, int minEvidence) =>
        IsEnough(link, count, minEvidence) && Identifiers[link.A].IsLive && Identifiers[link.B].IsLive;

    // A matcher has weighed its evidence already: one statement is enough.
    private static bool IsEnough(in LinkRow link, int count, int minEvidence) =>
        count >= (link.Stated != 0 ? 1 : minEvidence) || link.IsByOperator;

    /// <summary>The link takes part in the pass: it is a candidate, and neither end is shared.</summary>
    public bool IsAdmitted(int link)
    {
        ref readonly LinkRow row = ref Links[link];
        return row.IsCandidate && !Identifiers[row.A].IsShared && !Identifiers[row.B].IsShared;
    }

    /// <summary>How strong a link is under the strategy in force; 0 is an operator's word.</summary>
    public int TierOf(int link) => order.KeyOf(link).Tier;

    /// <summary>Two identifiers of its type may be in one customer if they share others.</summary>
    public bool MayHaveTwins(int row) => strategy.Of(Identifiers[row].Type).SameIf is not null;

    /// <summary>The link counts among those that make customers.</summary>
    public bool IsAccepted(int link) => Links[link].Outcome == LinkOutcome.Accepted;

    /// <summary>Negative if an event prefers the first for its owner.</summary>
    public int CompareOwners(int x, int y)
    {
        ref readonly IdentifierRow a = ref Identifiers[x];
        ref readonly IdentifierRow b = ref Identifiers[y];
        return a.CanOwn == b.CanOwn ? ComparePlaces(x, y)
            : a.CanOwn ? -1
            : 1;
    }

    /// <summary>The same whether they may own events or not.</summary>
    public int ComparePlaces(int x, int y)
    {
        ref readonly IdentifierRow a = ref Identifiers[x];
        ref readonly IdentifierRow b = ref Identifiers[y];
        int place = strategy.CompareOwners(a.Type, b.Type);
        int type = place != 0 ? place : Groups.CompareTypes(a.Type, b.Type);
        return type != 0 ? type : a.Token.CompareTo(b.Token);
    }

    public void Reindex()
    {
        ReindexFacts();
        Groups.Reindex();
    }

    /// <summary>The same without customer ids, which take a slow hash each.</summary>
    public void ReindexFacts()
    {
        identifierIndex.Fill(Identifiers.Count);
        Counts.Reindex();
        for (int link = 0; link < Links.Count; link++)
        {
            Index(link);
            NoteTier(Links[link].Stated);
        }
        Separations.Reindex();
    }

    private void AddSighting(int link, ref LinkRow row, ref ActorBucketRow actor, in Sighting sighting, bool refused)
    {
        SightingRow added = new()
        {
            Link = link,
            Bucket = sighting.Bucket,
            NextOfLink = row.Sightings,
            NextOfBucket = actor.Sightings,
            Position = sighting.Position,
            IsRefused = refused,
        };
        added.Add(sighting.Offset);
        row.Sightings = actor.Sightings = Sightings.Add(added) + 1;
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
        bool stays = wasIn && IsEnough(row, count, strategy.MinEvidence);
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
            if (!IsEvidence(sighting))
                continue;
            long start = verdicts.Actors[sighting.Bucket].Bucket * VerdictPolicy.BucketMs;
            first = Math.Min(first, start + sighting.First);
            last = Math.Max(last, start + sighting.Last);
        }
        Measured(link, first, last, count);
    }

    private static ulong HashOf(int a, int b, int stated = 0) =>
        stated == 0 ? Mix.Two((ulong)a, (ulong)b) : Mix.Three((ulong)a, (ulong)b, (ulong)stated);

    private readonly struct TokenKeys(PagedArray<IdentifierRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row].Token.Low;

        public void Prefetch(int row) => Prefetching.Of(in rows[row]); // the token stands first: one line is enough
    }

    private readonly struct PairKeys(PagedArray<LinkRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => IdentityGraph.HashOf(rows[row].A, rows[row].B, rows[row].Stated);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct TokenProbe(PagedArray<IdentifierRow> rows, Token token) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Token == token;
    }

    private readonly struct PairProbe(PagedArray<LinkRow> rows, int a, int b, int stated) : IRowProbe
    {
        public bool Matches(int row) => rows[row].A == a && rows[row].B == b && rows[row].Stated == stated;
    }
}
