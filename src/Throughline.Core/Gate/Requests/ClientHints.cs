using System.Globalization;
using Throughline.Core.Gate.Agents;

namespace Throughline.Core.Gate.Requests;

/// <summary>
/// The low-entropy client hints (wicg.github.io/ua-client-hints: Sec-CH-UA, -Mobile, -Platform), which say the same as the user agent, unless
/// one of them is made up. Unknown brands and systems say nothing: the specification asks browsers to send such, too.
/// </summary>
internal static class ClientHints
{
    /// <summary>Whether the hints that were sent name another engine, version, brand, system or kind of device than the user agent.</summary>
    public static bool Contradict(EdgeRequest request, AgentProfile agent)
    {
        string? brands = request.Header("sec-ch-ua");
        string? platform = request.Header("sec-ch-ua-platform");
        string? mobile = request.Header("sec-ch-ua-mobile");
        if (agent.Chromium == 0) // Firefox and Safari have none of them
            return brands is not null && brands.Contains("Chromium", StringComparison.OrdinalIgnoreCase);
        return (brands is not null && BrandsContradict(brands, agent))
            || (platform is not null && SystemContradicts(platform, agent.System))
            || (mobile is not null && MobileContradicts(mobile, agent));
    }

    private static bool BrandsContradict(string brands, AgentProfile agent)
    {
        if (brands.Contains("HeadlessChrome", StringComparison.OrdinalIgnoreCase))
            return true; // a headless browser's own user agent is a bot's and not asked
        if (agent.Name == "edge" && brands.Contains("\"Google Chrome\"", StringComparison.OrdinalIgnoreCase))
            return true;
        int version = VersionOf(brands, "\"Chromium\"");
        return version > 0 && version != agent.Chromium;
    }

    // `"Chromium";v="126"`: the major version; 0 if it is not there.
    private static int VersionOf(ReadOnlySpan<char> brands, ReadOnlySpan<char> brand)
    {
        int at = brands.IndexOf(brand, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return 0;
        ReadOnlySpan<char> rest = brands[(at + brand.Length)..].TrimStart();
        if (!rest.StartsWith(";v=\"", StringComparison.Ordinal))
            return 0;
        rest = rest[4..];
        int end = rest.IndexOfAny('"', '.');
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            ? major
            : 0;
    }

    private static bool SystemContradicts(string platform, string system)
    {
        string hinted = platform.AsSpan().Trim(" \"") switch
        {
            "Windows" => "windows",
            "macOS" => "macos",
            "Linux" => "linux",
            "Android" => "android",
            "Chrome OS" or "Chromium OS" => "chromeos",
            "iOS" => "ios",
            _ => "",
        };
        // A phone that was asked for the desktop's page says Linux, and some versions then still hint Android.
        return hinted.Length > 0
            && system.Length > 0
            && hinted != system
            && !(system == "linux" && hinted == "android");
    }

    private static bool MobileContradicts(string mobile, AgentProfile agent) =>
        mobile.AsSpan().Trim() switch
        {
            "?1" => agent.System is "windows" or "macos" or "chromeos",
            "?0" => agent.System == "android" && agent.Text.Contains(" Mobile ", StringComparison.Ordinal),
            _ => false,
        };
}
