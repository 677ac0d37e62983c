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
