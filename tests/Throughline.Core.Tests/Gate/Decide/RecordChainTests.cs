using System.Buffers;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Decide;

/// <summary>An intact chain verifies; any single change of the store is found; lost numbers are told from tampering.</summary>
public sealed class RecordChainTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(x => (byte)x)];

    private readonly record struct Entry(byte[] Record, byte[] Link);

    [Fact]
    public void Finish_IntactChain_HasNoBreaksAndNoGaps()
    {
        List<Entry> entries = Chain(50);
        ChainReport report = Verify(entries, HeadOf(entries));
        Assert.True(report.IsIntact);
        Assert.Empty(report.Gaps);
        Assert.Equal(50, report.Records);
    }

    [Fact]
    public void Finish_AnswersBetweenDecisions_AreCountedAndHideNoGap()
    {
        List<Entry> entries = [];
        using RecordChain chain = new(Key);
        Append(entries, chain, 1, 3);
        Append(entries, chain, 2, 2, RecordKind.Answer);
        Append(entries, chain, 1, 1, RecordKind.Answer);
        Append(entries, chain, 5, 5);
        Append(entries, chain, 4, 4, RecordKind.Answer); // of a decision whose own record was lost
        ChainReport report = Verify(entries, HeadOf(entries));
        Assert.True(report.IsIntact);
        Assert.Equal((7, 3), (report.Records, report.Answers));
        Assert.Equal(new ChainGap(1, GateKit.Noon, 4, 4), Assert.Single(report.Gaps));
    }

    [Fact]
    public void Finish_AnySingleMutation_IsFound()
    {
        Random random = Seeds.Random();
        List<Entry> entries = Chain(20);
        ChainHead head = HeadOf(entries);
        for (int i = 0; i < 3_000; i++)
        {
            List<Entry> changed = [.. entries.Select(x => new Entry([.. x.Record], [.. x.Link]))];
            int at = random.Next(changed.Count);
            int other = (at + random.Next(1, changed.Count)) % changed.Count;
            string what = Mutate(changed, random, at, other);
            ChainReport report = Verify(changed, head);
            Assert.False(report.IsIntact, $"{what} at {at} ({other}) went unnoticed");
            int first = what is "move" or "swap" ? Math.Min(at, other) : at;
            // Of an end that was cut off the exported head tells, at the end.
            Assert.InRange(report.Breaks[0].Place, Math.Min(first, changed.Count), first + 1);
        }
    }

    [Fact]
    public void Finish_RecordChangedWithItsLink_ByOneWithoutTheKey_IsFound()
    {
        List<Entry> entries = Chain(5);
        using RecordChain forger = new([1, 2, 3], entries[1].Link);
        entries[2].Record[30] ^= 1;
        forger.Add(entries[2].Record);
        entries[2] = entries[2] with { Link = forger.Head.ToArray() };
        Assert.False(Verify(entries, HeadOf(entries)).IsIntact);
    }

    [Fact]
    public void Finish_EndCutOff_IsFoundByTheExportedHeadAlone()
    {
        List<Entry> entries = Chain(5);
        ChainHead head = HeadOf(entries);
        entries.RemoveAt(4);
        Assert.True(Verify(entries).IsIntact);
        ChainBreak found = Assert.Single(Verify(entries, head).Breaks);
        Assert.Contains("is not in the chain", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_NumbersThatWereNeverStored_AreGapsOfAnIntactChain()
    {
        List<Entry> entries = Chain(1, 2, 5, 6, 7, 9);
        ChainReport report = Verify(entries, HeadOf(entries));
        Assert.True(report.IsIntact);
        Assert.Equal([new ChainGap(1, GateKit.Noon, 3, 4), new ChainGap(1, GateKit.Noon, 8, 8)], report.Gaps);
    }

    [Fact]
    public void Finish_NumberGivenTwice_IsABreak()
    {
        List<Entry> entries = Chain(1, 2, 2, 3);
        Assert.Contains(
            "number 2 was given more than once",
            Assert.Single(Verify(entries).Breaks).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Add_ChainThatGoesOnAfterARestart_IsOneChain()
    {
        List<Entry> whole = Chain(10);
        List<Entry> parts = [];
        using (RecordChain first = new(Key))
            Append(parts, first, 1, 5);
        using (RecordChain second = new(Key, parts[^1].Link))
            Append(parts, second, 6, 10);
        Assert.Equal(whole.Select(x => Convert.ToHexString(x.Link)), parts.Select(x => Convert.ToHexString(x.Link)));
    }

    private static string Mutate(List<Entry> entries, Random random, int at, int other)
    {
        switch (random.Next(6))
        {
            case 0:
                entries[at].Record[random.Next(entries[at].Record.Length)] ^= (byte)(1 << random.Next(8));
                return "changed record";
            case 1:
                entries[at].Link[random.Next(RecordChain.LinkSize)] ^= (byte)(1 << random.Next(8));
                return "changed link";
            case 2:
                entries.RemoveAt(at);
                return "removal";
            case 3:
                entries.Insert(at, entries[other]);
                return "insertion";
            case 4:
                (entries[at], entries[other]) = (entries[other], entries[at]);
                return "swap";
            default:
                Entry moved = entries[at];
                entries.RemoveAt(at);
                entries.Insert(other, moved);
                return "move";
        }
    }

    private static List<Entry> Chain(int count) => Chain([.. Enumerable.Range(1, count)]);

    private static List<Entry> Chain(params int[] numbers)
    {
        List<Entry> entries = [];
        using RecordChain chain = new(Key);
        foreach (int number in numbers)
            Append(entries, chain, number, number);
        return entries;
    }

    private static void Append(
        List<Entry> entries,
        RecordChain chain,
        int from,
        int to,
        RecordKind kind = RecordKind.Decision
    )
    {
        GateModel model = GateKit.Model(GateKit.Rule("a", "request.path == '/a/b'"));
        for (int i = from; i <= to; i++)
        {
            GateInputs inputs = GateKit.Inputs();
            GateDecision decision = new();
            GateEngine.Decide(model, inputs, decision);
            ArrayBufferWriter<byte> target = new();
            DecisionId id = new(1, GateKit.Noon, i);
            DecisionRecord.Write(target, kind, id, model, inputs, decision, latencyUs: i);
            chain.Add(target.WrittenSpan);
            entries.Add(new(target.WrittenSpan.ToArray(), chain.Head.ToArray()));
        }
    }

    private static ChainHead HeadOf(List<Entry> entries)
    {
        Assert.True(DecisionRecord.TryReadId(entries[^1].Record, out DecisionId id));
        return new(id, entries[^1].Link.ToArray());
    }

    private static ChainReport Verify(List<Entry> entries, params ChainHead[] heads)
    {
        using ChainVerifier verifier = new(Key, heads: heads);
        foreach (Entry entry in entries)
            verifier.Add(entry.Record, entry.Link);
        return verifier.Finish();
    }
}
