using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Throughline.Core.Identity;

/// <summary>
/// A strategy as JSON: <c>name</c>, <c>version</c>, <c>order</c> (<c>oldest</c> or <c>newest</c>), <c>sizeMax</c>, <c>minEvidence</c>,
/// <c>types</c> and <c>others</c>. Members that nobody knows are refused.
/// </summary>
public static class StrategyJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<TypeClass>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static byte[] Write(Strategy strategy) =>
        JsonSerializer.SerializeToUtf8Bytes(Document.Of(strategy), Options);

    /// <summary>Reads a strategy and checks that it can be used.</summary>
    /// <exception cref="JsonException">It has not the form of a strategy, or cannot be used; the message names the place.</exception>
    public static Strategy Read(JsonElement json)
    {
        Document document =
            json.Deserialize<Document>(Options) ?? throw new JsonException("a strategy is an object", "$", null, null);
        if (document.Order is not ("oldest" or "newest"))
            throw new JsonException("/order: must be oldest or newest");
        Strategy strategy = document.ToStrategy();
        return strategy.Problem() is { } problem
            ? throw new JsonException($"{problem.Pointer}: {problem.Message}")
            : strategy;
    }

    private sealed record Document
    {
        public required string Name { get; init; }
        public int Version { get; init; }
        public string Order { get; init; } = "oldest";
        public int SizeMax { get; init; } = Strategy.DefaultSizeMax;
        public int MinEvidence { get; init; } = 1;
        public required Rule[] Types { get; init; }
        public required Rule Others { get; init; }

        public static Document Of(Strategy strategy) =>
            new()
            {
                Name = strategy.Name,
                Version = strategy.Version,
                Order = strategy.NewestFirst ? "newest" : "oldest",
                SizeMax = strategy.SizeMax,
                MinEvidence = strategy.MinEvidence,
                Types = [.. strategy.Types.Select(Rule.Of)],
                Others = Rule.Of(strategy.Others),
            };

        public Strategy ToStrategy() =>
            new(
                Name,
                Version,
                [.. Types.Select(rule => rule.ToRule())],
                Others.ToRule(),
                SizeMax,
                Order == "newest",
                MinEvidence
            );
    }

    private sealed record Rule
    {
        public string? Type { get; init; }
        public required TypeClass Class { get; init; }
        public required int Tier { get; init; }
        public int? Max { get; init; }
        public Window? PerWindow { get; init; }
        public int? SharedMax { get; init; }
        public int? DegreeMax { get; init; }

        public static Rule Of(TypeRule rule) =>
            new()
            {
                Type = rule.Type.Length == 0 ? null : rule.Type,
                Class = rule.Class,
                Tier = rule.Tier,
                Max = rule.Max,
                PerWindow = rule.PerWindow is { } max ? new() { Max = max, Ms = rule.WindowMs } : null,
                SharedMax = rule.SharedMax,
                DegreeMax = rule.DegreeMax,
            };

        public TypeRule ToRule() =>
            new(Type ?? "", Class, Tier, Max, PerWindow?.Max, PerWindow?.Ms ?? 0, SharedMax, DegreeMax);
    }

    private sealed record Window
    {
        public required int Max { get; init; }
        public required long Ms { get; init; }
    }
}
