using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Reports;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Backtest;

/// <summary>
/// Holds a draft against the rules of today, request by request, both having judged it on their own. Memory does not grow with the
/// traffic: addresses are counted exactly up to a bound.
/// </summary>
public sealed class BacktestTally
{
    private const int AddressesMax = 65_536;
    private const int SamplesMax = 20;

    private readonly RuleSetRun draft;
    private readonly RuleSetRun? today;
    private readonly TrafficLabels labels;
    private readonly KeySample<bool> addresses = new(AddressesMax);
    private readonly KeySample<bool> flaggedAddresses = new(AddressesMax);
    private readonly KeySample<bool> flaggedToday = new(AddressesMax);
    private readonly KeySample<bool>? trapped;
    private readonly LabelTally all = new();
    private readonly LabelTally flagged = new();
    private readonly LabelTally flaggedNow = new();
    private readonly RuleBacktest[] rules;
    private readonly ClientBook clients = new();
    private readonly List<BacktestSample> samples = [];
    private readonly HashSet<int> seen = [];
    private long differences;
    private long answers;
    private bool knowsClients;

    public BacktestTally(RuleSetRun draft, RuleSetRun? today, TrafficLabels labels)
    {
        (this.draft, this.today, this.labels) = (draft, today, labels);
        trapped = labels.Honeypots.Count > 0 ? new(AddressesMax) : null;
        LackedFeature names = new(draft.Model);
        rules = [.. draft.Model.Document.Rules.Select(_ => new RuleBacktest(names))];
    }

    /// <summary>Takes the last request of both.</summary>
    /// <param name="request">False: it is the answer to one that was taken before.</param>
    /// <param name="answered">How it was answered is known.</param>
    /// <param name="decision">Of a stored request its id.</param>
    /// <param name="client">Names the client (<see cref="ReportTally.ClientOf"/>); 0: not known.</param>
    /// <param name="describe">The request as text, for samples.</param>
    public void Add(bool request, bool answered, DecisionId? decision, ulong client, Func<string> describe)
    {
        GateInputs inputs = draft.Inputs;
        bool isDeclared = inputs.Request.Agent.IsBot;
        bool? analyst = labels.Of(decision, inputs.Request);
        ulong address = inputs.AddressKey;
        answers += answered ? 1 : 0;
        if (request)
        {
            all.Add(isDeclared, analyst);
            addresses.Add(address);
            if (trapped is not null && labels.IsTrapped(inputs.Request))
                trapped.Add(address);
        }
        if (draft.IsFlagged)
        {
            flagged.Add(isDeclared, analyst);
            flaggedAddresses.Add(address);
        }
        if (today is { IsFlagged: true })
        {
            flaggedNow.Add(isDeclared, analyst);
            flaggedToday.Add(address);
        }
        AddRules(address, client, isDeclared, analyst);
        if (today is null || (today.Decision.Action == draft.Decision.Action && today.IsFlagged == draft.IsFlagged))
            return;
        differences++;
        if (samples.Count < SamplesMax)
            samples.Add(SampleOf(today, decision, describe()));
    }

    /// <summary>Takes an event that is no decision: it may tell whose customer a client is.</summary>
    public void AddSighting(in EventRecord record)
    {
        knowsClients = true;
        clients.See(record);
    }

    /// <summary>Identifiers of clients whose customers <see cref="Finish"/> wants to know.</summary>
    public IReadOnlyList<Token> Identifiers() => clients.Identifiers();

    public BacktestReport Finish(IReadOnlyDictionary<Token, Token> customers)
    {
        clients.Identify(customers);
        NameUnanswered();
        SortedDictionary<string, BacktestRule> byRule = new(StringComparer.Ordinal);
        for (int i = 0; i < rules.Length; i++)
            byRule[draft.Model.Document.Rules[i].Id] = rules[i]
                .Finish(
                    draft.Model.Document.Rules[i],
                    today?.Model,
                    labels,
                    all,
                    trapped,
                    knowsClients ? clients : null
                );
        return new(
            all.Matched,
            addresses.Distinct,
            flagged.Matched,
            flaggedAddresses.Distinct,
            today is null ? null : flaggedNow.Matched,
            all.Declared,
            flagged.Figures(labels, all, flaggedAddresses, trapped),
            today is null ? null : flaggedNow.Figures(labels, all, flaggedToday, trapped),
            byRule,
            today is null ? null : differences,
            samples,
            [
                "challenge outcomes", // nothing records them yet
                .. labels.Count == 0 ? ["analysts' labels"] : Array.Empty<string>(),
                .. trapped is null ? ["honeypots"] : Array.Empty<string>(),
            ]
        );
    }

    // What is tried when the answer is known was not, where no answer is.
    private void NameUnanswered()
    {
        for (int i = 0; i < rules.Length; i++)
            if (draft.Model.Document.Rules[i].Phase == RulePhase.Response)
                rules[i].LackName("response", all.Matched - answers);
    }

    private void AddRules(ulong address, ulong client, bool isDeclared, bool? analyst)
    {
        seen.Clear();
        foreach (RuleMatch match in draft.Matches)
        {
            RuleBacktest rule = rules[match.Rule];
            if (match.Outcome == MatchOutcome.Unknown)
                rule.Lack(match.Error);
            if (match.Outcome != MatchOutcome.Matched || !seen.Add(match.Rule))
                continue;
            rule.Add(address, client, isDeclared, analyst);
            if (today is null)
                continue;
            foreach (
                int other in today.Matches.Where(x => x.Outcome == MatchOutcome.Matched).Select(x => x.Rule).Distinct()
            )
                rule.Overlap(other);
        }
        foreach (LackingRule lacking in draft.Lacking)
            rules[lacking.Rule].LackName(lacking.Name);
    }

    private BacktestSample SampleOf(RuleSetRun today, DecisionId? decision, string line) =>
        new(
            line,
            decision?.ToString(),
            Words.Of(today.Decision.Action),
            Words.Of(draft.Decision.Action),
            [
                .. today
                    .Matches.Where(x => x.Outcome == MatchOutcome.Matched)
                    .Select(x => today.Model.Document.Rules[x.Rule].Id)
                    .Distinct(),
            ],
            [.. Explain(draft)],
            [.. Explain(today)]
        );

    private static IEnumerable<BacktestMatch> Explain(RuleSetRun run)
    {
        foreach (RuleMatch match in run.Matches.Where(x => x.Outcome == MatchOutcome.Matched).DistinctBy(x => x.Rule))
        {
            RuleDocument rule = run.Model.Document.Rules[match.Rule];
            yield return new(rule.Id, RuleExplanation.Of(run.Tried, match, run.Inputs).Sentence, Words.Of(rule.Phase));
        }
    }
}
