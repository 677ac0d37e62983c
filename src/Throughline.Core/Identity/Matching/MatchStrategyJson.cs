using System.Text.Json;
using Throughline.Core.Identity.Matching.Block;
using Throughline.Core.Identity.Matching.Compare;
using Throughline.Core.Identity.Matching.Model;

namespace Throughline.Core.Identity.Matching;

/// <summary>
/// Strategies as JSON; comments and trailing commas are allowed. A comparison that is not listed is not made. Whatever is unknown,
/// missing or out of range is refused with its place.
/// </summary>
public static class MatchStrategyJson
{
    private const int IterationsMax = 200;
    private const int SampleMax = 10_000_000;
    private const int BlockMaxMax = 10_000;
    private const int PassesMax = 64;

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 8,
    };

    /// <summary>The strategy that comes with the product: one for all kinds of records.</summary>
    public static MatchStrategy Default { get; } = ReadDefault();

    /// <summary>The text of <see cref="Default"/>: what to start a strategy of one's own from.</summary>
    public static string DefaultText()
    {
        using Stream stream = typeof(MatchStrategyJson).Assembly.GetManifestResourceStream("default-strategy.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Reads and checks a strategy.</summary>
    /// <exception cref="FormatException">The text is no strategy; the message says what is wrong and where.</exception>
    public static MatchStrategy Read(string json)
    {
        try
        {
            return Check(
                JsonSerializer.Deserialize<MatchStrategyDocument>(json, Form) ?? throw Wrong("", "null is no strategy")
            );
        }
        catch (JsonException error)
        {
            string message = error.Message;
            int place = message.IndexOf(" Path: ", StringComparison.Ordinal);
            string at = error.LineNumber is { } line ? $" (line {line + 1})" : "";
            throw new FormatException($"{error.Path}: {(place < 0 ? message : message[..place])}{at}", error);
        }
    }

    private static MatchStrategy ReadDefault() => Read(DefaultText());

    private static MatchStrategy Check(MatchStrategyDocument document)
    {
        LevelTable table = new();
        var used = new bool[Comparisons.Count];
        var learned = new bool[Comparisons.Count];
        Dictionary<Comparison, RarityRule> rarity = [];
        foreach ((string name, ComparisonDocument comparison) in document.Comparisons)
        {
            if (!Comparisons.TryParse(name, out Comparison kind))
                throw Wrong(
                    $"comparisons.{name}",
                    $"is no comparison; known are {string.Join(", ", Comparisons.Names)}"
                );
            used[(int)kind] = true;
            learned[(int)kind] = comparison.Learn;
            ReadLevels(table, kind, comparison);
            if (comparison.Rarity is { } rule)
                rarity[kind] = new(
                    Share(rule.Base, $"comparisons.{name}.rarity.base"),
                    AtLeast(rule.Strength, 0, $"comparisons.{name}.rarity.strength"),
                    rule.NamesOne
                );
        }
        return new()
        {
            Name = document.Name,
            Version = document.Version,
            Tiers = ReadTiers(document.Tiers),
            Estimates = table,
            Used = used,
            Learned = learned,
            Rarity = rarity,
            Passes = ReadPasses(document.Blocking.Passes),
            BlockMax = Whole(document.Blocking.Max, 2, BlockMaxMax, "blocking.max"),
            Estimation = new(
                Whole(document.Estimation.Iterations, 0, IterationsMax, "estimation.iterations"),
                AtLeast(document.Estimation.PriorPairs, 1, "estimation.priorPairs"),
                Whole(document.Estimation.SamplePairs, 0, SampleMax, "estimation.samplePairs"),
                AtLeast(document.Estimation.DuplicatesPerRecord, 0.001, "estimation.duplicatesPerRecord"),
                AtLeast(document.Estimation.RelativesPerRecord, 0.001, "estimation.relativesPerRecord")
            ),
            Cluster = new(
                document.Clustering.AverageMin,
                AtLeast(document.Clustering.ScoreCap, 1, "clustering.scoreCap"),
                AtLeast(document.Clustering.AmbiguousMargin, 0, "clustering.ambiguousMargin"),
                document.Clustering.ConflictBits
            ),
        };
    }

    private static void ReadLevels(LevelTable table, Comparison kind, ComparisonDocument comparison)
    {
        string place = $"comparisons.{Comparisons.NameOf(kind)}";
        IReadOnlyList<string> names = Comparisons.LevelsOf(kind);
        string[] strange = [.. comparison.Levels.Keys.Concat(comparison.Rarity?.Levels ?? []).Except(names)];
        if (strange.Length > 0)
            throw Wrong(place, $"has no level {strange[0]}; its levels are {string.Join(", ", names)}");
        for (int level = 0; level < names.Count; level++)
        {
            if (!comparison.Levels.TryGetValue(names[level], out LevelDocument? written))
                throw Wrong(place, $"lacks the level {names[level]}");
            string at = $"{place}.levels.{names[level]}";
            table.Set(
                kind,
                level,
                Share(written.M, at + ".m"),
                Share(written.U, at + ".u"),
                written.H is { } h ? Share(h, at + ".h") : null,
                comparison.Rarity?.Levels.Contains(names[level]) == true
            );
        }
    }

    private static List<MatchTier> ReadTiers(IReadOnlyList<TierDocument> tiers)
    {
        if (tiers.Count == 0)
            throw Wrong("tiers", "needs at least one");
        for (int i = 1; i < tiers.Count; i++)
            if (tiers[i].Bits >= tiers[i - 1].Bits)
                throw Wrong($"tiers[{i}].bits", "must be below those of the tier before it");
        return [.. tiers.Select(x => new MatchTier(x.Name, x.Bits))];
    }

    private static List<BlockPass> ReadPasses(IReadOnlyList<string> passes)
    {
        if (passes.Count is 0 or > PassesMax)
            throw Wrong("blocking.passes", $"needs 1 to {PassesMax} passes");
        List<BlockPass> read = [];
        for (int i = 0; i < passes.Count; i++)
        {
            List<BlockPart> parts = [];
            foreach (string name in passes[i].Split('+'))
                parts.Add(
                    BlockParts.TryParse(name.Trim(), out BlockPart part)
                        ? part
                        : throw Wrong(
                            $"blocking.passes[{i}]",
                            $"'{name.Trim()}' is no part of a key; known are {string.Join(", ", BlockParts.All)}"
                        )
                );
            read.Add(new(passes[i], parts));
        }
        return read;
    }

    private static double Share(double value, string place) =>
        value is > 0 and < 1 ? value : throw Wrong(place, "must be above 0 and below 1");

    private static double AtLeast(double value, double least, string place) =>
        value >= least && double.IsFinite(value)
            ? value
            : throw Wrong(place, FormattableString.Invariant($"must be {least} or more"));

    private static int Whole(int value, int least, int most, string place) =>
        value >= least && value <= most ? value : throw Wrong(place, $"must be {least} to {most}");

    private static FormatException Wrong(string place, string message) => new($"{place} {message}".TrimStart());
}
