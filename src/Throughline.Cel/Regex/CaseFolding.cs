using System.Globalization;

namespace Throughline.Cel.Regex;

/// <summary>
/// Which code points <c>(?i)</c> takes for the same: those with the same simple case folding (Unicode 17, CaseFolding.txt, status
/// C and S). Not the same are dotted and dotless i, as folding them depends on the language.
/// </summary>
internal static class CaseFolding
{
    /// <summary>Every member of the set, and everything that folds to the same.</summary>
    public static CodePointSet Fold(CodePointSet set)
    {
        if (set.RangeCount == 0 || set.Last(set.RangeCount - 1) < 0x80)
            return FoldAscii(set);
        // What a round adds may have further equals: K leads to k, and k to the Kelvin sign.
        while (Round(set) is { } larger)
            set = larger;
        return set;
    }

    /// <summary>The code point and all that fold to the same.</summary>
    public static CodePointSet Orbit(int codePoint)
    {
        if (codePoint >= 0x80)
            return Fold(CodePointSet.Of(codePoint));
        return char.IsAsciiLetter((char)codePoint) ? AsciiOrbits[(codePoint | 0x20) - 'a'] : CodePointSet.Of(codePoint);
    }

    private static CodePointSet FoldAscii(CodePointSet set)
    {
        var folded = new CodePointSetBuilder();
        folded.Add(set);
        for (int letter = 'a'; letter <= 'z'; letter++)
            if (set.Contains(letter) || set.Contains(letter - 0x20))
                folded.Add(AsciiOrbits[letter - 'a']);
        return folded.Build();
    }

    private static CodePointSet? Round(CodePointSet set)
    {
        var larger = new CodePointSetBuilder();
        foreach (Fellows fellows in Table)
        {
            AddFellows(larger, set, fellows, from: 0, to: fellows.Distance);
            AddFellows(larger, set, fellows, from: fellows.Distance, to: 0);
        }
        if (larger.RangeCount == 0)
            return null;
        larger.Add(set);
        return larger.Build();
    }

    private static void AddFellows(CodePointSetBuilder larger, CodePointSet set, Fellows fellows, int from, int to)
    {
        int first = fellows.First + from;
        for (int i = set.FirstRangeEndingAt(first); i < set.RangeCount && set.First(i) <= fellows.Last + from; i++)
        {
            int low = Math.Max(first, set.First(i));
            low += (low - first) % fellows.Stride;
            int high = Math.Min(fellows.Last + from, set.Last(i));
            for (int c = low; c <= high; c += fellows.Stride)
                if (!set.Contains(c - from + to))
                    larger.Add(c - from + to, c - from + to);
        }
    }

    /// <summary>Each code point from First to Last in steps of Stride folds as the one Distance further does.</summary>
    private readonly record struct Fellows(int First, int Last, int Distance, int Stride);

    // Written as first-last+distance/stride, hexadecimal.
    private const string Source = """
        41-5a+20 6b+20bf 73+10c b5+2e7 c0-d6+20 d8-de+20 df+1dbf e5+2046 ff+79 100-12e+1/2 132-136+1/2 139-147+1/2
        14a-176+1/2 179-17d+1/2 180+c3 181+d2 182-184+1/2 186+ce 187+1 189-18a+cd 18b+1 18e+4f 18f+ca 190+cb 191+1
        193+cd 194+cf 195+61 196+d3 197+d1 198+1 19a+a3 19b+a641 19c+d3 19d+d5 19e+82 19f+d6 1a0-1a4+1/2 1a6+da
        1a7+1 1a9+da 1ac+1 1ae+da 1af+1 1b1-1b2+d9 1b3-1b5+1/2 1b7+db 1b8+1 1bc+1 1bf+38 1c4-1c5+1 1c7-1c8+1
        1ca-1cb+1 1cd-1db+1/2 1de-1ee+1/2 1f1-1f2+1 1f4+1 1f8-21e+1/2 222-232+1/2 23a+2a2b 23b+1 23e+2a28
        23f-240+2a3f 241+1 244+45 245+47 246-24e+1/2 250+2a1f 251+2a1c 252+2a1e 25c+a54f 261+a54b 264+a567 265+a528
        266+a544 26a+a544 26b+29f7 26c+a541 271+29fd 27d+29e7 282+a543 287+a52a 29d+a515 29e+a512 345+54 370-372+1/2
        376+1 37b-37d+82 37f+74 386+26 388-38a+25 38c+40 38e-38f+3f 390+1c43 391-3a1+20 3a3+1f 3a4-3ab+20 3b0+1c33
        3b2+1e 3b5+40 3b8+19 3b9+1c05 3ba+36 3c0+16 3c1+30 3c2+1 3c6+f 3c9+1d5d 3cf+8 3d1+23 3d8-3ee+1/2 3f2+7 3f7+1
        3fa+1 400-40f+50 410-42f+20 432+184e 434+184d 43e+1844 441-442+1842 44a+183c 460-480+1/2 463+1824
        48a-4be+1/2 4c0+f 4c1-4cd+1/2 4d0-52e+1/2 531-556+30 10a0-10c5+1c60 10c7+1c60 10cd+1c60 10d0-10fa+bc0
        10fd-10ff+bc0 13a0-13ef+97d0 13f0-13f5+8 1c84+1 1c88+89c2 1c89+1 1d79+8a04 1d7d+ee6 1d8e+8a38 1e00-1e94+1/2
        1e61+3a 1ea0-1efe+1/2 1f00-1f07+8 1f10-1f15+8 1f20-1f27+8 1f30-1f37+8 1f40-1f45+8 1f51-1f57+8/2 1f60-1f67+8
        1f70-1f71+4a 1f72-1f75+56 1f76-1f77+64 1f78-1f79+80 1f7a-1f7b+70 1f7c-1f7d+7e 1f80-1f87+8 1f90-1f97+8
        1fa0-1fa7+8 1fb0-1fb1+8 1fb3+9 1fc3+9 1fd0-1fd1+8 1fe0-1fe1+8 1fe5+7 1ff3+9 2132+1c 2160-216f+10 2183+1
        24b6-24cf+1a 2c00-2c2f+30 2c60+1 2c67-2c6b+1/2 2c72+1 2c75+1 2c80-2ce2+1/2 2ceb-2ced+1/2 2cf2+1
        a640-a66c+1/2 a680-a69a+1/2 a722-a72e+1/2 a732-a76e+1/2 a779-a77b+1/2 a77e-a786+1/2 a78b+1 a790-a792+1/2
        a794+30 a796-a7a8+1/2 a7b3+3a0 a7b4-a7c2+1/2 a7c7-a7c9+1/2 a7cc-a7da+1/2 a7f5+1 fb05+1 ff21-ff3a+20
        10400-10427+28 104b0-104d3+28 10570-10594+27/2 10571-10579+27/2 1057d-10589+27/2 1058d-10591+27/2 10595+27
        10c80-10cb2+40 10d50-10d65+20 118a0-118bf+20 16e40-16e5f+20 16ea0-16eb8+1b 1e900-1e921+22
        """;

    private static readonly Fellows[] Table = Parse();

    private static readonly CodePointSet[] AsciiOrbits = [.. Enumerable.Range('a', 26).Select(AsciiOrbit)];

    private static CodePointSet AsciiOrbit(int letter)
    {
        CodePointSet orbit = CodePointSet.Of(letter);
        while (Round(orbit) is { } larger)
            orbit = larger;
        return orbit;
    }

    private static Fellows[] Parse()
    {
        string[] entries = Source.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return [.. entries.Select(ParseEntry)];
    }

    private static Fellows ParseEntry(string entry)
    {
        string[] parts = entry.Split('+', '/');
        string[] range = parts[0].Split('-');
        return new Fellows(Hex(range[0]), Hex(range[^1]), Hex(parts[1]), parts.Length > 2 ? Hex(parts[2]) : 1);
    }

    private static int Hex(string text) =>
        int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
