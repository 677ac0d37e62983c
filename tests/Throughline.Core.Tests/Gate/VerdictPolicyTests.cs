using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Gate;

/// <summary>The policy as a table, and the rate's boundary through a machine.</summary>
public sealed class VerdictPolicyTests
{
    private const string Browser =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
    private const long Start = FactGenerator.Start / VerdictPolicy.BucketMs * VerdictPolicy.BucketMs;

    [Theory]
    [InlineData(AgentClasses.None, false, null, null, Verdict.Unknown, VerdictReason.NoEvidence)]
    [InlineData(AgentClasses.Browser, false, null, null, Verdict.Human, VerdictReason.AgentBrowser)]
    [InlineData(
        AgentClasses.Browser | AgentClasses.Other,
        false,
        null,
        null,
        Verdict.Unknown,
        VerdictReason.AgentUnclear
    )]
    [InlineData(AgentClasses.Missing, false, null, null, Verdict.Unknown, VerdictReason.AgentUnclear)]
    [InlineData(AgentClasses.Browser, true, null, null, Verdict.Bot, VerdictReason.AddressRate)]
    [InlineData(AgentClasses.None, true, null, null, Verdict.Bot, VerdictReason.AddressRate)]
    [InlineData(AgentClasses.GoodBot, true, null, null, Verdict.GoodBot, VerdictReason.AgentGoodBot)]
    [InlineData(AgentClasses.GoodBot | AgentClasses.Bot, false, null, null, Verdict.Bot, VerdictReason.AgentBot)]
    [InlineData(
        AgentClasses.Browser | AgentClasses.GoodBot,
        false,
        null,
        null,
        Verdict.GoodBot,
        VerdictReason.AgentGoodBot
    )]
    [InlineData(
        AgentClasses.Bot,
        true,
        null,
        DecisionAction.Challenge,
        Verdict.Unknown,
        VerdictReason.DecisionChallenge
    )]
    [InlineData(AgentClasses.Browser, false, null, DecisionAction.Deny, Verdict.Bot, VerdictReason.DecisionDeny)]
    [InlineData(AgentClasses.Browser, false, null, DecisionAction.Allow, Verdict.Human, VerdictReason.AgentBrowser)]
    [InlineData(AgentClasses.Browser, false, null, DecisionAction.Tag, Verdict.Human, VerdictReason.AgentBrowser)]
    [InlineData(AgentClasses.Bot, true, Verdict.Human, DecisionAction.Deny, Verdict.Human, VerdictReason.Label)]
    [InlineData(AgentClasses.Browser, false, Verdict.Bot, null, Verdict.Bot, VerdictReason.Label)]
    [InlineData(AgentClasses.Browser, false, Verdict.Unknown, null, Verdict.Unknown, VerdictReason.Label)]
    public void Decide_Table(
        AgentClasses agents,
        bool overRate,
        Verdict? label,
        DecisionAction? decision,
        Verdict verdict,
        VerdictReason reason
    ) => Assert.Equal((verdict, reason), VerdictPolicy.Decide(new(agents, overRate, label, decision)));

    [Theory]
    [InlineData(Verdict.Human, true)]
    [InlineData(Verdict.Unknown, true)]
    [InlineData(Verdict.GoodBot, false)]
    [InlineData(Verdict.Bot, false)]
    public void Counts_OnlyPeopleAndTheUnknown(Verdict verdict, bool counts) =>
        Assert.Equal(counts, VerdictPolicy.Counts(verdict));

    [Fact]
    public void Apply_ExactlyTheLimit_IsAPerson_OneMoreReachesAllWhoWereThere()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(new("test"), history);
        Fact early = Request("early", "one", 0);
        Fact late = Request("late", "two", 1);
        history.Apply(machine, early.Encode());
        for (int i = 2; i < VerdictPolicy.RequestsPerAddress; i++)
            history.Apply(machine, Request($"r{i}", $"cookie{i % 3}", i).Encode());
        history.Apply(machine, late.Encode());
        Assert.Equal((Verdict.Human, Verdict.Human), (Of(machine, early), Of(machine, late)));

        Fact next = Request("next", "three", VerdictPolicy.BucketMs); // the first instant of the next bucket counts there
        history.Apply(machine, next.Encode());
        Assert.Equal((Verdict.Human, Verdict.Human), (Of(machine, early), Of(machine, next)));

        int before = history.Results.Count;
        Fact over = Request("over", "four", VerdictPolicy.BucketMs - 1);
        history.Apply(machine, over.Encode());
        Assert.Equal(
            (Verdict.Bot, Verdict.Bot, Verdict.Bot),
            (Of(machine, early), Of(machine, late), Of(machine, over))
        );
        Assert.Equal(Verdict.Human, Of(machine, next));
        Assert.Equal(3 + 3, history.Results.Skip(before).Count(result => result[0] == (byte)ResultKind.Verdict)); // early, late, over, three others

        Fact after = Request("after", "five", 7) with { Type = EventType.Click };
        history.Apply(machine, after.Encode());
        Assert.Equal(Verdict.Bot, Of(machine, after)); // who comes afterwards was at the same address
    }

    private static Verdict Of(TenantMachine machine, Fact fact) =>
        machine.VerdictOf(EventRecord.FromTrusted(fact.Encode()));

    private static Fact Request(string id, string cookie, long offset) =>
        new(id, EventType.Request, Start + offset)
        {
            Identifiers = [("cookie", cookie)],
            Address = "192.0.2.1",
            UserAgent = Browser,
        };
}
