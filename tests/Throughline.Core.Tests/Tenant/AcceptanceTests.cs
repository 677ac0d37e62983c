using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>What is taken in and what is refused, at the exact edges; and ids that have left memory.</summary>
public sealed class AcceptanceTests
{
    private const long Start = FactGenerator.Start;
    private const long Day = 24L * 60 * 60 * 1000;
    private static readonly TenantSettings Settings = new("test", HorizonMs: 3 * Day);

    private readonly MemoryHistory history = new();
    private readonly TenantMachine machine;

    public AcceptanceTests() => machine = new(Settings, history);

    [Fact]
    public void Apply_TheSameEventAgain_IsADuplicateWithoutEffect()
    {
        byte[] click = Click("a", Start).Encode();
        Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, click));
        Token pages = machine.PageHash();
        Assert.Equal(ApplyStatus.Duplicate, history.Apply(machine, click));
        Assert.Equal((1, pages), (machine.NextPosition, machine.PageHash()));
    }

    [Fact]
    public void Apply_AKnownIdWithOtherContentOrOnAnotherDay_IsAConflictWithoutEffect()
    {
        history.Apply(machine, Click("a", Start).Encode());
        Token pages = machine.PageHash();
        Assert.Equal(
            ApplyStatus.IdConflict,
            history.Apply(machine, (Click("a", Start) with { Campaign = "other" }).Encode())
        );
        Assert.Equal(ApplyStatus.IdConflict, history.Apply(machine, Click("a", Start + 2 * Day).Encode()));
        Assert.Equal(
            ApplyStatus.IdConflict,
            history.Apply(machine, (Click("a", Start) with { Type = EventType.View }).Encode())
        );
        Assert.Equal((pages, Start), (machine.PageHash(), machine.Watermark));
    }

    [Fact]
    public void Apply_AtTheHorizon_IsAccepted_OneMillisecondOlderIsTooLateAndForgotten()
    {
        history.Apply(machine, Click("newest", Start).Encode());
        Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, Click("edge", Start - 3 * Day).Encode()));
        Token pages = machine.PageHash();
        Fact older = Click("older", Start - 3 * Day - 1);
        Assert.Equal(ApplyStatus.TooLate, history.Apply(machine, older.Encode()));
        Assert.Equal(pages, machine.PageHash());
        Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, (older with { Backfill = true }).Encode()));
        Assert.Equal(Start, machine.Watermark);
    }

    [Fact]
    public void Apply_AKnownIdBeyondTheHorizon_IsADuplicateOrAConflict_NeverTooLate()
    {
        Fact old = Click("old", Start);
        history.Apply(machine, old.Encode());
        history.Apply(machine, Click("newest", Start + 4 * Day).Encode());
        Token pages = machine.PageHash();
        Assert.Equal(ApplyStatus.Duplicate, history.Apply(machine, old.Encode()));
        Assert.Equal(ApplyStatus.IdConflict, history.Apply(machine, (old with { Campaign = "other" }).Encode()));
        Assert.Equal(ApplyStatus.IdConflict, history.Apply(machine, Click("newest", Start).Encode()));
        Assert.Equal(ApplyStatus.TooLate, history.Apply(machine, Click("new", Start).Encode()));
        Assert.Equal(ApplyStatus.TooLate, history.Apply(machine, Click("new", Start).Encode())); // and was not remembered
        Assert.Equal((pages, 2), (machine.PageHash(), machine.NextPosition));
    }

    [Fact]
    public void Apply_ABackfillOfAKnownEvent_IsADuplicate()
    {
        history.Apply(machine, Click("a", Start).Encode());
        Assert.Equal(
            ApplyStatus.Duplicate,
            history.Apply(machine, (Click("a", Start) with { Backfill = true }).Encode())
        );
    }

    [Fact]
    public void Apply_StatementsOfAnyTime_NeitherMoveTheWatermarkNorComeTooLate()
    {
        history.Apply(machine, Click("a", Start).Encode());
        Fact label = new("label", EventType.Label, Start + 100 * Day)
        {
            Identifiers = [("cookie", "c")],
            Label = Verdict.Human,
            From = Start,
            To = Start,
        };
        Assert.Equal(ApplyStatus.Accepted, history.Apply(machine, label.Encode()));
        Assert.Equal(
            ApplyStatus.Accepted,
            history.Apply(machine, (label with { Id = "old", Time = Start - 100 * Day }).Encode())
        );
        Assert.Equal(
            ApplyStatus.Accepted,
            history.Apply(machine, new Fact("tick", EventType.Tick, Start + 100 * Day).Encode())
        );
        Assert.Equal(Start, machine.Watermark);
    }

    [Fact]
    public void Apply_IdsThatLeftMemory_AreStillKnown()
    {
        RetiringHistory retiring = new(history);
        TenantMachine small = new(Settings, retiring, idGeneration: 8);
        List<Fact> facts = [.. Enumerable.Range(0, 100).Select(i => Click($"e{i}", Start + i * 7_000_000L % Day))];
        foreach (Fact fact in facts)
        {
            Assert.Equal(ApplyStatus.Accepted, history.Apply(small, fact.Encode()));
            retiring.Take(small);
        }
        Assert.InRange(retiring.Known, 100 - 16, 100 - 8);
        foreach (Fact fact in facts)
        {
            Assert.Equal(ApplyStatus.Duplicate, history.Apply(small, fact.Encode()));
            Assert.Equal(ApplyStatus.IdConflict, history.Apply(small, (fact with { Campaign = "other" }).Encode()));
            Assert.True(small.TryFindEvent(Fact.TokenOf("event", fact.Id), out long position));
            Assert.Equal(fact.Encode(), history.Events[(int)position]);
        }
        Assert.False(small.TryFindEvent(Fact.TokenOf("event", "never"), out _));
        Assert.Equal(100, small.NextPosition);
    }

    [Fact]
    public void Retired_IdsWaitInMemoryUntilTheyAreForgotten()
    {
        TenantMachine small = new(Settings, history, idGeneration: 4);
        for (int i = 0; i < 30; i++)
            history.Apply(small, Click($"e{i}", Start + i).Encode());
        for (int i = 0; i < 30; i++)
            Assert.Equal(ApplyStatus.Duplicate, history.Apply(small, Click($"e{i}", Start + i).Encode()));
        ImageCopy image = new(small.Capture(), () => { });
        TenantMachine restored = TenantMachine.Restore(Settings, history, image.Source());
        for (int i = 0; i < 30; i++)
            Assert.Equal(ApplyStatus.Duplicate, history.Apply(restored, Click($"e{i}", Start + i).Encode()));
    }

    private static Fact Click(string id, long time) =>
        new(id, EventType.Click, time) { Identifiers = [("cookie", "c")], Campaign = "a" };

    private sealed class RetiringHistory(MemoryHistory events) : IHistory
    {
        private readonly Dictionary<Token, long> retired = [];

        public int Known => retired.Count;

        public void Take(TenantMachine machine)
        {
            while (machine.TryTakeRetired(out RetiredIds? ids))
            {
                foreach ((int day, IdEntry[] entries) in ids.ByDay())
                {
                    Assert.Equal(entries.Order(), entries);
                    foreach (IdEntry entry in entries)
                    {
                        Assert.Equal(day, EventRecord.FromTrusted(events.Read(entry.Position)).Time / Day);
                        retired.Add(entry.Id, entry.Position);
                    }
                }
                machine.Forget(ids);
            }
        }

        public ReadOnlySpan<byte> Read(long position) => events.Read(position);

        public bool TryFindId(Token id, long before, out long position) =>
            retired.TryGetValue(id, out position) && position < before;
    }
}
