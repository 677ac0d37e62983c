using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Reports;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Reports;

/// <summary>Reports of decisions that are made by hand, and of random ones against plain counts.</summary>
public sealed class ReportTallyTests
{
    private const long Start = 1_780_315_200_000;
    private const long Minute = 60_000;

    private static readonly GateDocument Rules = new()
    {
        Rules =
        [
            new()
            {
                Id = "deny-a",
                When = "true",
                Action = RuleAction.Deny,
            },
            new()
            {
                Id = "watch-b",
                When = "true",
                Action = RuleAction.Deny,
                Mode = RuleMode.Shadow,
            },
        ],
    };

    private static readonly ReportOptions Options = new(Start, Start + 10 * Minute, Minute);

    [Fact]
    public void Finish_DecisionsByHand_CountsThemByBucketRuleAndGroup()
    {
        ReportTally tally = new(Options);
        tally.Add(Decision(1, Start, DecisionAction.Deny, [Match(0, enforced: true), Match(1, enforced: false)]));
        tally.Add(Decision(2, Start + Minute, DecisionAction.Allow, [Match(1, enforced: false)]));
        tally.Add(Decision(3, Start + Minute, DecisionAction.Allow, [], DecisionCause.BudgetExceeded));
        tally.Add(Decision(3, Start + Minute, DecisionAction.Allow, [], DecisionCause.Failure, RecordKind.Bypass));
        tally.Add(
            Decision(4, Start + Minute, DecisionAction.Allow, [Match(1, enforced: false)], kind: RecordKind.Answer)
        );
        GateReport report = tally.Finish(new Dictionary<Token, Token>(), 9, 2);

        Assert.Equal((4, 2, 1), (report.Total.Requests, report.Total.Bypassed, report.Total.Flagged));
        Assert.Equal(1, report.Total.Decisions["deny"]["rule"]);
        Assert.Equal(
            ["bypass 1", "budget_exceeded 1", "no_match 1"],
            report
                .Total.Decisions["allow"]
                .OrderBy(x => x.Key == "bypass" ? "" : x.Key)
                .Select(x => $"{x.Key} {x.Value}")
        );
        Assert.Equal([1, 3, 0, 0, 0, 0, 0, 0, 0, 0], report.Buckets.Select(x => x.Traffic.Requests));
        Assert.Equal("2026-06-01T12:01:00.000Z", report.Buckets[1].Time);
        RuleFigures watch = report.Rules[0];
        Assert.Equal(("watch-b", "shadow", 3, 0), (watch.Rule, watch.Mode, watch.Hits, watch.Decided));
        Assert.Equal(new(3, 1, 0, 1), watch.Shadow);
        Assert.Equal(
            ("deny-a", 1, 1, 1),
            (report.Rules[1].Rule, report.Rules[1].Hits, report.Rules[1].Decided, report.Rules[1].Refused.Clients)
        );
        Assert.Equal(new("198.51.100.0/24", 4, 1, 1), Assert.Single(report.Groups.Networks.Values));
        Assert.Equal(("/shop", 4), (report.Groups.Paths.Values[0].Value, report.Groups.Paths.Values[0].Requests));
        Assert.Equal(
            (2, 5, 1, 2),
            (report.Latency.Decisions, report.Read.Records, report.Read.Answers, report.Read.Unreadable)
        );
        Assert.Equal((1, 0.5), (report.FalsePositives.RefusedRequests, report.FalsePositives.BypassShare));
    }

    [Fact]
    public void Finish_RefusedClients_ShowsWhatBecameOfThemLaterOnly()
    {
        ReportTally tally = new(Options);
        // 1: denied, then let through and human; 2: human before, then denied; 3: denied, then human by address alone.
        tally.Add(Denied(1, Start));
        tally.Add(Decision(1, Start + 1, DecisionAction.Allow, [], verdict: Verdict.Human));
        tally.Add(Decision(2, Start, DecisionAction.Allow, [], verdict: Verdict.Human));
        tally.Add(Denied(2, Start + 1));
        tally.Add(Denied(3, Start) with { });
        ClientFigures refused = tally.Finish(new Dictionary<Token, Token>(), 0, 0).FalsePositives.Refused;
        Assert.Equal(new(3, 1, 1, 0, 0, 0), refused);
    }

    [Fact]
    public void AddSighting_ConversionOfADeniedClient_CountsItsCustomerInAnyOrder()
    {
        Token identifier = new(7, 7);
        foreach (bool first in (bool[])[true, false])
        {
            ReportTally tally = new(Options);
            if (first)
                tally.AddSighting(Conversion(1, Start + 5, identifier));
            tally.Add(Denied(1, Start));
            tally.Add(Denied(2, Start));
            if (!first)
                tally.AddSighting(Conversion(1, Start + 5, identifier));
            Assert.Equal([identifier], tally.Identifiers());
            GateReport report = tally.Finish(new Dictionary<Token, Token> { [identifier] = new(9, 9) }, 0, 0);
            Assert.Equal(new(2, 0, 0, 1, 1, 1), report.FalsePositives.Refused);
            Assert.Equal(
                (1, 0.5),
                (report.FalsePositives.RefusedOfCustomers, report.FalsePositives.RefusedOfCustomersShare)
            );
            Assert.Equal((1, 1), (report.Rules[0].Customers, report.Rules[0].Refused.CustomersConverted));
        }
    }

    [Fact]
    public void Finish_RandomDecisions_EqualsPlainCounts()
    {
        Random random = Seeds.Random();
        ReportedDecision[] all =
        [
            .. Enumerable
                .Range(0, 3_000)
                .Select(_ =>
                    Decision(
                        (uint)random.Next(50),
                        Start + random.Next(10 * (int)Minute),
                        (DecisionAction)random.Next(4),
                        random.Next(2) == 0 ? [Match(random.Next(2), random.Next(2) == 0)] : [],
                        (DecisionCause)random.Next(5),
                        verdict: (Verdict)random.Next(4)
                    )
                ),
        ];
        ReportTally tally = new(Options);
        foreach (ReportedDecision one in all)
            tally.Add(one);
        GateReport report = tally.Finish(new Dictionary<Token, Token>(), 0, 0);
        Assert.Equal(all.Length, report.Buckets.Sum(x => x.Traffic.Requests));
        Assert.Equal(
            all.LongCount(x => x.Verdict == Verdict.Human && x.Record.Inputs.Request.Time < Start + Minute),
            report.Buckets[0].Traffic.Verdicts["human"]
        );
        Assert.Equal(
            all.LongCount(x => x.Record is { Action: DecisionAction.Challenge, Cause: DecisionCause.Score }),
            report.Total.Decisions["challenge"].GetValueOrDefault("score")
        );
        foreach (RuleFigures rule in report.Rules)
        {
            int place = rule.Rule == "deny-a" ? 0 : 1;
            ReportedDecision[] hits = [.. all.Where(x => x.Record.Matches.Any(m => m.Rule == place))];
            Assert.Equal(hits.Length, rule.Hits);
            Assert.Equal(hits.Select(x => x.Address).Distinct().Count(), rule.Addresses);
            Assert.Equal(
                hits.Count(x => x.Record.Action == DecisionAction.Deny && !x.Record.Matches[0].Enforced),
                rule.Shadow.Denied
            );
        }
    }

    private static ReportedDecision Denied(uint client, long time) =>
        Decision(client, time, DecisionAction.Deny, [Match(0, enforced: true)], verdict: Verdict.Bot);

    private static RuleMatch Match(int rule, bool enforced) => new(rule, MatchOutcome.Matched, enforced, null);

    private static ReportedDecision Decision(
        uint client,
        long time,
        DecisionAction action,
        RuleMatch[] matches,
        DecisionCause? cause = null,
        RecordKind kind = RecordKind.Decision,
        Verdict verdict = Verdict.Unknown
    )
    {
        GateInputs inputs = new();
        (inputs.Request.Time, inputs.Request.Path) = (time, "/shop/cart");
        Token address = new(client + 1, client + 1);
        return new(
            new()
            {
                Kind = kind,
                Version = 1,
                Inputs = inputs,
                Action = action,
                Cause = cause ?? (action == DecisionAction.Allow ? DecisionCause.NoMatch : DecisionCause.Rule),
                DecidingRule =
                    action == DecisionAction.Deny && matches is [{ Enforced: true }, ..] ? matches[0].Rule : -1,
                IsFlagged = action == DecisionAction.Deny,
                Matches = matches,
                LatencyUs = 10,
            },
            address.High,
            ReportTally.ClientOf(address, "agent"u8),
            IpAddress.Of(0xC633_6400 + client, isV6: false),
            "agent",
            verdict,
            Rules
        );
    }

    private static EventRecord Conversion(uint client, long time, Token identifier)
    {
        EventRecordWriter writer = new();
        writer.Begin(EventType.Conversion, time, 1, backfill: false);
        writer.Identifier(IdentifierType.Cookie, identifier);
        writer.Token(EventField.Address, new(client + 1, client + 1));
        writer.Bytes(EventField.UserAgent, "agent"u8);
        RecordBuffer buffer = new();
        writer.Complete(new(1, 1), new(2, 2), buffer);
        buffer.Seal();
        return EventRecord.FromTrusted(buffer[0].ToArray());
    }
}
