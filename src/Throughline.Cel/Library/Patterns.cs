using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Regex;

namespace Throughline.Cel.Library;

/// <summary>Regular expressions by their text, the latest ones kept: matching is fast, building is not.</summary>
public static class Patterns
{
    /// <summary>Patterns kept at most; when there are more, all are forgotten (a rule keeps its constant ones itself).</summary>
    public const int Capacity = 1024;

    private static readonly ConcurrentDictionary<string, (Re2? Pattern, string? Error)> Known = new(
        StringComparer.Ordinal
    );

    /// <summary>The pattern of a text, or why it is none (RE2's syntax).</summary>
    public static bool TryGet(string text, [NotNullWhen(true)] out Re2? pattern, [NotNullWhen(false)] out string? error)
    {
        if (!Known.TryGetValue(text, out (Re2? Pattern, string? Error) found))
        {
            if (Known.Count >= Capacity)
                Known.Clear();
            Re2? built = Re2.TryCreate(text, out RegexError wrong);
            found = (built, built is null ? $"invalid regular expression, at {wrong.Position}: {wrong.Message}" : null);
            Known[text] = found;
        }
        (pattern, error) = found;
        return pattern is not null;
    }
}
