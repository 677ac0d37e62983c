using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Server.Tenants;
using Throughline.Storage;
using Throughline.Storage.InMemory;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>A log whose results another logic made: an older one's are restated, a newer one's refused, and the same one's have to agree.</summary>
public sealed class LogicChangeTests
{
    private static readonly TenantSettings Settings = new("test");

    [Fact]
    public void Open_ResultsOfAnOlderLogic_RestatesWhatDiffers_Once()
    {
        int seed = Seeds.Next();
        for (int round = 0; round < 20; round++)
        {
            Random random = new(seed + round);
            List<Fact> facts = new FactGenerator(seed + round) { Values = 8 }.Generate(250);
            InMemoryTenantLog.Medium medium = new();
            long stored = Store(medium, facts, result => Older(result, random));
            using TempFolder folder = new();
            string where = $"seed {seed}, round {round}";
            long restated;
            Token digest;
            using (TenantStore store = Open(folder, medium))
            {
                restated = store.Log.NextResult - stored;
                digest = store.Machine.ResultsDigest();
                Assert.True(restated > 0, where);
                Assert.Contains(
                    $"{restated} published again",
                    Assert.Single(store.Recovery.PassedOver),
                    StringComparison.Ordinal
                );
                CheckSubjects(store, stored, where);
                CheckExplanations(store, facts, where);
            }
            Assert.Equal(Memory(facts).Machine.ResultsDigest(), digest);
            using (TenantStore again = Open(folder, medium))
            {
                Assert.Equal((stored + restated, digest), (again.Log.NextResult, again.Machine.ResultsDigest()));
                again.PrepareSnapshot()();
            }
            // From here on as if nothing had been: with the snapshot, and without.
            List<Fact> more = new FactGenerator(seed + round + 1000) { Values = 8 }
                .Generate(100)
                .ConvertAll(fact => fact with { Id = "more-" + fact.Id });
            using (TenantStore from = Open(folder, medium))
            {
                Assert.True(from.Recovery.SnapshotPosition > 0, where);
                Submit(from, more);
                digest = from.Machine.ResultsDigest();
                Assert.Equal(Memory([.. facts, .. more]).Machine.ResultsDigest(), digest);
                CheckExplanations(from, [.. facts, .. more], where);
                stored = from.Log.NextResult;
            }
            using TempFolder empty = new();
            using TenantStore last = Open(empty, medium);
            Assert.Equal((stored, digest), (last.Log.NextResult, last.Machine.ResultsDigest()));
            CheckSubjects(last, stored, where);
        }
    }

    [Fact]
    public void Open_AfterACrashWhileRestating_FinishesIt()
    {
        List<Fact> facts = new FactGenerator(3).Generate(300);
        InMemoryTenantLog.Medium medium = new();
        long stored = Store(medium, facts, result => Older(result, new(3)));
        using TempFolder folder = new();
        List<byte[]> restated = [];
        using (TenantStore store = Open(folder, medium))
            for (long sequence = stored; sequence < store.Log.NextResult; sequence++)
                restated.Add(store.ReadResult(sequence));
        Assert.InRange(restated.Count, 10, int.MaxValue);
        InMemoryTenantLog.Medium half = new();
        Store(half, facts, result => Older(result, new(3)), restated.Take(restated.Count / 2));
        using TenantStore after = Open(folder, half);
        Assert.Equal(stored + restated.Count, after.Log.NextResult);
        for (int i = 0; i < restated.Count; i++)
            Assert.Equal(restated[i], after.ReadResult(stored + i));
    }

    [Fact]
    public void Open_OtherResultsUnderTheSameLogic_NamesTenantAndPosition()
    {
        List<Fact> facts = new FactGenerator(4).Generate(200);
        InMemoryTenantLog.Medium medium = new();
        int results = 0;
        long cause = 0;
        Store(
            medium,
            facts,
            result =>
            {
                if (results++ != 40)
                    return [result];
                cause = ResultRecord.FromTrusted(result).Cause;
                return [];
            }
        );
        using TempFolder folder = new();
        StoreDamagedException error = Assert.Throws<StoreDamagedException>(() => Open(folder, medium));
        Assert.Equal(StoreProblem.Corrupt, error.Problem);
        Assert.Contains($"tenant test: from the event at position {cause} on", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ResultsOfANewerLogic_IsRefused()
    {
        InMemoryTenantLog.Medium medium = new();
        Store(
            medium,
            new FactGenerator(5).Generate(50),
            result =>
            {
                result[2]++;
                return [result];
            }
        );
        using TempFolder folder = new();
        StoreDamagedException error = Assert.Throws<StoreDamagedException>(() => Open(folder, medium));
        Assert.Equal(StoreProblem.NewerFormat, error.Problem);
    }

    // Another logic judged, grouped and credited otherwise: some results are missing, some tell something else, some came twice.
    private static IEnumerable<byte[]> Older(byte[] result, Random random)
    {
        result[2] = result[3] = 0;
        int what = random.Next(10);
        if (what == 0)
            return [];
        if (what < 3)
            result[32 + random.Next(8)] ^= 5; // the content
        if (what == 3)
            result[1] = 1; // a form that is no longer read
        return what == 4 ? [result, result] : [result];
    }

    // Every subject's last result tells what a run in memory tells of it, and revisions count on.
    private static void CheckSubjects(TenantStore store, long restatedFrom, string where)
    {
        Dictionary<(ResultKind, Token), (int Revision, ulong Content)> last = [];
        store.Log.ScanResults(
            0,
            (sequence, bytes) =>
            {
                ResultRecord result = ResultRecord.FromTrusted(bytes);
                if (sequence >= restatedFrom)
                {
                    int before = last.TryGetValue((result.Kind, result.Subject), out var known) ? known.Revision : 0;
                    Assert.True(result.Revision == before + 1, $"{where}: {result.Id} after revision {before}");
                    Assert.Equal((Logic.Version, store.Log.NextPosition - 1), (result.Logic, result.Cause));
                }
                last[(result.Kind, result.Subject)] = (result.Revision, result.Content);
                return true;
            }
        );
        Dictionary<(ResultKind, Token), ulong> expected = [];
        MemoryTenant memory = new(Settings, new ScratchKeys(), keepsResults: true);
        store.Log.Scan(
            0,
            (_, record) =>
            {
                memory.Replay(record);
                return true;
            }
        );
        for (long sequence = 0; sequence < memory.Machine.NextResult; sequence++)
        {
            ResultRecord result = ResultRecord.FromTrusted(memory.ReadResult(sequence));
            expected[(result.Kind, result.Subject)] = result.Content;
        }
        foreach (((ResultKind kind, Token subject), ulong content) in expected)
            if (kind != ResultKind.Customer) // an absorbed customer has no last word
                Assert.True(last[(kind, subject)].Content == content, $"{where}: {kind} {subject}");
    }

    private static void CheckExplanations(TenantStore store, List<Fact> facts, string where)
    {
        Explainer explainer = new(store.Machine, store.History, store.ReadResult, id => Fact.TokenOf("event", id));
        int explained = 0;
        foreach (Fact fact in facts)
        {
            Token[] customers =
            [
                .. fact
                    .Identifiers.Select(x => store.Machine.Reader.Resolve(Fact.TokenOf(x.Type, x.Value)))
                    .OfType<Resolution>()
                    .Select(resolution => resolution.Customer),
            ];
            foreach (
                Why? why in (Why?[])
                    [explainer.Explain(fact.Id), .. customers.Select(id => explainer.Explain(id.ToString()))]
            )
            {
                if (why is null)
                    continue;
                explained++;
                Assert.True(
                    why is { Record: null, Events: null },
                    $"{where}: {why.Kind} {why.Id}: record {why.Record}; events {why.Events}"
                );
            }
        }
        Assert.InRange(explained, facts.Count / 2, int.MaxValue);
    }

    private static long Store(
        InMemoryTenantLog.Medium medium,
        List<Fact> facts,
        Func<byte[], IEnumerable<byte[]>> change,
        IEnumerable<byte[]>? more = null
    )
    {
        MemoryTenant memory = Memory(facts);
        RecordBuffer events = new();
        RecordBuffer results = new();
        for (long position = 0; position < memory.Machine.NextPosition; position++)
            events.Append(((IHistory)memory).Read(position));
        for (long sequence = 0; sequence < memory.Machine.NextResult; sequence++)
            foreach (byte[] result in change(memory.ReadResult(sequence)))
                results.Append(result);
        foreach (byte[] result in more ?? [])
            results.Append(result);
        using InMemoryTenantLog log = new(medium);
        log.Commit(new(events, results, DateOnly.MinValue));
        return log.NextResult;
    }

    private static MemoryTenant Memory(IEnumerable<Fact> facts)
    {
        MemoryTenant memory = new(Settings, new ScratchKeys(), keepsResults: true);
        foreach (Fact fact in facts)
            memory.Apply(fact.Encode());
        memory.Settle();
        return memory;
    }

    private static void Submit(TenantStore store, List<Fact> facts)
    {
        RecordBuffer events = new();
        RecordBuffer results = new();
        int ticks = 0;
        foreach (Fact fact in facts)
            Apply(fact);
        while (store.Machine.HasBacklog)
            Apply(new($"settle-{ticks++}", EventType.Tick, FactGenerator.Start));
        store.Commit(events, results, DateOnly.MinValue);

        void Apply(Fact fact)
        {
            store.History.Pending(events, store.Log.NextPosition);
            events.Append(fact.Encode());
            Assert.Equal(ApplyStatus.Accepted, store.Machine.Apply(fact.Encode(), results));
        }
    }

    private static TenantStore Open(TempFolder folder, InMemoryTenantLog.Medium medium) =>
        TenantStore.Open(folder.Path, Settings, new InMemoryTenantLog(medium));
}
