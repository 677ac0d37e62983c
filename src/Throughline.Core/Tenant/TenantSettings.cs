namespace Throughline.Core.Tenant;

/// <summary>What a tenant's machine must know before its first event. Changing any of it is a new tenant.</summary>
/// <param name="Tenant">The tenant's id: part of every customer id.</param>
/// <param name="HorizonMs">How much older than the watermark a live event may be, in milliseconds.</param>
/// <param name="RestateForMs">
/// How much later than a conversion something may be seen or said and still change its credit, in milliseconds
/// (<see cref="Attribution.Finality"/>); null: whenever it is.
/// </param>
public sealed record TenantSettings(
    string Tenant,
    long HorizonMs = TenantSettings.DefaultHorizonMs,
    long? RestateForMs = null
)
{
    /// <summary>35 days.</summary>
    public const long DefaultHorizonMs = 35L * 24 * 60 * 60 * 1000;
}
