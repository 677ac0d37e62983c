using System.Text.Json;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Which header of a response registers something: the browser's own or the operating system's, of a source or a trigger.</summary>
/// <param name="WantsErrors">The reporter wants to hear of a header that is refused.</param>
internal sealed record AraHeaders(string Name, JsonElement Value, bool IsSource, bool IsOs, bool WantsErrors)
{
    private const string Prefix = "Attribution-Reporting-";
    private const string Platform = "preferred-platform";

    /// <summary>Null: there is none, or more than one without a word on which counts.</summary>
    /// <param name="hasOs">The operating system takes registrations.</param>
    public static AraHeaders? Read(JsonElement headers, bool hasOs, bool wantsErrors)
    {
        string info = headers.TryGetProperty(Prefix + "Info", out JsonElement given) ? given.GetString() ?? "" : "";
        string[] members = [.. info.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        string? preferred = members
            .LastOrDefault(x => x.Split('=', ';')[0].TrimEnd() == Platform)
            ?[Platform.Length..].TrimStart('=');
        if (hasOs && preferred is not (null or "web" or "os"))
            return null;
        wantsErrors &= members.Contains("report-header-errors");
        AraHeaders[] found =
        [
            .. from isSource in new[] { true, false }
            from isOs in hasOs ? new[] { false, true } : [false]
            let name = $"{Prefix}Register-{(isOs ? "OS-" : "")}{(isSource ? "Source" : "Trigger")}"
            where headers.TryGetProperty(name, out _)
            select new AraHeaders(name, headers.GetProperty(name), isSource, isOs, wantsErrors),
        ];
        if (found.Any(x => x.IsSource) == found.Any(x => !x.IsSource))
            return null; // both are as wrong as none
        if (hasOs && preferred is not null)
            return Array.Find(found, x => x.IsOs == (preferred == "os"));
        return found.Length == 1 ? found[0] : null;
    }
}
