namespace Throughline.Core.Identity.Matching;

/// <summary>A strategy as it is written; not checked. See docs/guide/identity-matching.md.</summary>
internal sealed record MatchStrategyDocument
{
    public required string Name { get; init; }
    public int Version { get; init; } = 1;
    public required IReadOnlyList<TierDocument> Tiers { get; init; }
    public required IReadOnlyDictionary<string, ComparisonDocument> Comparisons { get; init; }
    public required BlockingDocument Blocking { get; init; }
    public required EstimationDocument Estimation { get; init; }
    public required ClusteringDocument Clustering { get; init; }
}

internal sealed record TierDocument
{
    public required string Name { get; init; }
    public required double Bits { get; init; }
}

internal sealed record ComparisonDocument
{
    public RarityDocument? Rarity { get; init; }
    public bool Learn { get; init; } = true;
    public required IReadOnlyDictionary<string, LevelDocument> Levels { get; init; }
}

internal sealed record RarityDocument
{
    public required IReadOnlyList<string> Levels { get; init; }
    public required double Base { get; init; }
    public required double Strength { get; init; }
    public required bool NamesOne { get; init; }
}

internal sealed record LevelDocument
{
    public required double M { get; init; }
    public required double U { get; init; }
    public double? H { get; init; }
}

internal sealed record BlockingDocument
{
    public required int Max { get; init; }
    public required IReadOnlyList<string> Passes { get; init; }
}

internal sealed record EstimationDocument
{
    public required int Iterations { get; init; }
    public required double PriorPairs { get; init; }
    public required int SamplePairs { get; init; }
    public required double DuplicatesPerRecord { get; init; }
    public required double RelativesPerRecord { get; init; }
}

internal sealed record ClusteringDocument
{
    public required double AverageMin { get; init; }
    public required double ScoreCap { get; init; }
    public required double AmbiguousMargin { get; init; }
    public required double ConflictBits { get; init; }
}
