using System.Buffers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tenants;
using Throughline.Storage.InMemory;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;
using Throughline.Testing;

namespace Throughline.Server.Tests.Tenants;

/// <summary>Whoever writes the log without its keys' knowledge is found out, however they go about it.</summary>
public sealed class ChainAuditTests : IDisposable
{
    private const int Count = 20;
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder folder = new();
    private readonly ITenantKeys keys;
    private readonly byte[] key = new byte[32];
    private readonly List<byte[]> events = [];
    private readonly byte[] lastLink;

    public ChainAuditTests()
    {
        keys = KeyFile.OpenOrCreate(folder.Path, "alpha", new FakeTimeProvider(Now));
        keys.CopyDecisionChainKey(key);
        using RecordChain chain = new(key);
        for (int i = 1; i <= Count; i++)
            events.Add(Event(Record(i), chain));
        lastLink = chain.Head.ToArray();
    }

    [Fact]
    public void Run_Untouched_IsIntact()
    {
        AuditReport report = Audit(events, Head(Count, lastLink));
        Assert.True(report.IsIntact);
        Assert.Equal((Count, 1), (report.Chain.Records, report.Heads));
        Assert.Empty(report.Chain.Gaps);
    }

    [Fact]
    public void Run_ByteOfARecordChanged_DoesNotOpen()
    {
        byte[] changed = [.. events[7]];
        changed[^1] ^= 1;
        AuditReport report = Audit([.. events[..7], changed, .. events[8..]]);
        Assert.False(report.IsIntact);
        Assert.Equal([7L], report.Unreadable);
    }

    /// <summary>Whoever has the keys that seal, but not the chain's, can make records that open; the links give them away.</summary>
    [Fact]
    public void Run_RecordMadeAnew_BreaksTheChain()
    {
        using RecordChain forged = new(new byte[32]);
        AuditReport report = Audit([.. events[..7], Event(Record(8, DecisionAction.Allow), forged), .. events[8..]]);
        Assert.Empty(report.Unreadable);
        Assert.Equal(7, report.Chain.Breaks[0].Place);
    }

    [Fact]
    public void Run_RecordRemoved_BreaksTheChainAndIsAGap()
    {
        AuditReport report = Audit([.. events[..7], .. events[8..]]);
        Assert.Equal(7, Assert.Single(report.Chain.Breaks).Place);
        Assert.Equal((8L, 8L), (Assert.Single(report.Chain.Gaps).FirstMissing, report.Chain.Gaps[0].LastMissing));
    }

    [Fact]
    public void Run_RecordInsertedTwice_BreaksTheChain() =>
        Assert.False(Audit([.. events[..7], events[3], .. events[7..]]).IsIntact);

    [Fact]
    public void Run_RecordsExchanged_BreaksTheChain() =>
        Assert.False(Audit([.. events[..7], events[8], events[7], .. events[9..]]).IsIntact);

    [Fact]
    public void Run_EndCutOff_IsMissedByTheExportedHeadAlone()
    {
        Assert.True(Audit(events[..15]).IsIntact);
        Assert.False(Audit(events[..15], Head(Count, lastLink)).IsIntact);
    }

    [Fact]
    public void Run_RecordsThatWereNeverWritten_AreALossAndNoTampering()
    {
        using RecordChain chain = new(key);
        List<byte[]> lossy = [Event(Record(1), chain), Event(Record(5), chain)];
        AuditReport report = Audit(lossy);
        Assert.True(report.IsIntact);
        Assert.Equal(3, Assert.Single(report.Chain.Gaps).Count);
    }

    public void Dispose()
    {
        keys.Dispose();
        folder.Dispose();
    }

    private AuditReport Audit(IReadOnlyList<byte[]> stored, params ExportedHead[] heads)
    {
        using InMemoryTenantLog log = new();
        RecordBuffer buffer = new();
        foreach (byte[] one in stored)
            buffer.Append(one);
        log.Commit(new LogBatch(buffer, new(), DateOnly.FromDateTime(Now.UtcDateTime)));
        return ChainAudit.Run(log, keys, key, heads, TestContext.Current.CancellationToken);
    }

    private byte[] Event(byte[] record, RecordChain chain)
    {
        chain.Add(record);
        Assert.True(DecisionRecord.TryReadId(record, out DecisionId id));
        string json =
            $$"""{"id":"{{id}}","type":"decision","time":{{Now.ToUnixTimeMilliseconds()}},"decision":{"request":"r","action":"deny"} }""";
        Assert.True(EventJson.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out RawEvent raw, out _));
        RecordBuffer target = new();
        new EventEncoder(keys).Encode(raw, backfill: true, target, [.. chain.Head, .. record]);
        return target[0].ToArray();
    }

    private static byte[] Record(long sequence, DecisionAction action = DecisionAction.Deny)
    {
        ArrayBufferWriter<byte> record = new();
        DecisionRecord.Write(
            record,
            RecordKind.Decision,
            new(1, 1000, sequence),
            GateModel.Create(new(), 1, out _)!,
            new() { Route = 0 },
            new() { Action = action },
            10
        );
        return record.WrittenSpan.ToArray();
    }

    private static ExportedHead Head(long sequence, byte[] link) =>
        new("", new DecisionId(1, 1000, sequence).ToString(), Convert.ToHexStringLower(link), sequence, sequence);
}
