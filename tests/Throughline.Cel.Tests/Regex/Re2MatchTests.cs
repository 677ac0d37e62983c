using System.Globalization;
using Throughline.Cel.Regex;

namespace Throughline.Cel.Tests.Regex;

/// <summary>What RE2 finds and where; each line was put before RE2 and Go's regexp, which agree on it.</summary>
public sealed class Re2MatchTests
{
    // Expected: start-end of the match and of each group, "no" for a group without part in it; "none" for no match.
    [Theory]
    [InlineData("", "", "0-0")]
    [InlineData("", "abc", "0-0")]
    [InlineData("abc", "xabcabc", "1-4")]
    [InlineData("a|ab", "ab", "0-1")] // leftmost-first, not leftmost-longest
    [InlineData("(a|ab)(c|bcd)(d*)", "abcd", "0-4 0-1 1-4 4-4")]
    [InlineData("(a+)(b+)?", "aac", "0-2 0-2 no")]
    [InlineData("a*?", "aaa", "0-0")]
    [InlineData("(?U)a+", "aaa", "0-1")]
    [InlineData("(?U)a+?", "aaa", "0-3")]
    [InlineData("a{2,3}?", "aaaa", "0-2")]
    [InlineData("(?:a{2}){2}", "aaaaa", "0-4")]
    [InlineData("(a*)*", "b", "0-0 0-0")]
    [InlineData("(a*)+", "b", "0-0 0-0")]
    [InlineData("(a|b)*", "ab", "0-2 1-2")]
    [InlineData("(|a)*", "aa", "0-0 0-0")]
    [InlineData("(|a)+", "aa", "0-0 0-0")]
    [InlineData("(a|)+", "aab", "0-2 1-2")]
    [InlineData("(?:(a)|b)*", "ab", "0-2 0-1")] // a group keeps what it matched last
    [InlineData("x{0}y", "xy", "1-2")]
    [InlineData("^a", "ba\na", "none")]
    [InlineData("(?m)^a", "ba\na", "3-4")]
    [InlineData("a$", "a\n", "none")] // .NET: before a last newline too
    [InlineData("(?m)a$", "a\n", "0-1")]
    [InlineData(@"a\z", "aa", "1-2")]
    [InlineData(@"(?m)\Aa|b\z", "c\na\nb", "4-5")]
    [InlineData("$^", "", "0-0")]
    [InlineData("(?m)$^", "a\n\nb", "2-2")]
    [InlineData(@"\bfoo\b", "afoo foo", "5-8")]
    [InlineData(@"\Boo", "foo", "1-3")]
    [InlineData(@"\B", "", "0-0")]
    [InlineData(@"\b", "", "none")]
    [InlineData(@"\bé", "aé", "1-2")] // é is no word character: a boundary
    [InlineData("a.c", "a\nc", "none")]
    [InlineData("(?s)a.c", "a\nc", "0-3")]
    [InlineData("a(?s:.)c.", "a\nc\n", "none")]
    [InlineData("(?i)straße", "STRAẞE", "0-6")]
    [InlineData("(?i)Ω", "\u2126", "0-1")]
    [InlineData("(?i:a)b", "AB", "none")]
    [InlineData("(?i:a)b", "Ab", "0-2")]
    [InlineData("(?i)a(?-i)b", "Ab", "0-2")]
    [InlineData("[^a]", "\n", "0-1")]
    [InlineData("[a-z-[b]]", "-]", "0-2")]
    [InlineData(@"[\d-z]+", "a-z5", "1-4")]
    [InlineData(@"\Qa.b\E+", "a.bbb", "0-5")]
    [InlineData(@"\x{1F600}\x41\101", "😀AA", "0-4")]
    [InlineData(@"\p{Greek}+\PN", "1αβγ2x", "1-4")]
    [InlineData(@"(\p{^Lu})\P{^Lu}", "AaA", "1-3 1-2")]
    [InlineData("(?P<year>[0-9]{4})-(?P<month>[0-9]{2})", "on 2024-05-06", "3-10 3-7 8-10")]
    [InlineData("a{,2}", "aa{,2}", "1-6")]
    [InlineData("(foo|foobar)(bar)?", "foobar", "0-6 0-3 3-6")]
    [InlineData("(?:a(?i)b|c)d", "aBD", "none")] // the flag ends with its group
    [InlineData("a(?i)b|c", "C", "0-1")] // but passes the bar
    public void TryMatch_KnownVector_FindsWhatRe2Finds(string pattern, string text, string expected)
    {
        Re2 regex = Create(pattern);

        Assert.Equal(expected, Matched(regex, text, 0));
        Assert.Equal(!string.Equals(expected, "none", StringComparison.Ordinal), regex.IsMatch(text));
    }

    // The second character is what .NET's regular expressions get differently, or refuse to parse.
    [Theory]
    [InlineData(@"^\d$", "1", "١")]
    [InlineData(@"^\w$", "e", "é")]
    [InlineData(@"^\s$", "\f", "\v")]
    [InlineData(@"^\s$", " ", "\u00A0")]
    [InlineData(@"^\D$", "١", "1")]
    [InlineData(@"^a\b", "aé", "ab_")]
    [InlineData("^a$", "a", "a\n")]
    [InlineData("^.$", "😀", "ab")]
    [InlineData("^[^a]$", "😀", "a")]
    [InlineData("^[😀]$", "😀", "\uD83D")]
    [InlineData("^[😀-😂]$", "😁", "😃")]
    [InlineData("(?i)^s$", "ſ", "ß")]
    [InlineData("(?i)^K$", "\u212A", "x")]
    [InlineData("(?i)^[^k]$", "x", "\u212A")]
    [InlineData(@"(?i)^\w$", "ſ", "é")]
    [InlineData("(?i)^i$", "I", "İ")]
    [InlineData("^[[:alpha:]]$", "x", ":")]
    [InlineData("^[[:^space:]]$", "1", "\v")]
    [InlineData(@"^\pN$", "Ⅷ", "V")]
    [InlineData(@"^\p{Cyrillic}$", "ж", "x")]
    [InlineData("^a{,2}$", "a{,2}", "aa")]
    [InlineData(@"^\x{e9}$", "é", "x")]
    public void IsMatch_WhereDotNetDiffers_DoesAsRe2(string pattern, string matching, string other)
    {
        Re2 regex = Create(pattern);

        Assert.True(regex.IsMatch(matching));
        Assert.False(regex.IsMatch(other));
    }

    [Theory]
    [InlineData("a", "aba", 1, "2-3")]
    [InlineData("^a", "aba", 2, "none")] // the text begins where it begins
    [InlineData(@"\ba", "aa a", 1, "3-4")]
    [InlineData("", "abc", 3, "3-3")]
    [InlineData("(?m)^b", "a\nb", 2, "2-3")]
    public void TryMatch_FromAPlace_SeesWhatStandsBefore(string pattern, string text, int start, string expected) =>
        Assert.Equal(expected, Matched(Create(pattern), text, start));

    [Fact]
    public void TryMatch_LoneSurrogates_AreCharacters()
    {
        Assert.Equal("0-1", Matched(Create("^.$"), "\uDE00", 0));
        Assert.Equal("1-3", Matched(Create("[^a]$"), "\uD83D\uD83D\uDE00", 0));
        Assert.Equal("none", Matched(Create(@"\x{DE00}"), "😀", 0)); // a pair is one character, not two
        Assert.Equal("1-2", Matched(Create(@"\x{DE00}"), "\uDE00\uDE00"[..1] + "\uDE00", 1));
    }

    [Fact]
    public void TryMatch_RoomForFewerGroups_FillsThoseAlone()
    {
        int[] groups = [7, 7, 7];

        Assert.True(Create("x(a)(b)").TryMatch("xab", 0, groups.AsSpan(0, 2)));

        Assert.Equal([0, 3, 7], groups);
    }

    [Fact]
    public void TryMatch_StartOutsideTheText_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Create("a").TryMatch("a", 2, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create("a").TryMatch("a", -1, default));
    }

    internal static Re2 Create(string pattern) =>
        Re2.TryCreate(pattern, out RegexError error)
        ?? throw new InvalidOperationException($"/{pattern}/ is refused: {error}");

    internal static string Matched(Re2 regex, string text, int start)
    {
        int[] groups = new int[2 * (regex.GroupCount + 1)];
        if (!regex.TryMatch(text, start, groups))
            return "none";
        return string.Join(' ', groups.Chunk(2).Select(Written));
    }

    private static string Written(int[] group) =>
        group[0] < 0 ? "no" : string.Create(CultureInfo.InvariantCulture, $"{group[0]}-{group[1]}");
}
