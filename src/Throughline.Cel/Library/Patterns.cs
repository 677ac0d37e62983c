using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Regex;

namespace Throughline.Cel.Library;

/// <summary>A regular expression of RE2's syntax, built; matching takes time linear in the text.</summary>
public interface IPattern
{
    /// <summary>Whether it matches anywhere in the text.</summary>
    bool IsMatch(ReadOnlySpan<char> text);
}

/// <summary>Regular expressions by their text, the latest ones kept.</summary>
public static class Patterns
{
    /// <summary>Patterns kept at most; when there are more, all are forgotten (a rule keeps its constant ones itself).</summary>
    public const int Capacity = 1024;

    private static readonly ConcurrentDictionary<string, (IPattern? Pattern, string? Error)> Known = new(
        StringComparer.Ordinal
    );

    public static bool TryGet(
        string text,
        [NotNullWhen(true)] out IPattern? pattern,
        [NotNullWhen(false)] out string? error
    )
    {
        if (Known.Count > Capacity)
            Known.Clear();
        (pattern, error) = Known.GetOrAdd(text, Build);
        return pattern is not null;
    }

    private static (IPattern? Pattern, string? Error) Build(string text)
    {
        Re2? built = Re2.TryCreate(text, out RegexError error);
        return built is null ? (null, $"invalid regular expression: {error}") : (new Linear(built), null);
    }

    private sealed class Linear(Re2 regex) : IPattern
    {
        public bool IsMatch(ReadOnlySpan<char> text) => regex.IsMatch(text);
    }
}
