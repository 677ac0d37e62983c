using System.Security.Cryptography;
using System.Text;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>
/// Debug keys that a device lets a network see. Between apps, or on the web in one browser, each side's permission decides; else
/// both sides must show that they know the same user, by a key to join or by the advertising id.
/// </summary>
internal static class AraDebugKeys
{
    /// <summary>Of reports.</summary>
    public static (string? Source, string? Trigger) OfReport(
        AraSource source,
        AraTrigger trigger,
        AraDeviceSettings settings
    )
    {
        (AraParty from, AraParty to) = (source.Device.Party, trigger.Device.Party);
        (string? Source, string? Trigger) keys =
            IsPlain(from, to)
                ? (from.HasPermission ? source.DebugKey : null, to.HasPermission ? trigger.DebugKey : null)
            : AreOne(source, trigger, settings) ? (source.DebugKey, trigger.DebugKey)
            : (null, null);
        return settings.NeedsBothDebugKeys && (keys.Source is null || keys.Trigger is null) ? (null, null) : keys;
    }

    /// <summary>Of reasons; the trigger's side is always seen where the network may have them.</summary>
    public static (string? Source, string? Trigger) OfReason(
        AraSource? source,
        AraTrigger trigger,
        AraDeviceSettings settings
    )
    {
        if (!trigger.Device.Party.HasPermission)
            return (null, null);
        if (source is null)
            return (null, trigger.DebugKey);
        bool isSeen = IsPlain(source.Device.Party, trigger.Device.Party)
            ? source.Device.Party.HasPermission
            : AreOne(source, trigger, settings);
        return (isSeen ? source.DebugKey : null, trigger.DebugKey);
    }

    // Nothing to prove: both are apps, or one browser's web.
    private static bool IsPlain(AraParty from, AraParty to) =>
        from.IsApp == to.IsApp && (from.IsApp || from.Registrant == to.Registrant);

    private static bool AreOne(AraSource source, AraTrigger trigger, AraDeviceSettings settings)
    {
        (AraParty from, AraParty to) = (source.Device.Party, trigger.Device.Party);
        if (
            from.IsApp != to.IsApp
            && MayMatchAdIds(source, trigger, settings)
            && !(source.Parent is not null && to.IsApp)
        )
        {
            (AraParty app, AraParty web) = from.IsApp ? (from, to) : (to, from);
            if (
                web is { HasPermission: true, AdIdHash: { } hash }
                && app.AdId is { } id
                && Hash(id, trigger.Network) == hash
            )
                return true;
        }
        return source.Parent is null
            && MayJoin(source, trigger, settings)
            && from.JoinKey is not null
            && from.JoinKey == to.JoinKey;
    }

    private static bool MayMatchAdIds(AraSource from, AraTrigger to, AraDeviceSettings settings) =>
        settings.NoAdIdNetworks is { } not && !not.Contains(from.Network) && !not.Contains(to.Network);

    private static bool MayJoin(AraSource from, AraTrigger to, AraDeviceSettings settings) =>
        settings.JoinNetworks is { } networks
            ? networks.Contains(from.Network) && networks.Contains(to.Network)
            : from.HasDebugPermission && to.HasDebugPermission;

    private static string Hash(string id, string network) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id + network)));
}
