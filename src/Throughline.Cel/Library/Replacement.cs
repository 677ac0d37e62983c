using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Throughline.Cel.Library;

/// <summary>What a match is replaced by: text with <c>\0</c> to <c>\9</c> for groups and <c>\\</c> for a backslash.</summary>
public readonly struct Replacement
{
    private readonly List<(string Text, int Group)> parts;

    private Replacement(List<(string Text, int Group)> parts) => this.parts = parts;

    /// <summary>Reads a replacement; false, and why, if it is none.</summary>
    /// <param name="groupCount">Groups that the regular expression has.</param>
    public static bool TryParse(
        string text,
        int groupCount,
        out Replacement replacement,
        [NotNullWhen(false)] out string? error
    )
    {
        List<(string, int)> parts = [];
        replacement = new(parts);
        error = null;
        StringBuilder literal = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                literal.Append(text[i]);
                continue;
            }
            char next = ++i < text.Length ? text[i] : ' ';
            if (next == '\\')
            {
                literal.Append('\\');
                continue;
            }
            if (!char.IsAsciiDigit(next))
                error = "a backslash in a replacement stands before a digit or another backslash";
            else if (next - '0' > groupCount)
                error = $"the replacement asks for group {next}, and the regular expression has {groupCount}";
            if (error is not null)
                return false;
            parts.Add((literal.ToString(), next - '0'));
            literal.Clear();
        }
        parts.Add((literal.ToString(), -1));
        return true;
    }

    /// <summary>Appends what a match becomes.</summary>
    /// <param name="text">What was matched.</param>
    /// <param name="groups">Start and end of the match and of each group, -1 where one took no part.</param>
    public void AppendTo(StringBuilder result, string text, int[] groups)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(groups);
        foreach ((string literal, int group) in parts)
        {
            result.Append(literal);
            if (group >= 0 && groups[2 * group] >= 0)
                result.Append(text, groups[2 * group], groups[2 * group + 1] - groups[2 * group]);
        }
    }
}
