using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Gate.Replay;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Backtest;

/// <summary>
/// Tries a draft rule set against the rules of today on the same logs: each judges all requests on its own, with counters of its own
/// rebuilt at the time of the events, and then request is held against request. Memory: a few bytes for each request.
/// </summary>
internal sealed class GateBacktest(GateModel draft, GateModel? against, IReadOnlyList<string> files, LineForm form)
{
    private const int SamplesMax = 20;
    private const int LineShown = 300;

    private readonly List<Judged> before = [];
    private readonly List<BacktestSample> samples = [];
    private readonly RuleLabels[] labels = [.. draft.Document.Rules.Select(_ => new RuleLabels())];
    private readonly Dictionary<(int Draft, int Today), long> overlaps = [];
    private long declared;
    private long place;

    public BacktestReport Run(IProgress<long> progress, CancellationToken cancellation)
    {
        if (against is not null)
            new GateReplay(against, files, form) { Judged = Remember }.Run(progress, cancellation);
        GateReplay replay = new(draft, files, form) { Judged = Compare };
        replay.Run(progress, cancellation);
        return Report(replay.Tally);
    }

    private void Remember(JudgedLine line) => before.Add(new(line.Decision.Action, line.IsFlagged, MatchesOf(line)));

    private void Compare(JudgedLine line)
    {
        bool isBot = line.Inputs.Request.Agent.IsBot;
        declared += isBot ? 1 : 0;
        int[] matched = MatchesOf(line);
        foreach (int rule in matched)
            labels[rule].Add(isBot);
        Judged? old = against is null ? null : before[(int)place];
        place++;
        if (old is null)
            return;
        foreach (int rule in matched)
        foreach (int today in old.Matches)
            overlaps[(rule, today)] = overlaps.GetValueOrDefault((rule, today)) + 1;
        if (old.Action == line.Decision.Action && old.IsFlagged == line.IsFlagged)
            return;
        Differences++;
        if (samples.Count < SamplesMax)
            samples.Add(SampleOf(line, old));
    }

    private long Differences { get; set; }

    private BacktestSample SampleOf(JudgedLine line, Judged old)
    {
        string text = System.Text.Encoding.UTF8.GetString(line.Line[..Math.Min(line.Line.Length, LineShown)]);
        return new(
            text,
            Words.Of(old.Action),
            Words.Of(line.Decision.Action),
            [.. old.Matches.Select(x => against!.Document.Rules[x].Id)],
            [.. Explanations(line)]
        );
    }

    private IEnumerable<BacktestMatch> Explanations(JudgedLine line)
    {
        List<BacktestMatch> found = [];
        foreach (RuleMatch match in line.Decision.Matches)
            if (match.Outcome == MatchOutcome.Matched)
                found.Add(
                    new(draft.Document.Rules[match.Rule].Id, RuleExplanation.Of(draft, match, line.Inputs).Sentence)
                );
        return found;
    }

    private static int[] MatchesOf(JudgedLine line) =>
        [
            .. line
                .Decision.Matches.Concat(line.Alerts.Matches)
                .Where(match => match.Outcome == MatchOutcome.Matched)
                .Select(match => match.Rule)
                .Distinct(),
        ];

    private BacktestReport Report(ReplayTally tally)
    {
        SortedDictionary<string, BacktestRule> rules = new(StringComparer.Ordinal);
        int i = 0;
        foreach ((RuleDocument rule, RuleTally found) in tally.Rules())
        {
            int at = i++;
            rules[rule.Id] = new(
                Words.Of(rule.Mode),
                found.Hits,
                found.Addresses,
                labels[at].Precision,
                labels[at].RecallOf(declared),
                overlaps
                    .Where(x => x.Key.Draft == at)
                    .OrderByDescending(x => x.Value)
                    .ThenBy(x => x.Key.Today)
                    .ToDictionary(x => against!.Document.Rules[x.Key.Today].Id, x => x.Value, StringComparer.Ordinal),
                found.Lacked
            );
        }
        return new(
            tally.Requests,
            tally.Addresses,
            tally.FlaggedRequests,
            tally.FlaggedAddresses,
            against is null ? null : before.LongCount(one => one.IsFlagged),
            declared,
            rules,
            against is null ? null : Differences,
            samples
        );
    }

    private sealed record Judged(DecisionAction Action, bool IsFlagged, int[] Matches);

    /// <summary>A rule against the label that every log has: the user agent declares a bot.</summary>
    private sealed class RuleLabels
    {
        private long hits;
        private long bots;

        public double? Precision => hits == 0 ? null : Math.Round((double)bots / hits, 4, MidpointRounding.ToEven);

        public void Add(bool isBot)
        {
            hits++;
            bots += isBot ? 1 : 0;
        }

        public double? RecallOf(long all) =>
            all == 0 ? null : Math.Round((double)bots / all, 4, MidpointRounding.ToEven);
    }
}

/// <summary>What a backtest found.</summary>
/// <param name="FlaggedRequests">By the draft.</param>
/// <param name="FlaggedToday">By the rules that it was held against.</param>
/// <param name="DeclaredBots">Requests whose user agent declares a bot: the label of precision and recall.</param>
/// <param name="Differences">Requests with another action or flag than today.</param>
internal sealed record BacktestReport(
    long Requests,
    int Addresses,
    long FlaggedRequests,
    int FlaggedAddresses,
    long? FlaggedToday,
    long DeclaredBots,
    IReadOnlyDictionary<string, BacktestRule> ByRule,
    long? Differences,
    IReadOnlyList<BacktestSample> Samples
);

/// <summary>What one rule of the draft did.</summary>
/// <param name="Precision">Share of its requests whose user agent declares a bot; none without requests.</param>
/// <param name="Recall">Share of all requests of declared bots that it matched.</param>
/// <param name="Overlap">Rules of today that matched the same requests, with how many.</param>
/// <param name="Lacked">Features that it needs and the log lacks, with in how many requests.</param>
internal sealed record BacktestRule(
    string Mode,
    long Hits,
    int Addresses,
    double? Precision,
    double? Recall,
    IReadOnlyDictionary<string, long> Overlap,
    IReadOnlyDictionary<string, long> Lacked
);

/// <summary>A request that comes out differently.</summary>
internal sealed record BacktestSample(
    string Line,
    string Today,
    string Draft,
    IReadOnlyList<string> RulesToday,
    IReadOnlyList<BacktestMatch> RulesDraft
);

/// <summary>Why a rule of the draft matched.</summary>
internal sealed record BacktestMatch(string Rule, string Because);
