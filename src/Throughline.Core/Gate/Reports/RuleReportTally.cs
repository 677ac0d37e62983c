using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Reports;

/// <summary>Counts what one rule did, in bounded memory.</summary>
internal sealed class RuleReportTally(string id)
{
    private const int KeysMax = 2_048;

    private readonly KeySample<bool> addresses = new(KeysMax);
    private readonly KeySample<bool> clients = new(KeysMax); // true: it denied or challenged the client
    private readonly long[] shadow = new long[4]; // by action
    private RuleDocument? latest;
    private long version = -1;
    private long enforced;
    private long decided;
    private long unjudged;

    public string Id { get; } = id;
    public long Hits { get; private set; }
    public long Shadowed { get; private set; }

    /// <summary>Of the challenges that it asked for.</summary>
    public ChallengeTally Challenges { get; } = new();

    public void Add(RuleDocument rule, in RuleMatch match, in ReportedDecision decision)
    {
        DecisionRecord record = decision.Record;
        if (record.Version >= version)
            (latest, version) = (rule, record.Version);
        if (match.Outcome != MatchOutcome.Matched)
        {
            unjudged++;
            return;
        }
        Hits++;
        bool decides = record.DecidingRule == match.Rule && record.Kind == RecordKind.Decision;
        decided += decides ? 1 : 0;
        if (match.Enforced)
            enforced++;
        else
        {
            Shadowed++;
            if (record.Kind == RecordKind.Decision)
                shadow[(int)record.Action]++;
        }
        if (decision.Address != 0)
            addresses.Add(decision.Address);
        if (decision.Client == 0)
            return;
        bool nobodys = false;
        ref bool refused = ref clients.At(decision.Client, ref nobodys);
        refused |= decides && record.Action is DecisionAction.Deny or DecisionAction.Challenge;
    }

    /// <summary>The figures, its clients held against what is known of them.</summary>
    public RuleFigures Finish(ClientBook book) =>
        new(
            Id,
            Words.Of(latest!.Mode),
            Words.Of(latest.Action),
            Hits,
            enforced,
            decided,
            addresses.Distinct,
            clients.Distinct,
            book.CustomersOf(clients, _ => true),
            unjudged,
            new(
                Shadowed,
                shadow[(int)DecisionAction.Allow] + shadow[(int)DecisionAction.Tag],
                shadow[(int)DecisionAction.Challenge],
                shadow[(int)DecisionAction.Deny]
            ),
            book.FiguresOf(clients, refused => refused),
            Challenges.Finish()
        );
}
