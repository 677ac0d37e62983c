using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Replay;

/// <summary>Counts what a replay finds. Memory: 8 bytes for each address, and for each address that a rule matched.</summary>
internal sealed class ReplayTally(GateModel model)
{
    private readonly HashSet<ulong> addresses = [];
    private readonly HashSet<ulong> flagged = [];
    private readonly RuleTally[] rules = TalliesOf(model);
    private readonly SortedDictionary<string, long> reasons = new(StringComparer.Ordinal);
    private readonly List<InputRejection> rejections = [];

    public long Requests { get; private set; }
    public long FlaggedRequests { get; private set; }
    public int Addresses => addresses.Count;
    public int FlaggedAddresses => flagged.Count;
    public long PassedOver { get; private set; }
    public long Rejected { get; private set; }

    /// <summary>Rejected lines by the code of their reason.</summary>
    public IReadOnlyDictionary<string, long> Reasons => reasons;

    /// <summary>The first <see cref="RejectionLog.Kept"/>.</summary>
    public IReadOnlyList<InputRejection> Rejections => rejections;

    public void Reject(string file, long line, InputReason reason)
    {
        Rejected++;
        reasons[reason.Code()] = reasons.GetValueOrDefault(reason.Code()) + 1;
        if (rejections.Count < RejectionLog.Kept)
            rejections.Add(new(file, line, reason.Code(), reason.Pointer(), reason.Message()));
    }

    /// <summary>A line that is not about a request.</summary>
    public void PassOver() => PassedOver++;

    public void Add(GateInputs inputs, GateDecision decision, GateDecision alerts, bool isFlagged)
    {
        Requests++;
        addresses.Add(inputs.AddressKey);
        if (isFlagged)
        {
            FlaggedRequests++;
            flagged.Add(inputs.AddressKey);
        }
        Add(inputs.AddressKey, decision.Matches);
        Add(inputs.AddressKey, alerts.Matches);
    }

    /// <summary>What each rule found, in the order of the rules.</summary>
    public IEnumerable<(RuleDocument Rule, RuleTally Tally)> Rules() => model.Document.Rules.Zip(rules);

    private static RuleTally[] TalliesOf(GateModel model)
    {
        LackedFeature names = new(model);
        return [.. model.Document.Rules.Select(_ => new RuleTally(names))];
    }

    private void Add(ulong address, List<RuleMatch> matches)
    {
        foreach (RuleMatch match in matches)
            rules[match.Rule].Add(address, match);
    }
}

/// <summary>What one rule found.</summary>
internal sealed class RuleTally(LackedFeature names)
{
    private readonly HashSet<ulong> addresses = [];
    private readonly SortedDictionary<string, long> lacked = new(StringComparer.Ordinal);

    public long Hits { get; private set; }

    /// <summary>Hits outside of the rule's quiet time: what a person would be told of.</summary>
    public long Alerts { get; private set; }
    public int Addresses => addresses.Count;
    public long Errors { get; private set; }

    /// <summary>Features that it needed and requests lacked, with how many.</summary>
    public IReadOnlyDictionary<string, long> Lacked => lacked;

    public void Add(ulong address, in RuleMatch match)
    {
        switch (match.Outcome)
        {
            case MatchOutcome.Matched:
                Hits++;
                Alerts += match.Quiet ? 0 : 1;
                addresses.Add(address);
                break;
            case MatchOutcome.Unknown:
                string feature = names.Of(match.Error);
                lacked[feature] = lacked.GetValueOrDefault(feature) + 1;
                break;
            default:
                Errors++;
                break;
        }
    }
}
