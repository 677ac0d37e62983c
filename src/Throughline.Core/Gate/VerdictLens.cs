using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;
using Throughline.Core.State;

namespace Throughline.Core.Gate;

/// <summary>An actor bucket whose verdict changed, and what it was before.</summary>
internal readonly record struct VerdictChange(int Bucket, Verdict Before, VerdictReason ReasonBefore);

/// <summary>
/// Keeps the verdict of every (actor, 5-minute bucket) as events, decisions and labels come in, in any order: each is a
/// function of the set of them. Reads nothing of identity or attribution.
/// </summary>
internal sealed class VerdictLens
{
    public readonly PagedArray<ActorBucketRow> Actors = new("gate.actors");
    public readonly PagedArray<AddressBucketRow> Addresses = new("gate.addresses");
    public readonly PagedArray<PresenceRow> Presences = new("gate.presences");
    public readonly PagedArray<EvidenceRow> Evidence = new("gate.evidence");

    private const int UnindexedPresences = 8;

    private readonly RowIndex<ActorKeys> actorIndex;
    private readonly RowIndex<AddressKeys> addressIndex;
    private readonly RowIndex<PresenceKeys> presenceIndex;
    private readonly AgentTable agents = new();
    private readonly LabelBook labels;

    public VerdictLens(LabelBook labels)
    {
        this.labels = labels;
        actorIndex = new(new(Actors));
        addressIndex = new(new(Addresses));
        presenceIndex = new(new(Presences));
    }

    public IEnumerable<IStateArray> Arrays => [Actors, Addresses, Presences, Evidence];

    public IEnumerable<IRowIndex> Indexes => [actorIndex, addressIndex, presenceIndex];

    public long IndexBytes => Indexes.Sum(index => index.Bytes);

    /// <summary>Buckets whose verdict the event under way changed; the machine clears it.</summary>
    public List<VerdictChange> Changes { get; } = [];

    /// <summary>Takes one observation in and gives the row of its actor's bucket.</summary>
    public int Observe(in EventRecord record, long position)
    {
        bool hasAddress = record.TryGet(EventField.Address, out ReadOnlySpan<byte> addressBytes);
        bool hasAgent = record.TryGet(EventField.UserAgent, out ReadOnlySpan<byte> agent);
        int bucket = VerdictPolicy.BucketOf(record.Time);
        Token actor = Actor.Of(record);
        int row = FindOrAdd(actor, bucket, out bool added);
        if (actor == Actor.Nobody)
            return row;
        bool request = record.Type == EventType.Request;
        AgentClasses seen = Actors[row].Agents;
        if (hasAgent)
            seen |= agents.Classify(agent);
        else if (request)
            seen |= AgentClasses.Missing;
        byte decision = Actors[row].Decision;
        if (record.Type == EventType.Decision && record.TryGet(EventField.Action, out ReadOnlySpan<byte> action))
            decision = Math.Max(decision, (byte)(action[0] + 1));
        bool over = Actors[row].OverRate;
        if (hasAddress)
            over |= Arrive(row, Token.Read(addressBytes), bucket, request);
        if (request || record.Type == EventType.Decision || seen != Actors[row].Agents)
        {
            int next = Actors[row].Evidence;
            Actors.Mutable(row).Evidence = Evidence.Add(new() { Position = position, Next = next }) + 1;
        }
        ref readonly ActorBucketRow now = ref Actors[row];
        if (added || now.Agents != seen || now.Decision != decision || now.OverRate != over)
        {
            ref ActorBucketRow changed = ref Actors.Mutable(row);
            changed.Agents = seen;
            changed.Decision = decision;
            changed.OverRate = over;
            Decide(row, added);
        }
        return row;
    }

    /// <summary>Takes a label in: every bucket of its actor that it covers is decided again.</summary>
    public void Relabel(Token actor, long from, long to)
    {
        int last = VerdictPolicy.BucketOf(to);
        for (int bucket = VerdictPolicy.BucketOf(from); bucket <= last; bucket++)
        {
            int row = Find(actor, bucket);
            if (row < 0)
                continue;
            byte label = labels.Latest(actor, bucket);
            if (Actors[row].Label == label)
                continue;
            Actors.Mutable(row).Label = label;
            Decide(row);
        }
    }

    public int Find(Token actor, int bucket) =>
        actorIndex.Find(HashOf(actor, bucket), new ActorProbe(Actors, actor, bucket));

    public int FindAddress(Token address, int bucket) =>
        addressIndex.Find(HashOf(address, bucket), new AddressProbe(Addresses, address, bucket));

    /// <summary>Whether events of this bucket earn credit and link identifiers.</summary>
    public bool Counts(int row) => VerdictPolicy.Counts(Actors[row].Verdict);

    /// <summary>The same by labels with an event time before an instant alone; all else of a verdict happened within the bucket.</summary>
    public bool Counts(int row, long before)
    {
        ref readonly ActorBucketRow bucket = ref Actors[row];
        if (before == long.MaxValue || bucket.Label == 0)
            return Counts(row);
        byte label = labels.Latest(bucket.Actor, bucket.Bucket, before);
        return VerdictPolicy.Counts(
            VerdictPolicy.Decide(bucket.Inputs with { Label = label == 0 ? null : (Verdict)(label - 1) }).Verdict
        );
    }

    /// <summary>Brings what an actor of this hash will look up into the cache; its row, if there is one, is young and there.</summary>
    public void PrefetchActor(ulong hash) => actorIndex.PrefetchSlot(hash);

    public void PrefetchAddress(ulong hash) => addressIndex.PrefetchSlot(hash);

    /// <summary>Rebuilds the indexes after the arrays were restored.</summary>
    public void Reindex()
    {
        actorIndex.Fill(Actors.Count);
        addressIndex.Fill(Addresses.Count);
        for (int row = 0; row < Actors.Count; row++)
            ReindexPresences(Actors[row].Addresses);
    }

    private void ReindexPresences(int head)
    {
        int count = 0;
        for (int next = head; next != 0; next = Presences[next - 1].NextOfActor)
            if (count++ >= UnindexedPresences)
                presenceIndex.Insert(new PresenceKeys(Presences).HashOf(next - 1), next - 1);
    }

    private int FindOrAdd(Token actor, int bucket, out bool added)
    {
        ulong hash = HashOf(actor, bucket);
        int row = actorIndex.Find(hash, new ActorProbe(Actors, actor, bucket));
        added = row < 0;
        if (!added)
            return row;
        row = Actors.Add(
            new()
            {
                Actor = actor,
                Bucket = bucket,
                Label = actor == Actor.Nobody ? (byte)0 : labels.Latest(actor, bucket),
            }
        );
        actorIndex.Insert(hash, row);
        return row;
    }

    // Counts a request at its address; says whether that address is over the rate now. The crossing itself reaches all
    // actors that were at the address, which is done once per bucket.
    private bool Arrive(int actor, Token address, int bucket, bool request)
    {
        ulong hash = HashOf(address, bucket);
        int row = addressIndex.Find(hash, new AddressProbe(Addresses, address, bucket));
        if (row < 0)
        {
            row = Addresses.Add(new() { Address = address, Bucket = bucket });
            addressIndex.Insert(hash, row);
        }
        Attend(actor, row);
        if (request && ++Addresses.Mutable(row).Requests == VerdictPolicy.RequestsPerAddress + 1)
        {
            for (int next = Addresses[row].Actors; next != 0; next = Presences[next - 1].NextOfAddress)
            {
                int other = Presences[next - 1].Actor;
                if (other == actor || Actors[other].OverRate)
                    continue;
                Actors.Mutable(other).OverRate = true;
                Decide(other);
            }
        }
        return Addresses[row].Requests > VerdictPolicy.RequestsPerAddress;
    }

    // Most actors have one address in a bucket: the first few are searched along the chain, only those beyond by the index.
    private void Attend(int actor, int address)
    {
        int last = 0;
        int count = 0;
        for (int next = Actors[actor].Addresses; next != 0 && count < UnindexedPresences; count++)
        {
            if (Presences[next - 1].Address == address)
                return;
            last = next;
            next = Presences[next - 1].NextOfActor;
        }
        bool many = count == UnindexedPresences;
        ulong hash = HashOf(actor, address);
        if (many && presenceIndex.Find(hash, new PresenceProbe(Presences, actor, address)) >= 0)
            return;
        int row = Presences.Add(
            new()
            {
                Actor = actor,
                Address = address,
                NextOfActor = many ? Presences[last - 1].NextOfActor : 0,
                NextOfAddress = Addresses[address].Actors,
            }
        );
        if (many)
            presenceIndex.Insert(hash, row);
        if (last == 0)
            Actors.Mutable(actor).Addresses = row + 1;
        else
            Presences.Mutable(last - 1).NextOfActor = row + 1;
        Addresses.Mutable(address).Actors = row + 1;
    }

    // Once for each bucket and event, so that a change tells the state before the event.
    private void Decide(int row, bool added = false)
    {
        ref ActorBucketRow bucket = ref Actors.Mutable(row);
        (Verdict verdict, VerdictReason reason) = VerdictPolicy.Decide(bucket.Inputs);
        if (!added && verdict == bucket.Verdict && reason == bucket.Reason)
            return;
        Changes.Add(new(row, bucket.Verdict, bucket.Reason));
        bucket.Verdict = verdict;
        bucket.Reason = reason;
    }

    internal static ulong HashOf(Token key, int bucket) => Mix.Two(key.Low, key.High + (ulong)bucket);

    private static ulong HashOf(int actor, int address) => Mix.Two((ulong)actor, (ulong)address);

    private readonly struct ActorKeys(PagedArray<ActorBucketRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => VerdictLens.HashOf(rows[row].Actor, rows[row].Bucket);

        public void Prefetch(int row) => Prefetching.Of(in rows[row]); // its key stands first: one line is enough
    }

    private readonly struct AddressKeys(PagedArray<AddressBucketRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => VerdictLens.HashOf(rows[row].Address, rows[row].Bucket);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct PresenceKeys(PagedArray<PresenceRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => VerdictLens.HashOf(rows[row].Actor, rows[row].Address);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct ActorProbe(PagedArray<ActorBucketRow> rows, Token actor, int bucket) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Actor == actor && rows[row].Bucket == bucket;
    }

    private readonly struct AddressProbe(PagedArray<AddressBucketRow> rows, Token address, int bucket) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Address == address && rows[row].Bucket == bucket;
    }

    private readonly struct PresenceProbe(PagedArray<PresenceRow> rows, int actor, int address) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Actor == actor && rows[row].Address == address;
    }
}
