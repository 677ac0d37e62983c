using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Throughline.Core.Identity;

/// <summary>
/// A strategy as JSON: <c>name</c>, <c>version</c>, <c>order</c> (<c>oldest</c> or <c>newest</c>), <c>sizeMax</c>, <c>minEvidence</c>,
/// <c>types</c>, <c>others</c>, <c>matcher</c> and <c>conditions</c>. Members that nobody knows are refused.
/// </summary>
public static class StrategyJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // conditions are read by people
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<TypeClass>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static byte[] Write(Strategy strategy) =>
        JsonSerializer.SerializeToUtf8Bytes(Document.Of(strategy), Options);

    /// <summary>What of a strategy decides which events are evidence, as text to compare.</summary>
    internal static (string Matcher, string Conditions) AdmissionOf(Strategy strategy) =>
        (
            JsonSerializer.Serialize(strategy.Matcher ?? [], Options),
            JsonSerializer.Serialize(strategy.Conditions ?? [], Options)
        );

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
        public MatcherRule[]? Matcher { get; init; }
        public Condition[]? Conditions { get; init; }

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
                Matcher = strategy.Matcher is { Count: > 0 } ? [.. strategy.Matcher] : null,
                Conditions = strategy.Conditions is { Count: > 0 }
                    ? [.. strategy.Conditions.Select(Condition.Of)]
                    : null,
            };

        public Strategy ToStrategy() =>
            new(
                Name,
                Version,
                [.. Types.Select(rule => rule.ToRule())],
                Others.ToRule(),
                SizeMax,
                Order == "newest",
                MinEvidence,
                Matcher,
                Conditions is null ? null : [.. Conditions.Select(condition => condition.ToCondition())]
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
        public Sameness? SameIf { get; init; }

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
                SameIf = rule.SameIf is { } same ? new() { Sharing = same.Sharing, Class = same.Class } : null,
            };

        public TypeRule ToRule() =>
            new(
                Type ?? "",
                Class,
                Tier,
                Max,
                PerWindow?.Max,
                PerWindow?.Ms ?? 0,
                SharedMax,
                DegreeMax,
                SameIf is { } same ? new(same.Sharing, same.Class) : null
            );
    }

    private sealed record Condition
    {
        public required string Name { get; init; }
        public string[]? Types { get; init; }
        public required string When { get; init; }

        public static Condition Of(LinkCondition condition) =>
            new()
            {
                Name = condition.Name,
                Types = condition.Types.Count == 0 ? null : [.. condition.Types],
                When = condition.When,
            };

        public LinkCondition ToCondition() => new(Name, Types ?? [], When);
    }

    private sealed record Sameness
    {
        public required int Sharing { get; init; }
        public required TypeClass Class { get; init; }
    }

    private sealed record Window
    {
        public required int Max { get; init; }
        public required long Ms { get; init; }
    }
}
