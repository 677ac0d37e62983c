using System.Text.RegularExpressions;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Backtest;

/// <summary>Names what a rule needed and a request lacked: a feature, or a counter with the features that it reads.</summary>
public sealed partial class LackedFeature(GateModel model)
{
    private const string Start = "no such field: ";
    private const string End = " is not set";
    private const string CounterPrefix = "counter.";

    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>The name of what was lacking.</summary>
    /// <param name="error">The rule's error.</param>
    public string Of(string? error)
    {
        if (error is null)
            return "unknown";
        if (!known.TryGetValue(error, out string? name))
            known[error] = name = NameOf(error);
        return name;
    }

    private string NameOf(string error)
    {
        bool isMissing =
            error.StartsWith(Start, StringComparison.Ordinal) && error.EndsWith(End, StringComparison.Ordinal);
        if (!isMissing)
            return "unknown";
        string name = error[Start.Length..^End.Length];
        if (!name.StartsWith(CounterPrefix, StringComparison.Ordinal))
            return name;
        CounterDocument? counter = model.Document.Counters.FirstOrDefault(x => x.Name == name[CounterPrefix.Length..]);
        string text = counter is null ? "" : string.Join(' ', [.. counter.Key, counter.Where, counter.Of]);
        IEnumerable<string> read = MayBeUnknown().Matches(text).Select(x => x.Value).Distinct(StringComparer.Ordinal);
        return $"{name} ({string.Join(", ", read)})";
    }

    // What every request has (method, path, ...) is not lacking.
    [GeneratedRegex(
        "request[.](?:host|referrer|session|asn|country|ja3|ja4|scheme|protocol|header_order|headers|ip)|ua[.][a-z_]+|check[.][a-z_]+|customer[.][a-z_]+|clearance[.][a-z_]+|challenge[.][a-z_]+|response[.](?:login_failed|bytes)",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex MayBeUnknown();
}
