using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>What a rule came to (specification, "Logical Operators": operands are true, false, in error or unknown).</summary>
public enum RuleOutcome
{
    /// <summary>The rule does not hold.</summary>
    False = 0,

    /// <summary>The rule holds.</summary>
    True = 1,

    /// <summary>The evaluation failed: <see cref="EvaluationScratch.Fault"/> says why.</summary>
    Error = 2,

    /// <summary>The input left open what decides.</summary>
    Unknown = 3,
}

/// <summary>
/// What evaluations need besides their input; made once for each thread and used for all rules, so that evaluations allocate
/// nothing. Not for two evaluations at a time.
/// </summary>
public sealed class EvaluationScratch
{
    internal Value Failure;

    /// <summary>Values of subexpressions that rules of a set share; null outside a set, or if there are none.</summary>
    internal Memo? Memo { get; init; }

    /// <summary>The latest address read from a text: rules read the same text again and again.</summary>
    internal ParsedAddress Address { get; } = new();

    /// <summary>Why the latest evaluation ended in error or unknown; meaningless after others.</summary>
    public Value Fault => Failure;

    internal RuleOutcome Fail(Value fault)
    {
        Failure = fault;
        return fault.IsUnknown ? RuleOutcome.Unknown : RuleOutcome.Error;
    }

    /// <summary>A fault as it is; of another value, that it is no bool.</summary>
    internal RuleOutcome FailUnlessBool(Value value)
    {
        if (value.IsBool)
            return value.Bool ? RuleOutcome.True : RuleOutcome.False;
        return Fail(value.IsFault ? value : Value.Error($"no such overload: {value.Type} where a bool is needed"));
    }
}
