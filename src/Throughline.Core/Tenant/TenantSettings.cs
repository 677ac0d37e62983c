namespace Throughline.Core.Tenant;

/// <summary>What a tenant's machine must know before its first event. Changing any of it is a new tenant.</summary>
/// <param name="Tenant">The tenant's id: part of every customer id.</param>
/// <param name="HorizonMs">How much older than the watermark a live event may be, in milliseconds.</param>
public sealed record TenantSettings(string Tenant, long HorizonMs = TenantSettings.DefaultHorizonMs)
{
    /// <summary>35 days.</summary>
    public const long DefaultHorizonMs = 35L * 24 * 60 * 60 * 1000;
}
