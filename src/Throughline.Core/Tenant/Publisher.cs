using System.Runtime.InteropServices;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>Turns what an event changed into result records, and keeps the digest of all current results.</summary>
internal sealed class Publisher(
    VerdictLens verdicts,
    IdentityGraph graph,
    AttributionLens attribution,
    CaseBuilder cases,
    Names names
)
{
    /// <summary>What the evaluation of a final conversion counts for: the customers of its end have to be found.</summary>
    public const int FinalWork = 8;

    private const int FewCustomers = 32; // so many are looked through in a row

    private readonly List<CustomerState> after = [];
    private readonly List<CustomerSnapshot> sources = []; // of the customer that is told of
    private readonly HashSet<int> founders = []; // of those, and the two that follow: empty where there are few
    private readonly Dictionary<CustomerState, int> placeBefore = [];
    private readonly Dictionary<int, List<CustomerState>> sourcesOf = []; // by the founder they are with now
    private ulong high;
    private ulong low;

    public long NextResult { get; private set; }

    public Token Digest => new(high, low);

    /// <inheritdoc cref="CaseBuilder.Looked"/>
    public (long Past, long Today) Looked => cases.Looked;

    public void Restore(long nextResult, ulong digestHigh, ulong digestLow)
    {
        NextResult = nextResult;
        high = digestHigh;
        low = digestLow;
    }

    public void Publish(long cause, RecordBuffer results, int work)
    {
        foreach (VerdictChange change in verdicts.Changes)
            PublishVerdict(change, cause, results);
        if (graph.Groups.Members.Count > 0)
            PublishCustomers(cause, results);
        for (int row; work > 0 && (row = attribution.Dequeue()) >= 0; work -= attribution.IsFinal(row) ? FinalWork : 1)
            PublishConversion(row, cause, results);
    }

    /// <summary>The log holds results that this machine did not publish: it goes on after them.</summary>
    public void Continue(long nextResult) => NextResult = nextResult;

    /// <summary>Goes on from a bucket's last result, and publishes the bucket again if that one says anything else.</summary>
    public void RestateVerdict(int row, in StoredResult last, long cause, RecordBuffer results)
    {
        ref ActorBucketRow bucket = ref verdicts.Actors.Mutable(row);
        bucket.Result = last.Ref;
        if (!last.Says(VerdictResult.ContentOf(bucket.Verdict, bucket.Reason)))
            WriteVerdict(ref bucket, VerdictResult.SubjectOf(bucket.Actor, bucket.Bucket), cause, results);
    }

    /// <summary>The same of a conversion. One that waits to be evaluated is published then.</summary>
    public void RestateConversion(int row, in StoredResult last, long cause, RecordBuffer results)
    {
        ref ConversionRow conversion = ref attribution.Conversions.Mutable(row);
        if (conversion.Result.Exists)
            Count(ResultKind.Conversion, conversion.Id, conversion.Content, add: false);
        conversion.Result = last.Ref;
        conversion.Content = last.IsReadable ? last.Content : ~last.Content;
        if (conversion.Result.Exists)
            Count(ResultKind.Conversion, conversion.Id, conversion.Content, add: true);
        if (conversion.NextQueued == 0)
            PublishConversion(row, cause, results);
    }

    /// <summary>The same of a customer, as it stands.</summary>
    /// <param name="before">The customer as its last result tells it, if it told of one.</param>
    public void RestateCustomer(
        in CustomerState now,
        in StoredResult last,
        CustomerSnapshot? before,
        long cause,
        RecordBuffer results
    )
    {
        CustomerGroups groups = graph.Groups;
        bool says = last.Says(now.Members) && last.Since == now.Since;
        if (!says || last.Ref.Revision != 1)
            groups.Own(now.Founder); // else its result is found by its cause
        if (says)
        {
            groups.Published(now.Founder, IdOf(now.Founder), last.Ref.Sequence);
            return;
        }
        CustomerSnapshot snapshot = SnapshotOf(now);
        ReadOnlySpan<CustomerSnapshot> from = before is { } was ? [was] : [];
        WriteCustomer(CustomerChange.Classify(snapshot, from, splitOff: false), snapshot, from, now, cause, results);
        groups.Name(now.Founder, snapshot.Id);
    }

    private void PublishVerdict(in VerdictChange change, long cause, RecordBuffer results)
    {
        ref ActorBucketRow bucket = ref verdicts.Actors.Mutable(change.Bucket);
        Token subject = VerdictResult.SubjectOf(bucket.Actor, bucket.Bucket);
        if (bucket.Result.Exists)
            Count(ResultKind.Verdict, subject, VerdictResult.ContentOf(change.Before, change.ReasonBefore), add: false);
        Count(ResultKind.Verdict, subject, VerdictResult.ContentOf(bucket.Verdict, bucket.Reason), add: true);
        WriteVerdict(ref bucket, subject, cause, results);
    }

    private void WriteVerdict(ref ActorBucketRow bucket, Token subject, long cause, RecordBuffer results)
    {
        ulong content = VerdictResult.ContentOf(bucket.Verdict, bucket.Reason);
        bucket.Result = bucket.Result.Next(NextResult);
        ResultWriter writer = new(results, ResultKind.Verdict, bucket.Result.Revision, subject, cause, content);
        VerdictResult.Write(bucket, ref writer);
        End(ref writer);
    }

    // Customers that the event changed are compared as they were and as they are: what happened in between is nobody's news.
    private void PublishCustomers(long cause, RecordBuffer results)
    {
        CustomerGroups groups = graph.Groups;
        after.Clear();
        int last = 0;
        foreach (int member in groups.Members)
        {
            int group = graph.Identifiers[member].Group;
            if (group != 0 && group == last)
                continue; // one customer is named many times in a row
            last = group;
            CustomerState state = groups.StateOf(member);
            if (state.Size > 0 && !Holds(state.Founder))
                after.Add(state);
        }
        bool many = groups.Before.Count > FewCustomers;
        if (many)
            NoteSources();
        foreach (CustomerState now in after)
        {
            int same = many ? placeBefore.GetValueOrDefault(now, -1) : groups.Before.IndexOf(now);
            if (same < 0)
                PublishCustomer(now, cause, results);
            else
                groups.Keep(now.Founder, same);
        }
        HashSet<CustomerState>? stay = many ? [.. after] : null;
        foreach (CustomerState before in groups.Before)
        {
            if (stay?.Contains(before) ?? after.Contains(before))
                continue;
            Token id = IdOf(before.Founder);
            Count(ResultKind.Customer, id, before.Members, add: false);
            if (groups.StateOf(before.Founder).Size == 0)
                PublishDissolved(id, before, cause, results);
        }
        placeBefore.Clear();
        sourcesOf.Clear();
        founders.Clear();
    }

    private bool Holds(int founder)
    {
        if (after.Count > FewCustomers)
        {
            if (founders.Count == 0)
                founders.UnionWith(after.Select(state => state.Founder));
            return !founders.Add(founder);
        }
        foreach (CustomerState state in after)
            if (state.Founder == founder)
                return true;
        return false;
    }

    // A new strategy changes a good part of all customers at once.
    private void NoteSources()
    {
        CustomerGroups groups = graph.Groups;
        for (int i = 0; i < groups.Before.Count; i++)
        {
            CustomerState before = groups.Before[i];
            placeBefore.TryAdd(before, i);
            int founder = groups.StateOf(before.Founder) is { Size: > 0 } state ? state.Founder : before.Founder;
            if (!sourcesOf.TryGetValue(founder, out List<CustomerState>? sources))
                sourcesOf.Add(founder, sources = []);
            sources.Add(before);
        }
    }

    private void PublishCustomer(in CustomerState now, long cause, RecordBuffer results)
    {
        CustomerGroups groups = graph.Groups;
        Token id = IdOf(now.Founder);
        groups.PrefetchName(now.Founder, id);
        Count(ResultKind.Customer, id, now.Members, add: true);
        sources.Clear();
        if (sourcesOf.Count == 0)
        {
            foreach (CustomerState before in groups.Before)
                if (groups.Same(before.Founder, now.Founder))
                    sources.Add(SnapshotOf(before));
        }
        else if (sourcesOf.TryGetValue(now.Founder, out List<CustomerState>? known))
            foreach (CustomerState before in known)
                sources.Add(SnapshotOf(before));
        CustomerSnapshot snapshot = SnapshotOf(now, id);
        ReadOnlySpan<CustomerSnapshot> from = CollectionsMarshal.AsSpan(sources);
        bool splitOff = groups.Before.Count > 0 && snapshot.Founder.FirstPosition != cause;
        WriteCustomer(CustomerChange.Classify(snapshot, from, splitOff), snapshot, from, now, cause, results);
        groups.Name(now.Founder, id);
    }

    private void PublishDissolved(Token id, in CustomerState before, long cause, RecordBuffer results)
    {
        CustomerSnapshot was = SnapshotOf(before);
        CustomerSnapshot nobody = was with { Id = id, Size = 0, Members = 0 };
        // An identifier that was somebody's is unseen by an erasure alone.
        CustomerChangeKind kind = graph.Identifiers[before.Founder].IsSeen
            ? CustomerChangeKind.Dissolved
            : CustomerChangeKind.Erased;
        WriteCustomer(kind, nobody, [was], before with { Size = 0 }, cause, results);
    }

    private void WriteCustomer(
        CustomerChangeKind kind,
        in CustomerSnapshot now,
        ReadOnlySpan<CustomerSnapshot> before,
        in CustomerState state,
        long cause,
        RecordBuffer results
    )
    {
        ref IdentifierRow founder = ref graph.Identifiers.Mutable(state.Founder);
        founder.Publish();
        ResultWriter writer = new(results, ResultKind.Customer, founder.Revision, now.Id, cause, now.Members);
        CustomerChange.Write(kind, now, before, ref writer);
        if (state.Size > 0)
            graph.Groups.Published(state.Founder, now.Id, NextResult);
        End(ref writer);
    }

    private CustomerSnapshot SnapshotOf(in CustomerState state) => SnapshotOf(state, IdOf(state.Founder));

    private CustomerSnapshot SnapshotOf(in CustomerState state, Token id)
    {
        ref readonly IdentifierRow founder = ref graph.Identifiers[state.Founder];
        return new(
            id,
            new(names.IdentifierTypes.Text(founder.Type), founder.Token, state.Since, founder.FirstPosition),
            state.Size,
            state.Members
        );
    }

    private Token IdOf(int founder) => graph.Groups.IdForWriter(founder);

    private void PublishConversion(int row, long cause, RecordBuffer results)
    {
        ConversionCase conversion = cases.Build(row);
        ulong content = ConversionResult.ContentOf(conversion);
        ref ConversionRow stored = ref attribution.Conversions.Mutable(row);
        if (stored.Result.Exists && stored.Content == content)
            return;
        if (stored.Result.Exists)
            Count(ResultKind.Conversion, stored.Id, stored.Content, add: false);
        Count(ResultKind.Conversion, stored.Id, content, add: true);
        stored.Content = content;
        stored.Result = stored.Result.Next(NextResult);
        ResultWriter writer = new(results, ResultKind.Conversion, stored.Result.Revision, stored.Id, cause, content);
        ConversionResult.Write(conversion, ref writer);
        End(ref writer);
    }

    private void End(ref ResultWriter writer)
    {
        writer.End();
        NextResult++;
    }

    private void Count(ResultKind kind, Token subject, ulong content, bool add)
    {
        ulong first = Mix.Three(Mix.Two((ulong)kind, subject.High), subject.Low, content);
        ulong second = Mix.Three(first, content, subject.High ^ (ulong)kind);
        high = add ? high + first : high - first;
        low = add ? low + second : low - second;
    }
}
