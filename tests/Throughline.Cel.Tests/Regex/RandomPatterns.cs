using System.Text;

namespace Throughline.Cel.Tests.Regex;

/// <summary>Random patterns and texts, from an alphabet small enough for texts to match.</summary>
internal sealed class RandomPatterns(Random random, bool ascii)
{
    private static readonly string[] AsciiLetters =
    [
        "a",
        "b",
        "c",
        "A",
        "B",
        "k",
        "s",
        "S",
        "1",
        "2",
        " ",
        "\n",
        "-",
        "_",
    ];
    private static readonly string[] Letters =
    [
        .. AsciiLetters,
        "é",
        "É",
        "ω",
        "\u2126",
        "日",
        "😀",
        "😁",
        "ſ",
        "\u212A",
        "\uD83D",
    ];

    // Without \B: .NET's backtracking engine takes \D+\B for atomic, and misses matches.
    private static readonly string[] AsciiAtoms = [@"\A", @"\z", @"\b", @"\d", @"\w", @"\D", @"\W", "^", ".", "(?m:^)"];
    private static readonly string[] Atoms =
    [
        .. AsciiAtoms,
        @"\B",
        "$",
        "(?m:$)",
        @"\s",
        @"\S",
        @"\pL",
        @"\P{Lu}",
        @"\p{Greek}",
        @"\x{e9}",
        @"\Qa-b\E",
        "[[:alpha:]]",
        "(?s:.)",
        "bak",
        "skas",
    ];
    private static readonly string[] Members = ["a-c", "A-Z", @"\d", "b-k", "_"];
    private static readonly string[] MoreMembers = [.. Members, "é-ω", @"\pL", "[:^word:]", @"\W", "😀"];
    private static readonly string[] Repetitions = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}"];
    private static readonly string[] Flags = ["i", "s", "m", "i-s", "-i"];

    public string Text(int maxLength)
    {
        var text = new StringBuilder();
        for (int left = random.Next(maxLength + 1); left > 0; left--)
            text.Append(OneOf(ascii ? AsciiLetters : Letters));
        return text.ToString();
    }

    public string Pattern(int depth)
    {
        switch (random.Next(depth <= 0 ? 8 : 20))
        {
            case 0 or 1 or 2 or 3:
                return Literal();
            case 4 or 5:
                return OneOf(ascii ? AsciiAtoms : Atoms);
            case 6:
                return Class();
            case 7:
                return Literal() + Literal() + Literal();
            case 8 or 9 or 10 or 11:
                return Pattern(depth - 1) + Pattern(depth - 1);
            case 12 or 13:
                return $"(?:{Pattern(depth - 1)}|{Pattern(depth - 1)})";
            case 14:
                return $"({Pattern(depth - 1)})";
            case 15 when !ascii:
                return $"(?{OneOf(Flags)}:{Pattern(depth - 1)})";
            default:
                return $"(?:{Pattern(depth - 1)}){OneOf(Repetitions)}";
        }
    }

    private string Literal()
    {
        string letter = OneOf(ascii ? AsciiLetters : Letters);
        return string.Equals(letter, "\n", StringComparison.Ordinal) ? @"\n" : letter;
    }

    private string Class()
    {
        var members = new StringBuilder(random.Next(3) == 0 ? "[^" : "[");
        for (int left = random.Next(1, 4); left > 0; left--)
            members.Append(OneOf(ascii ? Members : MoreMembers));
        return members.Append(']').ToString();
    }

    private T OneOf<T>(T[] items) => items[random.Next(items.Length)];
}
