using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>What reaches a final conversion and what does not, case by case. Minutes after the start; an end is less than 10 minutes after a conversion, the horizon 20.</summary>
public sealed class ClosingScenarioTests
{
    private const long Minute = 60_000;
    private static readonly TenantSettings Settings = new("test", HorizonMs: 20 * Minute, RestateForMs: 10 * Minute);

    private readonly MemoryHistory history = new();
    private readonly TenantMachine machine;
    private int facts;

    public ClosingScenarioTests()
    {
        machine = new(Settings, history);
        CampaignRule rule = new(
            CampaignRule.DefaultCampaign,
            1,
            60 * Minute,
            CreditModel.Linear,
            0,
            CampaignRule.DefaultGroup,
            0,
            long.MaxValue,
            true,
            0,
            0
        );
        Say(0, ControlDocument.Campaign(rule));
    }

    [Fact]
    public void Merge_OfAFinalConversionsCustomer_GivesTheOthersTouchesNothing()
    {
        Touch("a", 1, "cookie:x");
        Touch("b", 2, "cookie:y");
        Convert("sale", 5, 100, "cookie:x");
        Convert("later", 40, 100, "cookie:x");
        Assert.Equal("a 100", Credit("sale"));
        Close(15);
        See(41, "cookie:x", "user:u");
        See(42, "cookie:y", "user:u");
        Assert.Equal("a 100", Credit("sale"));
        Assert.Equal("a 50, b 50", Credit("later"));
        Say(43, Pair(ControlDocument.SeparateKind, "cookie:x", "user:u"));
        Say(44, ControlDocument.Block("cookie", Fact.TokenOf("cookie", "x"), blocked: true));
        Assert.Equal("a 100", Credit("sale"));
        Assert.Equal(1, Revisions("sale"));
    }

    [Fact]
    public void Merge_BetweenTheEndAndTheHorizon_IsTakenBackWhenTheConversionCloses()
    {
        Touch("a", 1, "cookie:x");
        Touch("b", 2, "cookie:y");
        Convert("sale", 5, 100, "cookie:x");
        See(20, "cookie:x", "cookie:y");
        Assert.Equal("a 50, b 50", Credit("sale")); // open: as things stand
        Close(15);
        Assert.Equal("a 100", Credit("sale"));
        Assert.Equal("a 100", RunIn("sale", reversed: true));
    }

    [Fact]
    public void Backfill_OfATouchBeforeTheEnd_ReachesTheFinalConversion()
    {
        Convert("sale", 5, 100, "cookie:x");
        Close(15);
        Assert.Equal("", Credit("sale"));
        Touch("a", 1, "cookie:x", backfill: true);
        Assert.True(machine.HasBacklog);
        Assert.Equal("a 100", Credit("sale"));
        Assert.Equal(
            ApplyStatus.TooLate,
            Apply(new Fact("late", EventType.Click, At(2)) { Identifiers = [("cookie", "x")] })
        );
    }

    [Fact]
    public void Backfill_InTheMidstOfASweep_ReachesWhatWasSweptBefore()
    {
        const int Sales = 3 * AttributionLens.SweptPerEvent;
        Touch("a", 1, "cookie:y");
        for (int i = 0; i < Sales; i++)
            Convert($"s{i}", 5, 100, "cookie:x");
        Apply(new Fact("watermark", EventType.Identify, At(15 + 20)) { Identifiers = [("cookie", "z")] });
        Assert.True(machine.HasBacklog);
        Accept(
            new Fact("both", EventType.Identify, At(12)) // in the last bucket before the end
            {
                Identifiers = [("cookie", "x"), ("cookie", "y")],
                Backfill = true,
            }
        );
        for (int i = 0; i < Sales; i++)
            Assert.Equal("a 100", Credit($"s{i}"));
    }

    [Fact]
    public void Refund_OfAFinalConversion_IsTaken_AlsoByAnotherOfItsOrder()
    {
        Touch("a", 1, "cookie:x");
        Convert("sale", 5, 100, "cookie:x", order: "o");
        Close(15);
        Apply(new Fact("r1", EventType.Refund, At(50)) { Minor = 30, Conversion = "sale" });
        Assert.Equal("a 70", Credit("sale"));
        Apply(new Fact("r2", EventType.Refund, At(51)) { Minor = 20, Conversion = "again" });
        Assert.Equal("a 70", Credit("sale"));
        Convert("again", 52, 100, "cookie:x", order: "o"); // the same order: what takes it back takes the first back
        Assert.Equal("a 50", Credit("sale"));
    }

    [Fact]
    public void Erasure_OfWhoJoinedTwo_ReachesTheFinalConversion()
    {
        Touch("a", 1, "cookie:x", "user:u");
        Touch("b", 2, "cookie:y", "user:u");
        Convert("sale", 5, 100, "cookie:x");
        Close(15);
        Assert.Equal("a 50, b 50", Credit("sale"));
        Say(50, Erase(withEvents: false, "user:u"));
        Assert.Equal("a 100", Credit("sale"));
    }

    [Fact]
    public void Erasure_OfWhoWasErasedAloneBefore_TakesTheEventsOfBefore()
    {
        Touch("a", 1, "cookie:x", "user:u");
        Convert("sale", 5, 100, "cookie:x");
        Say(30, Erase(withEvents: false, "user:u"));
        Close(40);
        Assert.Equal("a 100", Credit("sale"));
        Say(70, Erase(withEvents: true, "user:u")); // who comes before the cookie in the order of owners
        Assert.Equal("", Credit("sale"));
    }

    [Fact]
    public void Strategy_WithOtherConditions_LeavesTheEvidenceOfBeforeAsItWas()
    {
        // One bucket and one actor: only the second event is evidence under the first strategy, both are under the next.
        Say(1, ControlDocument.Strategy(Under(1, new LinkCondition("c", [], "event.campaign == 'c'"))));
        Touch("t", 2, "cookie:x");
        Apply(new Fact("seen", EventType.Click, At(5)) { Identifiers = [("cookie", "x"), ("user", "u")] });
        Apply(
            new Fact("a", EventType.Click, At(5) + 1) { Identifiers = [("cookie", "x"), ("user", "u")], Campaign = "c" }
        );
        Convert("sale", 6, 90, "user:u");
        Say(30, ControlDocument.Strategy(Under(2)));
        Close(40);
        Assert.Equal("a 45, t 45", Credit("sale"));
        Say(60, ControlDocument.Strategy(Under(3, new LinkCondition("never", [], "false"))));
        Touch("late", 3, "cookie:x", backfill: true);
        Assert.Equal("a 30, late 30, t 30", Credit("sale"));
    }

    [Fact]
    public void Label_LaterThanTheEnd_LeavesTheJourneyAsItWas_OneOfBeforeDoesNot()
    {
        Touch("a", 1, "cookie:x");
        Convert("sale", 5, 100, "cookie:x");
        Close(15);
        Label(16, 1, "cookie:x");
        Assert.Equal("a 100", Credit("sale"));
        Label(12, 1, "cookie:x"); // says that it was said in time
        Assert.Equal("", Credit("sale"));
    }

    private static long At(long minute) => FactGenerator.Start + minute * Minute;

    private static (string Type, string Value) End(string text) => (text.Split(':')[0], text.Split(':')[1]);

    private void Touch(string id, int minute, params string[] identifiers) => Touch(id, minute, false, identifiers);

    private void Touch(string id, int minute, string identifier, bool backfill) =>
        Touch(id, minute, backfill, identifier);

    private void Touch(string id, int minute, bool backfill, params string[] identifiers) =>
        Accept(
            new Fact(id, EventType.Click, At(minute))
            {
                Identifiers = [.. identifiers.Select(End)],
                Campaign = "c",
                Backfill = backfill,
            }
        );

    private void Convert(string id, int minute, long minor, string identifier, string? order = null) =>
        Accept(
            new Fact(id, EventType.Conversion, At(minute))
            {
                Identifiers = [End(identifier)],
                Minor = minor,
                OrderId = order,
            }
        );

    private void See(int minute, params string[] identifiers) =>
        Accept(new Fact($"seen{facts}", EventType.Identify, At(minute)) { Identifiers = [.. identifiers.Select(End)] });

    // Somebody else is seen: the horizon passes an end, and what follows is worked off.
    private void Close(int end)
    {
        See(end + 20, "cookie:z");
        history.Drain(machine);
    }

    private void Say(int minute, byte[] document) =>
        Accept(new Fact($"said{facts}", EventType.Control, At(minute)) { Document = document });

    private void Label(int minute, int of, string identifier) =>
        Accept(
            new Fact($"label{facts}", EventType.Label, At(minute))
            {
                Identifiers = [End(identifier)],
                Label = Verdict.Bot,
                From = At(of),
                To = At(of),
            }
        );

    private static byte[] Pair(string kind, string a, string b) =>
        ControlDocument.Pair(
            kind,
            (End(a).Type, Fact.TokenOf(End(a).Type, End(a).Value)),
            (End(b).Type, Fact.TokenOf(End(b).Type, End(b).Value)),
            true
        );

    private static byte[] Erase(bool withEvents, string identifier) =>
        ControlDocument.Erase(
            new([(End(identifier).Type, Fact.TokenOf(End(identifier).Type, End(identifier).Value))], withEvents)
        );

    private static Strategy Under(int version, params LinkCondition[] conditions) =>
        Strategy.Default with
        {
            Version = version,
            Conditions = conditions,
        };

    private void Accept(Fact fact) => Assert.Equal(ApplyStatus.Accepted, Apply(fact));

    private ApplyStatus Apply(Fact fact)
    {
        facts++;
        return history.Apply(machine, fact.Encode());
    }

    private string Credit(string conversion)
    {
        history.Drain(machine);
        return Credit(machine, history, conversion);
    }

    private static string Credit(TenantMachine of, MemoryHistory log, string conversion) =>
        string.Join(
            ", ",
            MemoryHistory
                .CurrentCases(of)
                .Single(x => x.Id == Fact.TokenOf("event", conversion))
                .Case.Candidates.Where(candidate => candidate.Net != 0)
                .Select(candidate =>
                    $"{EventRecord.FromTrusted(log.Read(candidate.Position)).Text(EventField.Id)} {candidate.Net}"
                )
                .Order(StringComparer.Ordinal)
        );

    private int Revisions(string conversion) =>
        MemoryHistory.AllCases(machine).Count(x => x.Id == Fact.TokenOf("event", conversion));

    // What a machine gives that hears of the same in another order, as backfills.
    private string RunIn(string conversion, bool reversed)
    {
        MemoryHistory log = new();
        TenantMachine other = new(Settings, log);
        IEnumerable<byte[]> all = history.Events.Where(x => (EventType)x[1] != EventType.Tick).Select(AsBackfill);
        foreach (byte[] fact in reversed ? all.Reverse() : all)
            Assert.Equal(ApplyStatus.Accepted, log.Apply(other, fact));
        log.Drain(other);
        return Credit(other, log, conversion);
    }

    private static byte[] AsBackfill(byte[] record)
    {
        byte[] copy = [.. record];
        copy[2] |= EventRecord.BackfillFlag;
        return copy;
    }
}
