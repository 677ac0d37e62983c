using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// What would follow from a statement: a fork of the machine takes it, by the same path as the machine itself would, and what the fork
/// publishes is the answer. Pages are shared until either side changes one, and nothing of the machine changes. Made on the writer's
/// thread, between events, when all is committed; what follows may be on any one other thread while the writer goes on.
/// </summary>
public sealed class Rehearsal : IDisposable
{
    private readonly TenantMachine fork;
    private readonly Overlay history;
    private readonly Func<long, byte[]> readResult;
    private readonly long firstResult;
    private readonly RecordBuffer results = new();
    private readonly List<byte[]> queued = []; // results of what the machine had not worked out yet

    /// <summary>Takes the machine's state as it is.</summary>
    /// <param name="readEvent">Gives a stored event by its position, on any thread.</param>
    /// <param name="readResult">Gives a stored result by its sequence, on any thread.</param>
    public Rehearsal(TenantMachine machine, Func<long, byte[]> readEvent, Func<long, byte[]> readResult)
    {
        this.readResult = readResult;
        firstResult = machine.NextResult;
        history = new(machine.NextPosition, readEvent);
        fork = machine.Fork(history);
    }

    /// <summary>The fork; before <see cref="Begin"/> it finds nothing, and may only be read row by row.</summary>
    internal TenantMachine Machine => fork;

    /// <summary>What the fork reads of the log.</summary>
    internal IHistory History => history;

    /// <summary>Makes the fork able to take statements: finds its rows again, and works off what waits to be worked out.</summary>
    public void Begin(CancellationToken cancellation = default)
    {
        fork.IndexFork(history);
        Drain(queued.Add, cancellation);
    }

    /// <summary>Lets a control document take effect, to its last consequence.</summary>
    /// <param name="statement">A stored form, whose time is later than that of every document of the log.</param>
    /// <param name="progress">Told how many conversions were evaluated again.</param>
    public Consequences Take(
        ReadOnlySpan<byte> statement,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (EventRecord.FromTrusted(statement).Type != EventType.Control)
            throw new ArgumentException("only a control document can be rehearsed", nameof(statement));
        return TakeAll([statement.ToArray()], progress, cancellation);
    }

    /// <summary>The same of several, one after the other.</summary>
    /// <param name="statements">Stored forms, ascending by time.</param>
    public Consequences Take(
        IReadOnlyList<byte[]> statements,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(statements);
        if (statements.Any(statement => EventRecord.FromTrusted(statement).Type != EventType.Control))
            throw new ArgumentException("only control documents can be rehearsed", nameof(statements));
        return TakeAll(statements, progress, cancellation);
    }

    /// <summary>Lets labels take effect, all of them, to their last consequence.</summary>
    /// <param name="labels">Stored forms, whose times are later than those of every label of the log.</param>
    public Consequences Judge(IReadOnlyList<byte[]> labels, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Any(label => EventRecord.FromTrusted(label).Type != EventType.Label))
            throw new ArgumentException("only labels are taken here", nameof(labels));
        return TakeAll(labels, null, cancellation);
    }

    /// <summary>The last result of a conversion of the machine.</summary>
    internal ConversionCase CaseOf(int row) => Read(Result(fork.Parts.Attribution.Conversions[row].Result.Sequence));

    private Consequences TakeAll(
        IReadOnlyList<byte[]> statements,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        PagedArray<LinkRow> links = new("rehearsal.links");
        PagedArray<ConversionRow> conversions = new("rehearsal.conversions");
        links.Share(fork.Parts.Graph.Links);
        conversions.Share(fork.Parts.Attribution.Conversions);
        try
        {
            return Take(statements, links, conversions, progress, cancellation);
        }
        finally
        {
            links.Release();
            conversions.Release();
        }
    }

    /// <summary>Gives the pages back; nothing may be asked of it any more.</summary>
    public void Dispose() => fork.ReleasePages();

    private Consequences Take(
        IReadOnlyList<byte[]> statements,
        PagedArray<LinkRow> links,
        PagedArray<ConversionRow> conversions,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        Consequences consequences = new();
        Dictionary<Token, byte[]> credited = [];
        void Note(byte[] bytes)
        {
            ResultRecord result = ResultRecord.FromTrusted(bytes);
            if (result.Kind == ResultKind.Customer)
                consequences.Customers.Add(CustomerChange.Read(result));
            else if (result.Kind == ResultKind.Conversion)
            {
                credited[result.Subject] = bytes;
                progress?.Report(credited.Count);
            }
        }
        foreach (byte[] statement in statements)
        {
            cancellation.ThrowIfCancellationRequested();
            history.Add(statement);
            fork.Replay(statement, results);
            Gather(Note);
        }
        Drain(Note, cancellation);
        foreach (int link in fork.Parts.Graph.Links.Unshared(links))
        {
            LinkRow before = link < links.Count ? links[link] : default;
            consequences.Note(link, before, fork.Parts.Graph.Links[link].Outcome);
        }
        foreach ((Token subject, byte[] now) in credited.OrderBy(x => SequenceOf(conversions, x.Key)))
            consequences.Credit.Add(Read(Result(SequenceOf(conversions, subject))), Read(now));
        return consequences;
    }

    private long SequenceOf(PagedArray<ConversionRow> before, Token conversion) =>
        before[fork.Parts.Attribution.FindConversion(conversion)].Result.Sequence;

    private byte[] Result(long sequence) =>
        sequence < firstResult ? readResult(sequence) : queued[(int)(sequence - firstResult)];

    private static ConversionCase Read(byte[] result) => ConversionResult.Read(ResultRecord.FromTrusted(result));

    private void Drain(Action<byte[]> note, CancellationToken cancellation)
    {
        while (fork.HasBacklog)
        {
            cancellation.ThrowIfCancellationRequested();
            fork.Work(results);
            Gather(note);
        }
    }

    private void Gather(Action<byte[]> note)
    {
        for (int i = 0; i < results.Count; i++)
            note(results[i].ToArray());
        results.Clear();
    }

    // The log goes on growing: what stands there after the fork was made is not the fork's.
    private sealed class Overlay(long end, Func<long, byte[]> read) : IHistory
    {
        private readonly List<byte[]> own = [];

        public void Add(ReadOnlySpan<byte> record) => own.Add(record.ToArray());

        public ReadOnlySpan<byte> Read(long position) => position < end ? read(position) : own[(int)(position - end)];

        public bool TryFindId(Token id, long before, out long position) =>
            throw new NotSupportedException("a fork knows no ids");
    }
}

/// <summary>What followed from a statement in a rehearsal.</summary>
public sealed class Consequences
{
    /// <summary>Every customer that changed, as its result tells it.</summary>
    public List<CustomerChange> Customers { get; } = [];

    /// <summary>Credit before and after.</summary>
    public CreditDifference Credit { get; } = new();

    /// <summary>Links that made customers and no longer would, and those that would now; rows of the fork.</summary>
    internal List<(int Link, LinkRow Before)> LinksLost { get; } = [];
    internal List<int> LinksWon { get; } = [];

    /// <summary>Customers that changed as they were, each once.</summary>
    public IReadOnlyList<CustomerSnapshot> Before =>
        [.. Customers.SelectMany(change => change.Before).DistinctBy(before => before.Id)];

    internal void Note(int link, in LinkRow before, LinkOutcome now)
    {
        if (before.Outcome == now)
            return;
        if (before.Outcome == LinkOutcome.Accepted)
            LinksLost.Add((link, before)); // as it was: what is erased has no evidence any more
        else if (now == LinkOutcome.Accepted)
            LinksWon.Add(link);
    }
}
