using System.Text;
using Throughline.Cel.Regex;

namespace Throughline.Cel.Tests.Regex;

/// <summary>The tables of case folding, categories and scripts against what .NET knows of Unicode.</summary>
public sealed class UnicodeTests
{
    // Upper and lower case lead there, folding does not: what the dots of an i mean depends on the language.
    private static readonly int[] NotFolded = [0x130, 0x131];

    [Fact]
    public void Orbit_EveryCodePoint_HoldsItsUpperAndLowerCase()
    {
        foreach (Rune rune in Runes())
        {
            Rune upper = Rune.ToUpperInvariant(rune);
            Rune lower = Rune.ToLowerInvariant(rune);
            if ((upper == rune && lower == rune) || NotFolded.Contains(rune.Value))
                continue;
            CodePointSet orbit = CaseFolding.Orbit(rune.Value);

            Assert.True(orbit.Contains(upper.Value) && orbit.Contains(lower.Value), $"U+{rune.Value:X}");
            Assert.Equal(orbit, CaseFolding.Orbit(upper.Value));
        }
    }

    [Theory]
    [InlineData("k", "Kk\u212A")]
    [InlineData("S", "Ssſ")]
    [InlineData("θ", "Θθϑϴ")]
    [InlineData("ß", "ßẞ")]
    [InlineData("µ", "µΜμ")]
    [InlineData("ǅ", "Ǆǅǆ")]
    [InlineData("i", "Ii")]
    [InlineData("İ", "İ")]
    [InlineData("ı", "ı")]
    [InlineData("1", "1")]
    public void Orbit_OfALetter_IsAllThatFoldsAlike(string letter, string orbit)
    {
        var expected = new CodePointSetBuilder();
        foreach (char c in orbit)
            expected.Add(c, c);

        Assert.Equal(expected.Build(), CaseFolding.Orbit(letter[0]));
        Assert.Equal(expected.Build(), CaseFolding.Fold(CodePointSet.Of(letter[0])));
    }

    [Fact]
    public void Category_EveryCodePoint_IsInItsOwnAlone()
    {
        string[] names =
        [
            "Lu",
            "Ll",
            "Lt",
            "Lm",
            "Lo",
            "Mn",
            "Mc",
            "Me",
            "Nd",
            "Nl",
            "No",
            "Zs",
            "Zl",
            "Zp",
            "Cc",
            "Cf",
        ];
        foreach (Rune rune in Runes())
        {
            var category = (int)Rune.GetUnicodeCategory(rune);
            if (category < names.Length)
                Assert.True(NamedClasses.Unicode(names[category])!.Contains(rune.Value), $"U+{rune.Value:X}");
        }
        Assert.Equal(
            NamedClasses.Unicode("L")!.Size,
            names[..5].Sum(n => NamedClasses.Unicode(n)!.Size) // none twice
        );
        Assert.True(NamedClasses.Unicode("Co")!.Contains(0x10FFFD));
        Assert.True(NamedClasses.Unicode("Cs")!.Contains(0xD800));
        Assert.False(NamedClasses.Unicode("C")!.Contains(0x378)); // not assigned
    }

    [Fact]
    public void Script_EveryLetter_IsInOne()
    {
        string[] names =
        [
            "Common",
            "Inherited",
            "Latin",
            "Greek",
            "Cyrillic",
            "Han",
            "Hangul",
            "Arabic",
            "Yi",
            "Zanabazar_Square",
        ];
        CodePointSet[] scripts = [.. names.Select(n => NamedClasses.Unicode(n)!)];
        for (int i = 0; i < scripts.Length; i++)
        for (int j = 0; j < i; j++)
        for (int range = 0; range < scripts[i].RangeCount; range++)
            Assert.False(scripts[j].Contains(scripts[i].First(range)), $"{names[i]} and {names[j]}");

        Assert.True(scripts[2].Contains('ſ') && scripts[2].Contains(0x1DF00));
        Assert.True(scripts[5].Contains('日') && scripts[5].Contains(0x323AF));
        Assert.True(scripts[0].Contains('1') && scripts[1].Contains(0x300));
        Assert.Null(NamedClasses.Unicode("Gree"));
        Assert.Null(NamedClasses.Unicode(""));
        Assert.Null(NamedClasses.Unicode("370-373"));
    }

    [Fact]
    public void Fold_ASetOfAll_IsItself() => Assert.Equal(CodePointSet.All, CaseFolding.Fold(CodePointSet.All));

    [Fact]
    public void Alphabet_OfSets_TellsTheirMembersFromOthers()
    {
        CodePointSet[] sets =
        [
            NamedClasses.Word,
            CodePointSet.Of('é'),
            NamedClasses.Unicode("Greek")!,
            CodePointSet.AllButNewline,
            new([0x1F600, 0x1F64F]),
        ];
        var alphabet = new Alphabet(sets);

        // Word; é; Greek; newline; faces; the rest.
        Assert.Equal(6, alphabet.Count);
        foreach (Rune rune in Runes())
        foreach (CodePointSet set in sets)
            Assert.Equal(set.Contains(rune.Value), set.Contains(SampleOf(alphabet, alphabet.ClassOf(rune.Value))));
    }

    private static int SampleOf(Alphabet alphabet, int number) => alphabet.Ranges().First(r => r.Class == number).First;

    private static IEnumerable<Rune> Runes() =>
        Enumerable.Range(0, 0x30000).Where(c => c is < 0xD800 or > 0xDFFF).Select(c => new Rune(c));
}
