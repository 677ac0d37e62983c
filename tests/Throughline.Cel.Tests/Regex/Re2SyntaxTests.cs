using Throughline.Cel.Regex;

namespace Throughline.Cel.Tests.Regex;

/// <summary>
/// What RE2 accepts and refuses; each line was put before RE2 and Go's regexp, which agree on it but for what is noted. (?&lt;n&gt;)
/// is newer than the versions asked.
/// </summary>
public sealed class Re2SyntaxTests
{
    [Theory]
    [InlineData("")]
    [InlineData("()|(?:)||")]
    [InlineData("a{,5}")] // braces that are no repetition are literals
    [InlineData("a{01}{")]
    [InlineData("a{1,")]
    [InlineData("^*$+")]
    [InlineData("a(?i)*")] // the flags are no item: a is repeated
    [InlineData("(?)(?-i)(?i-s)(?is-mU:a)")]
    [InlineData("(?P<n>a)(?<m>b)(?P<n>c)(?P<1_>d)")]
    [InlineData("[]a]")]
    [InlineData("[^]a]")]
    [InlineData("[--a]")]
    [InlineData("[a-]")]
    [InlineData("[a-z-[b]]")] // no subtraction: a class, then a bracket
    [InlineData(@"[\d-z]")]
    [InlineData("[[:alpha]")]
    [InlineData("[[:^word:][:ascii:]]")]
    [InlineData(@"\0\01\12\1234")]
    [InlineData(@"\x41\x{0}\x{10FFFF}\x{00000041}")]
    [InlineData(@"\a\f\t\n\r\v\_\-\ \]")]
    [InlineData(@"\Qa*")]
    [InlineData(@"\Qa\E*")]
    [InlineData(@"a*\Q\E*")]
    [InlineData(@"\pN\p{Greek}\p{^Greek}\P{Lu}\p{Any}\p{Yi}\PL")]
    [InlineData("(a{10}){100}")]
    [InlineData("x{0}|x{0,1000}|(?:x{1000}){0,1}")]
    [InlineData("(?U)a+?(?s).")]
    public void TryCreate_ValidPattern_Compiles(string pattern)
    {
        Re2? regex = Re2.TryCreate(pattern, out RegexError error);

        Assert.NotNull(regex);
        Assert.Equal(default, error);
        Assert.Equal(pattern, regex.ToString());
    }

    [Theory]
    [InlineData("a(?=b)", RegexErrorCode.Group, 1)]
    [InlineData("(?!b)", RegexErrorCode.Group, 0)]
    [InlineData("a(?<=b)", RegexErrorCode.Group, 1)]
    [InlineData("(?<!b)", RegexErrorCode.Group, 0)]
    [InlineData("(?>b)", RegexErrorCode.Group, 0)]
    [InlineData("(?#b)", RegexErrorCode.Group, 0)]
    [InlineData("(?x)b", RegexErrorCode.Group, 0)]
    [InlineData("(?n)b", RegexErrorCode.Group, 0)]
    [InlineData("(?P=n)", RegexErrorCode.Group, 0)]
    [InlineData("(?P>n)", RegexErrorCode.Group, 0)]
    [InlineData("(?i", RegexErrorCode.Group, 0)]
    [InlineData("(?-)", RegexErrorCode.Group, 0)]
    [InlineData("(?i-)", RegexErrorCode.Group, 0)]
    [InlineData("(?i--s)", RegexErrorCode.Group, 0)]
    [InlineData("(?P<>a)", RegexErrorCode.GroupName, 4)]
    [InlineData("(?P<a b>a)", RegexErrorCode.GroupName, 4)]
    [InlineData("(?P<n", RegexErrorCode.GroupName, 0)]
    [InlineData("a(b", RegexErrorCode.Parenthesis, 1)]
    [InlineData("ab)", RegexErrorCode.Parenthesis, 2)]
    [InlineData("b[a", RegexErrorCode.MissingBracket, 1)]
    [InlineData("[]", RegexErrorCode.MissingBracket, 0)]
    [InlineData("[a-", RegexErrorCode.MissingBracket, 0)]
    [InlineData("[[:alpha:", RegexErrorCode.MissingBracket, 0)]
    [InlineData("[bz-a]", RegexErrorCode.CharacterClass, 2)]
    [InlineData("[[:foo:]]", RegexErrorCode.CharacterClass, 1)]
    [InlineData(@"\pX", RegexErrorCode.CharacterClass, 0)]
    [InlineData(@"\p", RegexErrorCode.CharacterClass, 0)]
    [InlineData(@"\p{greek}", RegexErrorCode.CharacterClass, 0)]
    [InlineData(@"\p{Cn}", RegexErrorCode.CharacterClass, 0)]
    [InlineData(@"\p{Greek", RegexErrorCode.CharacterClass, 0)]
    [InlineData(@"a\Z", RegexErrorCode.Escape, 1)]
    [InlineData(@"\G", RegexErrorCode.Escape, 0)]
    [InlineData(@"\cA", RegexErrorCode.Escape, 0)]
    [InlineData(@"\C", RegexErrorCode.Escape, 0)] // one byte, in RE2 alone; Go refuses it too
    [InlineData(@"(a)\1", RegexErrorCode.Escape, 3)]
    [InlineData(@"\8", RegexErrorCode.Escape, 0)]
    [InlineData(@"\q", RegexErrorCode.Escape, 0)]
    [InlineData(@"\é", RegexErrorCode.Escape, 0)]
    [InlineData(@"\E", RegexErrorCode.Escape, 0)]
    [InlineData(@"\u0041", RegexErrorCode.Escape, 0)]
    [InlineData(@"\x4", RegexErrorCode.Escape, 0)]
    [InlineData(@"\x{}", RegexErrorCode.Escape, 0)]
    [InlineData(@"\x{41", RegexErrorCode.Escape, 0)]
    [InlineData(@"\x{110000}", RegexErrorCode.Escape, 0)]
    [InlineData(@"[a-\d]", RegexErrorCode.Escape, 3)]
    [InlineData(@"[\b]", RegexErrorCode.Escape, 1)]
    [InlineData(@"[\Qa\E]", RegexErrorCode.Escape, 1)]
    [InlineData(@"a\", RegexErrorCode.Escape, 1)]
    [InlineData("*a", RegexErrorCode.RepetitionOperator, 0)]
    [InlineData("{2}", RegexErrorCode.RepetitionOperator, 0)]
    [InlineData("a|*", RegexErrorCode.RepetitionOperator, 2)]
    [InlineData("(?i)*", RegexErrorCode.RepetitionOperator, 4)]
    [InlineData("a**", RegexErrorCode.RepetitionOperator, 1)]
    [InlineData("a++", RegexErrorCode.RepetitionOperator, 1)]
    [InlineData("a*??", RegexErrorCode.RepetitionOperator, 1)]
    [InlineData("ba{2}{3}", RegexErrorCode.RepetitionOperator, 2)]
    [InlineData("a{1001}", RegexErrorCode.RepetitionSize, 1)]
    [InlineData("a{1,1001}", RegexErrorCode.RepetitionSize, 1)]
    [InlineData("a{99999999999999999999}", RegexErrorCode.RepetitionSize, 1)] // RE2: literals; Go refuses it
    [InlineData("a{2,1}", RegexErrorCode.RepetitionSize, 1)]
    [InlineData("(a{10}){101}", RegexErrorCode.RepetitionSize, 7)]
    [InlineData("(?:x{600}){0,2}", RegexErrorCode.RepetitionSize, 10)]
    public void TryCreate_InvalidPattern_IsRefusedWithItsPlace(string pattern, RegexErrorCode code, int position)
    {
        Re2? regex = Re2.TryCreate(pattern, out RegexError error);

        Assert.Null(regex);
        Assert.Equal((code, position), (error.Code, error.Position));
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void TryCreate_HugePattern_IsRefused()
    {
        Assert.Equal(RegexErrorCode.TooLarge, CodeOf(string.Concat(Enumerable.Repeat("abcdefghij{1000}", 100))));
        Assert.Equal(RegexErrorCode.TooLarge, CodeOf(new string('a', 40_000)));
        Assert.Equal(RegexErrorCode.TooLarge, CodeOf(string.Concat(Enumerable.Repeat("(a)", 5000))));
        Assert.Equal(
            RegexErrorCode.TooLarge,
            CodeOf(string.Concat(Enumerable.Range(0x4E00, 1000).Select(c => $@"[\pS{(char)c}]")))
        );
    }

    [Fact]
    public void TryCreate_DeepNesting_NeedsLittleStack()
    {
        bool deep = false;
        RegexErrorCode tooDeep = RegexErrorCode.None;
        var thread = new Thread(
            () =>
            {
                Re2? regex = Re2.TryCreate(Nested(RegexLimits.Nesting), out _);
                deep = regex is not null && regex.IsMatch("aaa") && regex.TryMatch("baa", 0, new int[4]);
                tooDeep = CodeOf(Nested(RegexLimits.Nesting + 1));
            },
            maxStackSize: 1 << 19
        );
        thread.Start();
        thread.Join();

        Assert.True(deep);
        Assert.Equal(RegexErrorCode.TooLarge, tooDeep);
    }

    [Fact]
    public void GroupNames_NamedAndUnnamed_StandAtTheirNumbers()
    {
        Re2? regex = Re2.TryCreate("(a)(?P<first>b(?:c))(?<second>d)()", out _);

        Assert.NotNull(regex);
        Assert.Equal(4, regex.GroupCount);
        Assert.Equal([null, null, "first", "second", null], regex.GroupNames);
    }

    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("(?:x|", depth)) + "a" + string.Concat(Enumerable.Repeat(")*?b?", depth));

    private static RegexErrorCode CodeOf(string pattern)
    {
        Assert.Null(Re2.TryCreate(pattern, out RegexError error));
        return error.Code;
    }
}
