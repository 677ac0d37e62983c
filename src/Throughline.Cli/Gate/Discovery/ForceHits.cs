using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>Which rules in force matched each request, and whether they flagged it. Memory: 4 bytes a request.</summary>
internal sealed class ForceHits(GateModel model)
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string[]> sets =
    [
        [],
    ];
    private readonly List<int> rows = [];
    private readonly SortedSet<string> matched = new(StringComparer.Ordinal);

    public long Flagged { get; private set; }

    /// <summary>Takes the next request.</summary>
    public void Add(GateDecision decision, GateDecision alerts, bool isFlagged)
    {
        Flagged += isFlagged ? 1 : 0;
        matched.Clear();
        foreach (RuleMatch match in decision.Matches)
            Take(match);
        foreach (RuleMatch match in alerts.Matches)
            Take(match);
        string key = matched.Count == 0 ? "" : string.Join(',', matched);
        if (!numbers.TryGetValue(key, out int number))
        {
            numbers.Add(key, number = sets.Count);
            sets.Add([.. matched]);
        }
        rows.Add(isFlagged ? ~number : number);
    }

    /// <summary>The ids of the rules that matched a request.</summary>
    public IReadOnlyList<string> RulesOf(int row) => sets[rows[row] < 0 ? ~rows[row] : rows[row]];

    public bool IsFlagged(int row) => rows[row] < 0;

    private void Take(in RuleMatch match)
    {
        if (match.Outcome == MatchOutcome.Matched)
            matched.Add(model.Document.Rules[match.Rule].Id);
    }
}
