using System.Text.Json;
using System.Text.Json.Serialization;
using Throughline.Core.Events.Identifiers;

namespace Throughline.Core.Identity.Types;

/// <summary>Identifier types as JSON: <c>version</c>, <c>blockedDefaults</c>, <c>types</c>. Members that nobody knows are refused.</summary>
public static class IdentifierTypesJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter<TypeClass>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<NormaliserKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<LetterCase>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<BlockedDefaults>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
        },
    };

    public static byte[] Write(IdentifierTypes types) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Document
            {
                Version = types.Version,
                BlockedDefaults = types.Blocked,
                Types = [.. types.Types.Select(Rule.Of)],
            },
            Options
        );

    /// <summary>Reads types and checks that they can be used.</summary>
    /// <exception cref="JsonException">They have not the form, or cannot be used; the message names the place.</exception>
    public static IdentifierTypes Read(JsonElement json)
    {
        Document document =
            json.Deserialize<Document>(Options) ?? throw new JsonException("identifier types are an object");
        IdentifierTypes types = new(
            document.Version,
            document.BlockedDefaults,
            [.. document.Types.Select(rule => rule.ToRule())]
        );
        return types.Problem() is { } problem
            ? throw new JsonException($"{problem.Pointer}: {problem.Message}")
            : types;
    }

    private sealed record Document
    {
        public int Version { get; init; }
        public BlockedDefaults BlockedDefaults { get; init; } = BlockedDefaults.Placeholders;
        public required Rule[] Types { get; init; }
    }

    private sealed record Rule
    {
        public required string Type { get; init; }
        public Normaliser? Normaliser { get; init; }
        public TypeClass? Class { get; init; }
        public int? Priority { get; init; }
        public Blocked? Blocked { get; init; }
        public long? ValidForMs { get; init; }
        public string? Derive { get; init; }

        public static Rule Of(IdentifierTypeRule rule) =>
            new()
            {
                Type = rule.Type,
                Normaliser = rule.Normaliser is { } how ? Types.IdentifierTypesJson.Normaliser.Of(how) : null,
                Class = rule.Class,
                Priority = rule.Priority,
                Blocked =
                    (rule.BlockedValues ?? []).Count + (rule.BlockedPatterns ?? []).Count == 0
                        ? null
                        : new() { Values = [.. rule.BlockedValues ?? []], Patterns = [.. rule.BlockedPatterns ?? []] },
                ValidForMs = rule.ValidForMs,
                Derive = rule.Derive,
            };

        public IdentifierTypeRule ToRule() =>
            new(Type, Normaliser?.ToRule(), Class, Priority, Blocked?.Values, Blocked?.Patterns, ValidForMs, Derive);
    }

    private sealed record Blocked
    {
        public string[] Values { get; init; } = [];
        public string[] Patterns { get; init; } = [];
    }

    private sealed record Normaliser
    {
        public required NormaliserKind Kind { get; init; }
        public LetterCase? Letters { get; init; }
        public string? Pattern { get; init; }
        public string? Replace { get; init; }
        public string? CallingCode { get; init; }

        public static Normaliser Of(NormaliserRule rule) =>
            new()
            {
                Kind = rule.Kind,
                Letters = rule.Letters == LetterCase.Keep ? null : rule.Letters,
                Pattern = rule.Pattern,
                Replace = rule.Replace,
                CallingCode = rule.CallingCode,
            };

        public NormaliserRule ToRule() => new(Kind, Letters ?? LetterCase.Keep, Pattern, Replace, CallingCode);
    }
}
