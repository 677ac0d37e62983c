using Throughline.Core.Events;

namespace Throughline.Server.Tenants;

/// <summary>What a tenant's owner may choose. Validated by <see cref="TenantFile"/>; immutable.</summary>
public sealed record TenantChoices
{
    public const int DefaultHorizonDays = 35;
    public const int MaxHorizonDays = 400;

    /// <summary>Where the tenant's data must stay: <c>[a-z0-9-]{1,32}</c>.</summary>
    public string Region { get; init; } = "local";

    /// <summary>Country calling code for phone numbers written without one, digits only (<c>49</c>); null: such numbers are taken as they are.</summary>
    public string? CallingCode { get; init; }

    /// <summary>How many days an event may be older than the newest one, 1 to <see cref="MaxHorizonDays"/>.</summary>
    public int HorizonDays { get; init; } = DefaultHorizonDays;

    /// <summary>
    /// How many days after a conversion something may be seen or said and still change its credit, 1 to <see cref="MaxDays"/>; null: whenever it
    /// is.
    /// </summary>
    public int? RestateDays { get; init; }

    /// <summary>
    /// For how many days touches are there for credit, 1 to <see cref="MaxDays"/>: a rule that needs older ones is refused; null: as long as
    /// any rule may ask for.
    /// </summary>
    public int? RetentionDays { get; init; }
    public const int MaxDays = 4_000;

    /// <summary>The longest window of a rule, milliseconds: with the horizon and <see cref="RestateDays"/> it lies within the retention.</summary>
    public long LongestWindowMs =>
        RetentionDays is { } days
            ? Math.Max(0, days - HorizonDays - (RestateDays ?? 0)) * 24L * 60 * 60 * 1000
            : Core.Attribution.Rules.AttributionRule.MaxWindowMs;

    /// <summary>Web origins whose pages may call the API with this tenant's key; none by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];
}

/// <summary>A tenant as its file describes it; immutable, replaced as a whole.</summary>
public sealed record TenantModel(TenantId Id, DateTimeOffset Created, TenantChoices Choices)
{
    /// <summary>How the tenant's identifiers are normalised.</summary>
    public IdentifierRules IdentifierRules { get; } = new(Choices.CallingCode);

    internal IReadOnlyList<TenantKeyEntry> ApiKeys { get; init; } = [];

    /// <summary>How events of other tools' senders become this tenant's.</summary>
    internal Doors.Mapping.DoorModel Doors { get; init; } = Server.Doors.Mapping.DoorModel.Default;

    /// <summary>How many API keys are valid.</summary>
    public int KeyCount => ApiKeys.Count;
}

/// <summary>One valid API key.</summary>
/// <param name="WriteOnly">It lets events in at the doors, and opens nothing else.</param>
internal sealed record TenantKeyEntry(KeyHash Hash, DateTimeOffset Created, bool WriteOnly = false);

/// <summary>A new tenant and its first API key, which is kept nowhere.</summary>
public sealed record CreatedTenant(TenantModel Tenant, string ApiKey);
