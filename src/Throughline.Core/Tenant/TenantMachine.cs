using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;
using Throughline.Core.Volume;

namespace Throughline.Core.Tenant;

/// <summary>
/// One tenant's deterministic core, and the main path of the product: an event in, through acceptance, verdicts, identity and
/// attribution, results out. Owns the state; sees no clock, file or thread. One writer; any number of readers through
/// <see cref="Reader"/>. After an exception (the environment failed behind <see cref="IHistory"/>) the machine must be dropped.
/// </summary>
public sealed partial class TenantMachine
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
    private readonly TraitBook traits;
    private readonly VolumeBook volumes = new();
    private readonly IdMemory ids;
    private readonly Publisher publisher;
    private readonly Foresight foresight;
    private readonly TenantSettings settings;
    private readonly IPageSource? pages;
    private readonly IndexMemory? indexMemory;
    private long watermark = long.MinValue;

    /// <summary>A machine before its first event.</summary>
    /// <param name="settings">What it must know before that.</param>
    /// <param name="history">The log.</param>
    /// <param name="pages">Where its state is, but for what is small; null: in the collector's memory.</param>
    public TenantMachine(TenantSettings settings, IHistory history, IPageSource? pages = null)
        : this(settings, history, IdMemory.GenerationSize, pages) { }

    /// <summary>A machine that remembers fewer ids, for tests: <paramref name="idGeneration"/> in a generation of memory.</summary>
    internal TenantMachine(TenantSettings settings, IHistory history, int idGeneration, IPageSource? pages = null)
    {
        this.settings = settings;
        this.pages = pages;
        indexMemory = IndexMemory.From(pages);
        Finality = new(settings.RestateForMs);
        control = new(names, Finality);
        verdicts = new(control.Labels);
        graph = new(
            verdicts,
            names.IdentifierTypes,
            new CustomerIds(settings.Tenant),
            history,
            control.Identity.Freezes,
            control.Identity.Erasures
        );
        attribution = new(verdicts, graph, names, control.Rules, history, Finality);
        traits = new(graph, verdicts, names);
        ids = new(history, idGeneration, pages, indexMemory);
        foresight = new(ids, verdicts, graph, attribution);
        publisher = new(
            verdicts,
            graph,
            attribution,
            new(attribution, verdicts, graph, names, control, history, Finality),
            names
        );
        Reader = new(this, graph);
        foreach (IStateArray array in PagedArrays)
            array.Use(pages);
        foreach (IRowIndex index in Indexes)
            index.Use(indexMemory);
    }

    /// <summary>Position of the next accepted event; positions count from 0.</summary>
    public long NextPosition { get; private set; }

    /// <summary>Sequence of the next result; sequences count from 0.</summary>
    public long NextResult => publisher.NextResult;

    /// <summary>Greatest time of an accepted observation (milliseconds since 1970), or null before the first.</summary>
    public long? Watermark => watermark == long.MinValue ? null : watermark;

    /// <summary>Conversions wait to be evaluated again, or to be closed; the driver appends tick events until there are none.</summary>
    public bool HasBacklog => attribution.QueueHead != 0 || attribution.IsSweeping;

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

    /// <summary>Which events told which traits; readers may look at it under the machine's sequence lock.</summary>
    internal TraitBook Traits => traits;

    /// <summary>How many events of which names happened when; for the writer's thread only, between events.</summary>
    internal VolumeBook Volumes => volumes;

    internal TenantSettings Settings => settings;

    /// <summary>From when on a conversion is final.</summary>
    public Finality Finality { get; }

    /// <summary>
    /// No event within the horizon can be before the end of what decides over a conversion of this time any more. For the writer's thread,
    /// between events.
    /// </summary>
    public bool IsFinal(long conversion) =>
        Finality.EndOf(conversion) is var end
        && end != long.MaxValue
        && watermark != long.MinValue
        && watermark - settings.HorizonMs >= end;

    /// <summary>Where the event of an accepted id is.</summary>
    public bool TryFindEvent(Token id, out long position) => ids.TryFind(id, NextPosition, out position, out _);

    /// <summary>The customer that a published id names now, null if there is none; for the writer's thread, between events.</summary>
    public Token? CurrentCustomer(Token id) =>
        graph.Groups.FindFounder(id) is >= 0 and int founder && graph.Groups.StateOf(founder) is { Size: > 0 } state
            ? graph.Groups.IdOf(state.Founder)
            : null;

    /// <summary>A customer's id names an identifier that was erased and not seen since; for the writer's thread, between events.</summary>
    public bool IsErasedCustomer(Token id) =>
        graph.Groups.FindFounder(id) is >= 0 and int founder && !graph.Identifiers[founder].IsSeen;

    /// <summary>What erasing the customer of an identifier, or the identifier alone, has to say; null if no event has shown it. For the writer's thread, between events.</summary>
    public Erasure? ErasureOf(Token identifier, bool alone) =>
        graph.Find(identifier) is >= 0 and int row ? EraseStatement.Of(graph, names, row, alone) : null;

    /// <summary>The same by a customer's id.</summary>
    public Erasure? ErasureOfCustomer(Token id) =>
        graph.Groups.FindFounder(id) is >= 0 and int founder
            ? EraseStatement.Of(graph, names, founder, alone: false)
            : null;

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

    /// <summary>How many times <see cref="TryTakeRetired"/> has something to give, if each is forgotten.</summary>
    public int RetiredGenerations => ids.Retiring;

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
            graph.IdentifierIndexBytes + graph.Groups.FounderIndexBytes + graph.Counts.Index.Bytes
        );
        yield return ("identity.links.index", graph.Links.Count, graph.LinkIndexBytes);
        yield return ("identity.traits.index", traits.Rows.Count, traits.Index.Bytes);
        yield return ("volume.index", volumes.Rows.Count, volumes.Index.Bytes);
        yield return ("gate.index", verdicts.Actors.Count, verdicts.IndexBytes);
        yield return ("attribution.index", attribution.Conversions.Count, attribution.IndexBytes);
    }

    /// <summary>The state at the end of a committed batch; it may be written while the writer goes on.</summary>
    public StateImage Capture() => MachineImage.Capture(this, Arrays, names, ids, Header());

    /// <summary>The machine as it was captured. The log's later events are then given to <see cref="Replay"/>.</summary>
    public static TenantMachine Restore(
        TenantSettings settings,
        IHistory history,
        StateSource source,
        IPageSource? pages = null
    )
    {
        TenantMachine machine = new(settings, history, pages);
        try
        {
            machine.Take(MachineImage.Restore(source, machine.StateArrays, machine.names, machine.ids, HeaderLength));
        }
        catch
        {
            machine.ReleasePages();
            throw;
        }
        machine.Reload(history);
        machine.verdicts.Reindex();
        machine.graph.Reindex();
        machine.traits.Reindex();
        machine.attribution.Reindex();
        machine.volumes.Reindex();
        return machine;
    }

    /// <summary>
    /// A machine of its own with the state as it is, whose pages are shared until either side changes one. For the writer's thread, between
    /// events; what follows (<see cref="Rehearsal"/>) is not.
    /// </summary>
    internal TenantMachine Fork(IHistory itsHistory)
    {
        TenantMachine fork = new(settings, itsHistory, pages);
        fork.Share(this, machine => machine.StateArrays);
        fork.Take(Header());
        return fork;
    }

    /// <summary>The same of the graph alone, for whoever only looks at it, row by row.</summary>
    internal TenantMachine ForkGraph()
    {
        TenantMachine fork = new(settings, NoHistory.Instance, pages);
        fork.Share(this, machine => machine.graph.Arrays);
        fork.graph.Restore(Strategy, control.Identity.Types.Types);
        fork.graph.Counts.Reindex();
        fork.graph.Separations.Reindex();
        return fork;
    }

    /// <summary>The same of volumes alone, for whoever only looks at them, row by row.</summary>
    internal TenantMachine ForkVolume()
    {
        TenantMachine fork = new(settings, NoHistory.Instance);
        fork.Share(this, machine => [machine.volumes.Rows]);
        fork.Take(Header());
        return fork;
    }

    /// <summary>The same of credit alone, and with it who is whose customer, for whoever reads it row by row.</summary>
    internal TenantMachine ForkCredit(bool withCustomers)
    {
        TenantMachine fork = new(settings, NoHistory.Instance);
        fork.Share(
            this,
            machine =>
                [
                    machine.control.Positions,
                    machine.verdicts.Actors,
                    machine.attribution.Touches,
                    machine.attribution.Conversions,
                    .. withCustomers ? machine.graph.Arrays : [],
                ]
        );
        fork.Take(Header());
        return fork;
    }

    private void Share(TenantMachine from, Func<TenantMachine, IEnumerable<IStateArray>> arrays)
    {
        foreach ((IStateArray its, IStateArray own) in arrays(from).Zip(arrays(this)))
            own.Share(its);
        foreach ((NameTable its, NameTable own) in from.names.Tables.Zip(names.Tables))
            own.Share(its);
    }

    /// <summary>Makes a fork's indexes: it can take statements then, but no other events, since it knows no ids and finds no customer by its id.</summary>
    internal void IndexFork(IHistory itsHistory)
    {
        Reload(itsHistory);
        verdicts.Reindex();
        graph.ReindexFacts();
        attribution.Reindex();
        volumes.Reindex();
    }

    /// <summary>Gives the memory of the state back to its source: of a fork, or of a machine that nobody has read. It may not be used any more.</summary>
    public void ReleasePages()
    {
        foreach (IStateArray array in (IEnumerable<IStateArray>)[.. PagedArrays, .. ids.Arrays])
            array.Release();
        indexMemory?.Release();
    }

    /// <summary>Lets a fork know what was said (strategies, labels, rules); what it did is in its state.</summary>
    internal void LoadStatements(IHistory itsHistory) => Reload(itsHistory);

    /// <summary>Works off some of what is queued, without an event.</summary>
    internal void Work(RecordBuffer results)
    {
        attribution.Sweep();
        publisher.Publish(NextPosition - 1, results, WorkPerEvent);
    }

    private void Take(long[] header)
    {
        NextPosition = header[0];
        watermark = header[1];
        publisher.Restore(header[2], (ulong)header[3], (ulong)header[4]);
        attribution.QueueHead = (int)header[5];
        attribution.QueueTail = (int)header[6];
        graph.Groups.FirstFree = (int)header[7];
        attribution.Swept = (int)header[8];
        attribution.SweepNext = (int)header[9];
        attribution.SweepAgain = (int)header[10];
        PassHorizon();
    }

    private void PassHorizon()
    {
        if (watermark != long.MinValue)
            attribution.PassHorizon(watermark - settings.HorizonMs);
    }

    private void Reload(IHistory from)
    {
        control.Reload(from);
        graph.Restore(control.Identity.InForce, control.Identity.Types.Types);
        graph.KeepsApart = control.Identity.KeepsApart;
    }

    private const int HeaderLength = 11;

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
            attribution.Swept,
            attribution.SweepNext,
            attribution.SweepAgain,
        ];

    private IEnumerable<IStateArray> StateArrays =>
        [control.Positions, .. verdicts.Arrays, .. graph.Arrays, traits.Rows, .. attribution.Arrays, volumes.Rows];

    private IEnumerable<IRowIndex> Indexes =>
        [.. verdicts.Indexes, .. graph.Indexes, traits.Index, .. attribution.Indexes, volumes.Index];

    private IEnumerable<IStateArray> PagedArrays => [.. StateArrays, graph.Groups.Founders];

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
        if (record.Type != EventType.Tick)
            attribution.Reopen(VerdictPolicy.BucketOf(record.Time));
        if (record.Type.IsObservation())
        {
            Observe(record, position);
            volumes.Count(record, names);
        }
        else if (record.Type != EventType.Tick)
        {
            control.Apply(record, position, verdicts, graph, attribution);
            React();
        }
        if (!record.IsBackfill) // else every event of an import would have much of it done again
            attribution.Sweep();
        publisher.Publish(position, results, WorkPerEvent);
        graph.Groups.Settle();
        verdicts.Changes.Clear();
        Reader.Leave();
    }
}
