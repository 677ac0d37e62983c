using System.Text;

namespace Throughline.Cel.Tests.Kit;

/// <summary>
/// Makes texts from those of a corpus: bits removed, doubled, moved, replaced, spliced in from others, repeated up to a length.
/// </summary>
internal sealed class TextMutator(IReadOnlyList<string> corpus, Random random, int maxLength)
{
    private static readonly string[] Pieces =
    [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ":",
        "?",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "&&",
        "||",
        "==",
        "<",
        ">=",
        " in ",
        "'",
        "\"",
        "'''",
        "\"\"\"",
        "r'",
        "b'",
        "\\",
        "\\u",
        "\\x",
        "`",
        "//",
        "\n",
        "\r",
        "\0",
        "\ud83d",
        "\u00e9",
        "0x",
        "1e",
        "9223372036854775808",
        "-",
        "u",
        "true",
        "null",
        "has(",
        ".all(x, ",
        ".map(",
        "cel.bind(",
        "cel.block([",
        ".optMap(",
        "math.greatest(",
        "proto.getExt(",
        "while",
        ".?",
        "[?",
        "{?",
        "T{",
        " ",
    ];

    public string Next()
    {
        StringBuilder text = new(Pick());
        int steps = random.Next(5);
        for (int i = 0; i < steps; i++)
            Mutate(text);
        if (text.Length > maxLength)
            text.Length = maxLength;
        return text.ToString();
    }

    private void Mutate(StringBuilder text)
    {
        int at = random.Next(text.Length + 1);
        int length = Math.Min(random.Next(1, 9), text.Length - at);
        switch (random.Next(8))
        {
            case 0:
                text.Remove(at, length);
                break;
            case 1:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 2:
                text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 3:
                text.Insert(random.Next(text.Length + 1), text.ToString(at, length));
                break;
            case 4:
                text.Insert(at, Slice(Pick()));
                break;
            case 5:
                text.Insert(0, '(')
                    .Append(')')
                    .Append(Pieces[random.Next(Pieces.Length)])
                    .Append('(')
                    .Append(Pick())
                    .Append(')');
                break;
            case 6:
                text.Insert(at, (char)random.Next(random.Next(2) == 0 ? 128 : 65_536));
                break;
            default:
                Repeat(text, at, length);
                break;
        }
    }

    // Seldom, since long texts take the time of hundreds of short ones.
    private void Repeat(StringBuilder text, int at, int length)
    {
        int times = random.Next(8) == 0 ? maxLength / Math.Max(1, length) : random.Next(64);
        string piece = text.ToString(at, length);
        text.Insert(at, piece, Math.Min(times, (maxLength - Math.Min(maxLength, text.Length)) / Math.Max(1, length)));
    }

    private string Slice(string from)
    {
        int start = random.Next(from.Length + 1);
        return from.Substring(start, random.Next(from.Length - start + 1));
    }

    private string Pick() => corpus[random.Next(corpus.Count)];
}
