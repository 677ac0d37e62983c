using Throughline.Cel.Compile;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>What evaluating the rules of a version needs besides its inputs; grows to the largest version and stays.</summary>
internal sealed class JudgeScratch
{
    private const int Groups = 4;

    private readonly (RuleSet<GateInputs>? Set, RuleMatches? Matches)[] matches = new (
        RuleSet<GateInputs>?,
        RuleMatches?
    )[Groups];

    /// <summary>What has become of a rule; false if nothing.</summary>
    public const byte False = 0;
    public const byte Matched = 1;
    public const byte Failed = 2;
    public const byte Unknown = 3;
    public const byte Skipped = 4;

    public EvaluationScratch Evaluation { get; } = new(GateLimits.RunCostMax);

    public byte[] Outcomes { get; private set; } = [];
    public bool[] Enforced { get; private set; } = [];
    public bool[] HeldOut { get; private set; } = [];
    public string?[] Errors { get; private set; } = [];

    /// <summary>What a group's set found; made anew for another version.</summary>
    public RuleMatches MatchesOf(RuleGroup group)
    {
        ref (RuleSet<GateInputs>? Set, RuleMatches? Matches) slot = ref matches[group.Slot];
        if (!ReferenceEquals(slot.Set, group.Set))
            slot = (group.Set, group.Set!.NewMatches(GateLimits.RunCostMax));
        return slot.Matches!;
    }

    public void Reset(int rules)
    {
        if (Outcomes.Length < rules)
        {
            Outcomes = new byte[rules];
            Enforced = new bool[rules];
            HeldOut = new bool[rules];
            Errors = new string?[rules];
            return;
        }
        Array.Clear(Outcomes, 0, rules);
        Array.Clear(Enforced, 0, rules);
        Array.Clear(HeldOut, 0, rules);
    }

    /// <summary>Notes why a rule failed; gives its outcome.</summary>
    public byte Fail(int rule, Value fault)
    {
        Errors[rule] = fault.TryGet(out CelError? error) ? error.Message : "it is unknown";
        return GateExpression.IsMissing(fault) ? Unknown : Failed;
    }
}
