using System.Text.Json;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Reads <c>attribution_scopes</c> of a source.</summary>
internal static class AraScopeParse
{
    private const int LongestText = 50;
    private const int MostValues = 20;

    /// <summary>False if they are refused; no scopes at all are fine.</summary>
    public static bool Scopes(JsonElement header, bool isNavigation, out AraScopes? scopes)
    {
        scopes = null;
        if (!header.TryGetProperty("attribution_scopes", out JsonElement given))
            return true;
        if (given.ValueKind != JsonValueKind.Object)
            return false;
        JsonElement[] values = [.. AraParse.List(given, "values")];
        string[] numbers = ["limit", "max_event_states"];
        if (
            numbers.Any(x =>
                given.TryGetProperty(x, out JsonElement number) && number.ValueKind != JsonValueKind.Number
            )
        )
            return false;
        if (!given.TryGetProperty("limit", out _) || !AraParse.Small(given, "limit", 0, int.MaxValue, out int limit))
            return false;
        if (!AraParse.Small(given, "max_event_states", 3, int.MaxValue, out int states) || limit == 0 || states == 0)
            return false;
        if (values.Length is 0 or > MostValues || values.Length > limit)
            return false;
        if (values.Any(x => x.ValueKind != JsonValueKind.String || x.GetString()!.Length > LongestText))
            return false;
        scopes = new([.. values.Select(x => x.GetString()!)], limit, states);
        return true;
    }
}
