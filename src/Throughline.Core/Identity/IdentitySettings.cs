using System.Text.Json;
using System.Text.Json.Serialization;

namespace Throughline.Core.Identity;

/// <summary>
/// How a tenant's identity is watched, and which values of traits survive. Published as one document, which replaces the one before as a whole.
/// </summary>
public sealed record IdentitySettings(GuardThresholds Guards, TraitRules Traits)
{
    public static IdentitySettings Default { get; } = new(new GuardThresholds(), TraitRules.Default);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters =
        {
            new JsonStringEnumConverter<Survivorship>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
        },
    };

    public byte[] ToJson() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Document
            {
                Guards = Guards,
                Traits = new() { Others = Traits.Others, ByName = Sorted(Traits.ByName) },
            },
            Options
        );

    /// <summary>Reads settings; members that are left out are as by default, and null switches a guard off.</summary>
    /// <exception cref="JsonException">They have not the form of settings, or cannot be used; the message begins with the place.</exception>
    public static IdentitySettings Read(JsonElement json)
    {
        Document document = json.Deserialize<Document>(Options) ?? throw new JsonException("/: settings are an object");
        TraitRules traits = new(
            document.Traits?.Others ?? TraitRules.Default.Others,
            document.Traits?.ByName ?? TraitRules.Default.ByName
        );
        IdentitySettings settings = new(document.Guards ?? new GuardThresholds(), traits);
        if (settings.Guards.Problem() is { } guard)
            throw new JsonException($"/guards/{guard.Member}: {guard.Message}");
        if (settings.Traits.Problem() is { } trait)
            throw new JsonException($"/traits/{trait.Member}: {trait.Message}");
        return settings;
    }

    private static SortedDictionary<string, TraitRule> Sorted(IReadOnlyDictionary<string, TraitRule> rules)
    {
        SortedDictionary<string, TraitRule> sorted = new(StringComparer.Ordinal);
        foreach ((string name, TraitRule rule) in rules)
            sorted.Add(name, rule);
        return sorted;
    }

    private sealed record Document
    {
        public GuardThresholds? Guards { get; init; }
        public TraitsDocument? Traits { get; init; }
    }

    private sealed record TraitsDocument
    {
        public TraitRule? Others { get; init; }
        public SortedDictionary<string, TraitRule>? ByName { get; init; }
    }
}
