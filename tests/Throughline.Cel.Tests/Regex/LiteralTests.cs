using Throughline.Cel.Regex;

namespace Throughline.Cel.Tests.Regex;

/// <summary>What is cut off a pattern before a search, and which literals are found in it.</summary>
public sealed class LiteralTests
{
    // Prefix and what must follow: strings separated by blanks, "i:" before those that ignore case, "-" for none.
    [Theory]
    [InlineData("Googlebot", "Googlebot", "-")]
    [InlineData("bot|crawl|spider", "bot crawl spider", "-")]
    [InlineData("(?i)Bot", "i:bot", "-")]
    [InlineData("[Hh]eadless/[0-9]+", "i:headless/", "-")]
    [InlineData("https?://x", "https://x http://x", "-")]
    [InlineData(".*(bot|spider)[a-z]*/[0-9]+", "bot spider", "/")]
    [InlineData("Mozilla/5.*HeadlessChrome", "Mozilla/5", "HeadlessChrome")]
    [InlineData(@"\bbot\b", "bot", "-")]
    [InlineData("[0-9]+px", "-", "px")]
    [InlineData("(?:ab){2,}c", "ab", "c")]
    [InlineData("é😀", "é😀", "-")]
    [InlineData(@"\x{D83D}b", "-", "b")] // half a pair is not to be looked for
    [InlineData("[a-z]+", "-", "-")]
    [InlineData("a?", "-", "-")]
    [InlineData("(?i)\u03C9", "\u03A9 \u03C9 \u2126", "-")]
    public void Of_APattern_FindsItsLiterals(string pattern, string prefix, string rest)
    {
        RegexNode node = SearchTrimming.Trim(RegexParser.Parse(pattern, out _, out _)!);
        Literals literals = LiteralAnalysis.Of(node);

        Assert.Equal(prefix, Written(literals.Prefix));
        Assert.Equal(rest, Written(literals.Rest));
    }

    [Theory]
    [InlineData("bot|crawl", true)]
    [InlineData("bot|crawl$", false)]
    [InlineData("(?i)bot", false)]
    [InlineData("(?:bot){2}", false)]
    [InlineData("bot[0-9]", false)]
    [InlineData(".*(Headless|Phantom).*", true)]
    public void Decides_OnlyForWholeLiterals_IsTrue(string pattern, bool decides)
    {
        RegexNode node = SearchTrimming.Trim(RegexParser.Parse(pattern, out _, out _)!);
        LiteralFinder? finder = LiteralFinder.Create(node, ProgramBuilder.Build(node, captures: false));

        Assert.NotNull(finder);
        Assert.Equal(decides, finder.Decides);
    }

    [Theory]
    [InlineData("(?i)skype", "\u017F\u212Aype")]
    [InlineData("(?i)[0-9]*task.*disk", "1TAS\u212A, DI\u017Fk")]
    [InlineData("(?i)bot(?-i)İ", "BOTİ")]
    public void IsMatch_CaseVariantsBeyondAscii_AreNotOverlooked(string pattern, string text) =>
        Assert.True(Re2MatchTests.Create(pattern).IsMatch(text));

    [Theory]
    [InlineData("x*", 0)]
    [InlineData(".*bot.*", 3)]
    [InlineData("(a|b?)c+", 1)]
    [InlineData("[a-z]{2,5}x[0-9]{1,3}", 4)]
    [InlineData("(?:a+b)*?c", 1)]
    [InlineData(@"\bx*y", 2)] // what comes after an assertion stays
    public void Trim_APattern_LeavesWhatASearchNeeds(string pattern, int consuming)
    {
        RegexNode node = SearchTrimming.Trim(RegexParser.Parse(pattern, out _, out _)!);
        RegexProgram program = ProgramBuilder.Build(node, captures: false);
        int count = 0;
        foreach (Instruction instruction in program.Code)
            count += instruction.Op is Op.Class or Op.Set ? 1 : 0;

        Assert.Equal(consuming, count);
    }

    private static string Written(LiteralSet? set) =>
        set is null or { MinLength: 0 } ? "-" : (set.IgnoresCase ? "i:" : "") + string.Join(' ', set.Items);
}
