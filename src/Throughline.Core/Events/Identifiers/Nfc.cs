using System.Globalization;
using System.Text;

namespace Throughline.Core.Events.Identifiers;

/// <summary>
/// Unicode's composed form (UAX 15, normalization form C): a letter and its accent are one, however they were typed. Made here, since the
/// runtime leaves texts as they are where it runs without a locale's data. The table is that of Unicode 14; a composition once made never changes.
/// </summary>
internal static class Nfc
{
    // Hangul syllables by their numbers (The Unicode Standard, 3.12).
    private const int SBase = 0xAC00;
    private const int LBase = 0x1100;
    private const int VBase = 0x1161;
    private const int TBase = 0x11A7;
    private const int LCount = 19;
    private const int VCount = 21;
    private const int TCount = 28;

    private static readonly Lazy<Tables> Table = new(Tables.Read);

    /// <summary>The composed form of a text.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        List<int> codes = [];
        foreach (Rune rune in text.EnumerateRunes())
            Decompose(rune.Value, codes);
        Order(codes);
        Compose(codes);
        StringBuilder result = new(text.Length);
        foreach (int code in codes)
            result.Append(new Rune(code).ToString());
        return result.ToString();
    }

    private static void Decompose(int code, List<int> codes)
    {
        int syllable = code - SBase;
        if (syllable is >= 0 and < LCount * VCount * TCount)
        {
            codes.Add(LBase + syllable / (VCount * TCount));
            codes.Add(VBase + syllable % (VCount * TCount) / TCount);
            if (syllable % TCount != 0)
                codes.Add(TBase + syllable % TCount);
        }
        else if (Table.Value.Decompositions.TryGetValue(code, out (int First, int Second) parts))
        {
            Decompose(parts.First, codes);
            if (parts.Second != 0)
                Decompose(parts.Second, codes);
        }
        else
            codes.Add(code);
    }

    // Marks behind a letter, stable by their classes.
    private static void Order(List<int> codes)
    {
        for (int i = 1; i < codes.Count; i++)
        {
            int kind = ClassOf(codes[i]);
            for (int at = i; kind != 0 && at > 0 && ClassOf(codes[at - 1]) > kind; at--)
                (codes[at - 1], codes[at]) = (codes[at], codes[at - 1]);
        }
    }

    private static void Compose(List<int> codes)
    {
        int starter = -1;
        int last = 0; // class of what stands between the starter and the code
        int kept = 0;
        for (int i = 0; i < codes.Count; i++)
        {
            int kind = ClassOf(codes[i]);
            bool isBlocked = starter < 0 || (kept - starter > 1 && last >= kind);
            if (!isBlocked && TryCompose(codes[starter], codes[i], out int composed))
            {
                codes[starter] = composed;
                continue;
            }
            if (kind == 0)
                starter = kept;
            last = kind;
            codes[kept++] = codes[i];
        }
        codes.RemoveRange(kept, codes.Count - kept);
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        composed = 0;
        if (first - LBase is >= 0 and < LCount && second - VBase is >= 0 and < VCount)
            composed = SBase + ((first - LBase) * VCount + second - VBase) * TCount;
        else if (IsOpenSyllable(first) && second - TBase is > 0 and < TCount)
            composed = first + second - TBase;
        return composed != 0 || Table.Value.Compositions.TryGetValue((first, second), out composed);
    }

    private static bool IsOpenSyllable(int code) =>
        code - SBase is >= 0 and < LCount * VCount * TCount && (code - SBase) % TCount == 0;

    private static int ClassOf(int code) => code < 0x300 ? 0 : Table.Value.Classes.GetValueOrDefault(code);

    private sealed class Tables
    {
        public readonly Dictionary<int, (int First, int Second)> Decompositions = [];
        public readonly Dictionary<(int First, int Second), int> Compositions = [];
        public readonly Dictionary<int, int> Classes = [];

        public static Tables Read()
        {
            Tables tables = new();
            using Stream stream = typeof(Nfc).Assembly.GetManifestResourceStream("unicode-nfc.txt")!;
            using StreamReader reader = new(stream);
            while (reader.ReadLine() is { } line)
            {
                string[] words = line.Split(' ');
                if (words[0] == "k")
                    for (int code = Hex(words[1]); code <= Hex(words[2]); code++)
                        tables.Classes[code] = int.Parse(words[3], CultureInfo.InvariantCulture);
                else if (words[0] is "d" or "d!")
                    tables.Add(Hex(words[1]), Hex(words[2]), words.Length > 3 ? Hex(words[3]) : 0, words[0] == "d");
            }
            return tables;
        }

        private void Add(int code, int first, int second, bool composes)
        {
            Decompositions.Add(code, (first, second));
            if (composes)
                Compositions.Add((first, second), code);
        }

        private static int Hex(string digits) =>
            int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
