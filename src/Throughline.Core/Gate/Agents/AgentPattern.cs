namespace Throughline.Core.Gate.Agents;

/// <summary>
/// A text to find in user agents and what it says. In its notation <c>^</c> in front binds it to the start of the user agent, <c>&lt;</c>
/// in front to the start of a word, <c>~</c> in front behind a closing parenthesis, <c>&gt;</c> at its end to the end of a word.
/// </summary>
internal sealed class AgentPattern
{
    public AgentPattern(string notation, AgentTraits traits, string? name = null, int rank = 0)
    {
        AtStart = notation[0] == '^';
        WordStart = notation[0] == '<';
        Behind = notation[0] == '~';
        WordEnd = notation[^1] == '>';
        Text = notation[(AtStart || WordStart || Behind ? 1 : 0)..(WordEnd ? ^1 : ^0)];
        Traits = traits;
        Name = name;
        Rank = rank;
    }

    /// <summary>ASCII, lower case.</summary>
    public string Text { get; }
    public AgentTraits Traits { get; }

    /// <summary>Of a bot or a browser's family, if the user agent does not say it itself.</summary>
    public string? Name { get; }

    /// <summary>Of several families the greatest rank counts; the <see cref="AgentSystem"/> of a system.</summary>
    public int Rank { get; }

    public bool AtStart { get; }
    public bool WordStart { get; }
    public bool Behind { get; }
    public bool WordEnd { get; }

    /// <summary>Whether the occurrence that ends before <paramref name="end"/> stands where the notation wants it.</summary>
    public bool Holds(ReadOnlySpan<char> text, int end)
    {
        int start = end - Text.Length;
        if (AtStart && start != 0)
            return false;
        if (WordStart && start != 0 && char.IsAsciiLetterOrDigit(text[start - 1]))
            return false;
        if (Behind && !text[..start].Contains(')'))
            return false;
        return !WordEnd || end == text.Length || !char.IsAsciiLetter(text[end]);
    }
}
