using Throughline.Cel.Compile;

namespace Throughline.Core.Gate.Decide;

/// <summary>What evaluating the rules of a version needs besides its inputs; grows to the largest version and stays.</summary>
internal sealed class JudgeScratch
{
    /// <summary>What has become of a rule, in one byte.</summary>
    public const byte NotInForce = 0;
    public const byte False = 1;
    public const byte Matched = 2;
    public const byte Failed = 3;
    public const byte Unknown = 4;
    public const byte Skipped = 5;

    public EvaluationScratch Evaluation { get; } = new();

    public byte[] Outcomes { get; private set; } = [];
    public bool[] Enforced { get; private set; } = [];
    public string?[] Errors { get; private set; } = [];

    public void Reset(int rules)
    {
        if (Outcomes.Length < rules)
        {
            Outcomes = new byte[rules];
            Enforced = new bool[rules];
            Errors = new string?[rules];
            return;
        }
        Array.Clear(Outcomes, 0, rules);
        Array.Clear(Enforced, 0, rules);
    }
}
