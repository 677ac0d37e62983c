using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// One tenant's deterministic core, and the main path of the product: an event in, through acceptance, verdicts, identity and
/// attribution, results out. Owns the state; sees no clock, file or thread. One writer; any number of readers through
/// <see cref="Reader"/>. After an exception (the environment failed behind <see cref="IHistory"/>) the machine must be dropped.
/// </summary>
public sealed class TenantMachine
{
    /// <summary>Queued conversions that one event evaluates at most.</summary>
    public const int WorkPerEvent = 32;

    /// <summary>How many events before its turn an event should be shown to <see cref="Foresee"/>.</summary>
    public const int LookAhead = Foresight.Distance;

    private readonly Names names = new();
    private readonly ControlBook control;
    private readonly VerdictLens verdicts;
    private readonly IdentityGraph graph;
    private readonly AttributionLens attribution;
    private readonly IdMemory ids;
    private readonly Publisher publisher;
    private readonly Foresight foresight;
    private readonly TenantSettings settings;
    private long watermark = long.MinValue;

    public TenantMachine(TenantSettings settings, IHistory history)
        : this(settings, history, IdMemory.GenerationSize) { }

    /// <summary>A machine that remembers fewer ids, for tests: <paramref name="idGeneration"/> in a generation of memory.</summary>
    internal TenantMachine(TenantSettings settings, IHistory history, int idGeneration)
    {
        this.settings = settings;
        control = new(names);
        verdicts = new(control.Labels);
        graph = new(verdicts, names.IdentifierTypes, new CustomerIds(settings.Tenant));
        attribution = new(verdicts, graph, names, control.Rules, history);
        ids = new(history, idGeneration);
        foresight = new(ids, verdicts, graph, attribution);
        publisher = new(
            verdicts,
            graph,
            attribution,
            new(attribution, verdicts, graph, names, control.Rules, history),
            names
        );
        Reader = new(this, graph);
    }

    /// <summary>Position of the next accepted event; positions count from 0.</summary>
    public long NextPosition { get; private set; }

    /// <summary>Sequence of the next result; sequences count from 0.</summary>
    public long NextResult => publisher.NextResult;

    /// <summary>Greatest time of an accepted observation (milliseconds since 1970), or null before the first.</summary>
    public long? Watermark => watermark == long.MinValue ? null : watermark;

    /// <summary>Conversions wait to be evaluated again; the driver appends tick events until there are none.</summary>
    public bool HasBacklog => attribution.QueueHead != 0;

    /// <summary>All rule versions; for the writer's thread only.</summary>
    public IEnumerable<CampaignRule> Campaigns => control.Rules.All;

    /// <summary>All publications of the gate's rules, ascending; for the writer's thread only.</summary>
    public IReadOnlyList<GateVersion> GateVersions => control.Gate.Versions;

    /// <summary>All rule sets that were proposed; for the writer's thread only.</summary>
    public IReadOnlyList<GateProposal> GateProposals => control.Gate.Proposals;

    /// <summary>Positions of all changes of the gate's lists, ascending; for the writer's thread only.</summary>
    public IReadOnlyList<long> GateLists => control.Gate.Lists;

    /// <summary>How the gate is run; for the writer's thread only.</summary>
    public GateSettings GateSettings => control.Gate.Settings;

    /// <summary>The identity strategy in force; for the writer's thread only.</summary>
    public Strategy Strategy => control.Identity.InForce;

    /// <summary>All strategies that were published; for the writer's thread only.</summary>
    public IReadOnlyList<PublishedStrategy> Strategies => control.Identity.Strategies;

    /// <summary>Greatest time of a control document (milliseconds since 1970), or null before the first; for the writer's thread only.</summary>
    public long? LastDocument => control.LastDocument == long.MinValue ? null : control.LastDocument;

    /// <summary>
    /// How many names nurturing events have declared, at most <see cref="MaxNurturingNames"/>: an event with one more is refused. For
    /// the writer's thread only.
    /// </summary>
    public int NurturingNames => names.TouchKinds.Count - Names.OwnTouchKinds;

    /// <summary>Names of nurturing events that a tenant tells apart.</summary>
    public const int MaxNurturingNames = TouchRow.MaxKinds - Names.OwnTouchKinds;

    /// <summary>Lock-free answers from memory.</summary>
    public TenantReader Reader { get; }

    /// <summary>What explanations and queries read; for the writer's thread only, between events.</summary>
    internal (
        Names Names,
        ControlBook Control,
        VerdictLens Verdicts,
        IdentityGraph Graph,
        AttributionLens Attribution,
        IdMemory Ids
    ) Parts => (names, control, verdicts, graph, attribution, ids);

    internal TenantSettings Settings => settings;

    /// <summary>Where the event of an accepted id is.</summary>
    public bool TryFindEvent(Token id, out long position) => ids.TryFind(id, NextPosition, out position, out _);

    /// <summary>What the actor of an event was in its 5 minutes; for the writer's thread only, between events.</summary>
    public Verdict VerdictOf(in EventRecord record)
    {
        Token actor = Actor.Of(record);
        int row = actor == Actor.Nobody ? -1 : verdicts.Find(actor, VerdictPolicy.BucketOf(record.Time));
        return row < 0 ? Verdict.Unknown : verdicts.Actors[row].Verdict;
    }

    /// <summary>
    /// Shows an event that will be applied after about <see cref="LookAhead"/> others, so that its state is in the cache by
    /// then. Optional, and without any effect on results.
    /// </summary>
    public void Foresee(ReadOnlySpan<byte> bytes) => foresight.Look(bytes);

    /// <summary>Takes a new event in. Only an accepted one changes anything; its results are appended.</summary>
    public ApplyStatus Apply(ReadOnlySpan<byte> bytes, RecordBuffer results)
    {
        EventRecord record = EventRecord.FromTrusted(bytes);
        ApplyStatus status = Accept(record);
        if (status == ApplyStatus.Accepted)
            Advance(record, results);
        return status;
    }

    /// <summary>Takes an event of the log in: it was accepted when it was new.</summary>
    public void Replay(ReadOnlySpan<byte> bytes, RecordBuffer results) =>
        Advance(EventRecord.FromTrusted(bytes), results);

    /// <summary>For a log whose results another logic made, once all its events were replayed.</summary>
    public Restatement Restate(Func<long, byte[]> readResult) => new(this, publisher, readResult);

    /// <summary>Ids to be put into files by now; call <see cref="Forget"/> once they are durable.</summary>
    public bool TryTakeRetired([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RetiredIds? retired) =>
        ids.TryTakeRetired(out retired);

    public void Forget(RetiredIds retired) => ids.Forget(retired);

    /// <summary>Commutative over current (kind, subject, content), without revision or position: equal for equal sets of events.</summary>
    public Token ResultsDigest() => publisher.Digest;

    /// <summary>Over all pages in order: equal on every machine that runs the same build on the same log.</summary>
    public Token PageHash()
    {
        ulong hash = Mix.Two((ulong)NextPosition, (ulong)NextResult);
        foreach (IStateArray array in Arrays)
            hash = array.Hash(hash);
        foreach (NameTable table in names.Tables)
            hash = table.Hash(hash);
        Token digest = publisher.Digest;
        return new(hash, Mix.Three(digest.High, digest.Low, hash));
    }

    /// <summary>Rows and bytes of every array, for reports.</summary>
    public IEnumerable<(string Name, long Rows, long Bytes)> Sizes()
    {
        foreach (IStateArray array in Arrays)
            yield return (array.Name, array.Count, (long)array.Count * array.RowSize);
        yield return (
            "identity.identifiers.index",
            graph.Identifiers.Count,
            graph.IdentifierIndexBytes + graph.Groups.FounderIndexBytes
        );
        yield return ("identity.links.index", graph.Links.Count, graph.LinkIndexBytes);
        yield return ("gate.index", verdicts.Actors.Count, verdicts.IndexBytes);
        yield return ("attribution.index", attribution.Conversions.Count, attribution.IndexBytes);
    }

    /// <summary>The state at the end of a committed batch; it may be written while the writer goes on.</summary>
    public StateImage Capture() => MachineImage.Capture(this, Arrays, names, ids, Header());

    /// <summary>The machine as it was captured. The log's later events are then given to <see cref="Replay"/>.</summary>
    public static TenantMachine Restore(TenantSettings settings, IHistory history, StateSource source)
    {
        TenantMachine machine = new(settings, history);
        long[] header = MachineImage.Restore(source, machine.StateArrays, machine.names, machine.ids, HeaderLength);
        machine.NextPosition = header[0];
        machine.watermark = header[1];
        machine.publisher.Restore(header[2], (ulong)header[3], (ulong)header[4]);
        machine.attribution.QueueHead = (int)header[5];
        machine.attribution.QueueTail = (int)header[6];
        machine.graph.Groups.FirstFree = (int)header[7];
        machine.control.Reload(history);
        machine.graph.Restore(machine.control.Identity.InForce);
        machine.verdicts.Reindex();
        machine.graph.Reindex();
        machine.attribution.Reindex();
        return machine;
    }

    private const int HeaderLength = 8;

    private long[] Header() =>
        [
            NextPosition,
            watermark,
            publisher.NextResult,
            (long)publisher.Digest.High,
            (long)publisher.Digest.Low,
            attribution.QueueHead,
            attribution.QueueTail,
            graph.Groups.FirstFree,
        ];

    private IEnumerable<IStateArray> StateArrays =>
        [control.Positions, .. verdicts.Arrays, .. graph.Arrays, .. attribution.Arrays];

    private IEnumerable<IStateArray> Arrays => [.. StateArrays, ids.Current.Rows, ids.Previous.Rows];

    // A known id before its time: whoever sends an old event again hears that it was accepted.
    private ApplyStatus Accept(in EventRecord record)
    {
        if (ids.TryFind(record.Id, NextPosition, out _, out ulong content))
            return content == record.Content.High ? ApplyStatus.Duplicate : ApplyStatus.IdConflict;
        bool late =
            record.Type.IsObservation()
            && !record.IsBackfill
            && watermark != long.MinValue
            && record.Time < watermark - settings.HorizonMs;
        return late ? ApplyStatus.TooLate
            : names.IsTight && !names.Fit(record) ? ApplyStatus.TooManyNames
            : ApplyStatus.Accepted;
    }

    private void Advance(in EventRecord record, RecordBuffer results)
    {
        Reader.Enter();
        long position = NextPosition++;
        ids.Add(record, position);
        if (record.Type.IsObservation())
            Observe(record, position);
        else if (record.Type != EventType.Tick)
        {
            control.Apply(record, position, verdicts, graph, attribution);
            React();
        }
        publisher.Publish(position, results, WorkPerEvent);
        graph.Groups.Settle();
        verdicts.Changes.Clear();
        Reader.Leave();
    }

    private void Observe(in EventRecord record, long position)
    {
        watermark = Math.Max(watermark, record.Time);
        int bucket = verdicts.Observe(record, position);
        React(); // before the event's own evidence, which comes in under the new verdict
        if (!record.Type.IsSighting())
            return;
        Span<int> rows = stackalloc int[EventRecord.MaxIdentifiers];
        int count = record.IdentifierCount;
        for (int i = 0; i < count; i++)
        {
            IdentifierEntry entry = record.Identifier(i);
            rows[i] = graph.See(names.TypeOf(entry.Type, record), entry.Token, record.Time, position);
        }
        graph.Sight(rows[..count], bucket, record.Time, position);
        FindOwners();
        if (record.Type == EventType.Refund)
            attribution.AddRefund(record, position);
        else if (record.Type == EventType.Conversion)
            attribution.AddConversion(record, position, attribution.OwnerOf(rows[..count]), bucket);
        else if (record.Type.IsTouch() && count > 0)
            attribution.AddTouch(record, position, attribution.OwnerOf(rows[..count]), bucket);
        else if (record.Type == EventType.Nurture)
            names.TouchKind(record); // of nobody, but its name is declared
    }

    // A verdict that flips between counting and not counting moves evidence and credit.
    private void React()
    {
        foreach (VerdictChange change in verdicts.Changes)
        {
            bool counts = verdicts.Counts(change.Bucket);
            if (VerdictPolicy.Counts(change.Before) == counts)
                continue;
            graph.BucketChanged(change.Bucket, counts);
            attribution.BucketChanged(change.Bucket);
        }
        FindOwners();
    }

    // Values that became shared own no events any more, others do again.
    private void FindOwners()
    {
        if (graph.Flipped.Count == 0)
            return;
        foreach (int row in graph.Flipped)
            attribution.OwnerChanged(row);
        graph.Flipped.Clear();
    }
}
