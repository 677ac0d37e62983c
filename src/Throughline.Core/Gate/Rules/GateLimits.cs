namespace Throughline.Core.Gate.Rules;

/// <summary>How large a rule set may be.</summary>
public sealed record GateLimits
{
    public static GateLimits Default { get; } = new();

    public int RulesMax { get; init; } = 1_000;
    public int CountersMax { get; init; } = 200;
    public int ListsMax { get; init; } = 200;
    public int RoutesMax { get; init; } = 200;

    /// <summary>Entries written into the document; larger lists are imported.</summary>
    public int EntriesMax { get; init; } = 100_000;

    /// <summary>Expressions of one counter's key.</summary>
    public int KeyPartsMax { get; init; } = 8;

    /// <summary>Characters of one expression.</summary>
    public int ExpressionLengthMax { get; init; } = 16_384;

    /// <summary>Units of about 50 ns that one rule may cost at most (see <see cref="Cel.Check.CostEstimate"/>), for requests of the sizes
    /// in <see cref="ExpectedSizes"/>.</summary>
    public ulong RuleCostMax { get; init; } = RunCostMax;

    /// <summary>Units that an evaluation is stopped at, whatever was estimated: requests may be larger than expected.</summary>
    public const ulong RunCostMax = 250_000;
}
