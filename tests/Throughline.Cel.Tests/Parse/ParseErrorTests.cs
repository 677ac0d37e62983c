using static Throughline.Cel.Tests.Kit.Parsing;

namespace Throughline.Cel.Tests.Parse;

/// <summary>Errors of syntax: where they are, and what was expected.</summary>
public sealed class ParseErrorTests
{
    [Theory]
    [InlineData("", 1, 1, "expected an expression, found the end")]
    [InlineData("  // nothing", 1, 13, "expected an expression, found the end")]
    [InlineData("a +", 1, 4, "expected an expression, found the end")]
    [InlineData("a + * b", 1, 5, "expected an expression, found '*'")]
    [InlineData("a b", 1, 3, "expected an operator or the end, found 'b'")]
    [InlineData("a and b", 1, 3, "expected an operator or the end, found 'and' (did you mean '&&'?)")]
    [InlineData("a 'b'", 1, 3, "expected an operator or the end, found a string")]
    [InlineData("a 12", 1, 3, "expected an operator or the end, found the number 12")]
    [InlineData("(a", 1, 3, "expected an operator or ')', found the end")]
    [InlineData("(a]", 1, 3, "expected an operator or ')', found ']'")]
    [InlineData("f(a b)", 1, 5, "expected an operator, ',' or ')', found 'b'")]
    [InlineData("f(a,)", 1, 5, "expected an expression, found ')'")]
    [InlineData("[a b]", 1, 4, "expected an operator, ',' or ']', found 'b'")]
    [InlineData("[,]", 1, 2, "expected an expression, found ','")]
    [InlineData("a[b", 1, 4, "expected an operator or ']', found the end")]
    [InlineData("{a}", 1, 3, "expected ':' and the key's value, found '}'")]
    [InlineData("{a: }", 1, 5, "expected an expression, found '}'")]
    [InlineData("T{a 1}", 1, 5, "expected ':' and the field's value, found the number 1")]
    [InlineData("T{1: a}", 1, 3, "expected a field's name, found the number 1")]
    [InlineData("T{in: a}", 1, 3, "expected a field's name (names like this stand in backticks), found 'in'")]
    [InlineData("a.in", 1, 3, "expected a field's name (names like this stand in backticks), found 'in'")]
    [InlineData("a.'b'", 1, 3, "expected a field's name, found a string")]
    [InlineData("a.`b`()", 1, 6, "expected an operator or the end, found '('")]
    [InlineData("a.?b()", 1, 5, "expected an operator or the end, found '('")]
    [InlineData("f(){}", 1, 4, "expected an operator or the end, found '{'")]
    [InlineData("(T){}", 1, 4, "expected an operator or the end, found '{'")]
    [InlineData("a.?T{}", 1, 5, "expected an operator or the end, found '{'")]
    [InlineData("a ? b", 1, 6, "expected ':' and what the value is otherwise, found the end")]
    [InlineData("a ? b ? c : d : e", 1, 7, "expected ':' and what the value is otherwise, found '?'")]
    [InlineData(".1a", 1, 3, "expected an operator or the end, found 'a'")]
    [InlineData(". (a)", 1, 3, "expected a name, found '('")]
    [InlineData("while", 1, 1, "'while' is a reserved word, not a name")]
    [InlineData("a + if(b)", 1, 5, "'if' is a reserved word, not a name")]
    [InlineData(".as.b", 1, 2, "'as' is a reserved word, not a name")]
    [InlineData("a = b", 1, 3, "'=' is no operator; '==' is")]
    [InlineData("a & b", 1, 3, "'&' is no operator; '&&' is")]
    [InlineData("a | b", 1, 3, "'|' is no operator; '||' is")]
    [InlineData("a == \u201Cb\u201D", 1, 6, "strings stand between straight quotes, ' or \"")]
    [InlineData("a # b", 1, 3, "the character '#' (U+0023) may stand in strings only")]
    [InlineData("a\0", 1, 2, "the character U+0000 may stand in strings only")]
    [InlineData("a\u200b", 1, 2, "the character U+200B may stand in strings only")]
    [InlineData("'\U0001F600' + \U0001F600", 1, 7, "the character '\U0001F600' (U+1F600) may stand in strings only")]
    [InlineData("a.``", 1, 3, "a name in backticks cannot be empty")]
    [InlineData("a.`b", 1, 3, "a name in backticks has letters")]
    [InlineData("a.`b$`", 1, 5, "a name in backticks has letters")]
    [InlineData("a &&\n  b &&\n  c d", 3, 5, "expected an operator or the end, found 'd'")]
    [InlineData("a\r\n+\r+", 3, 1, "expected an expression, found '+'")]
    [InlineData("'''\n\n''' b", 3, 5, "expected an operator or the end, found 'b'")]
    public void Parse_WrongSyntax_SaysWhereAndWhatWasExpected(string text, int line, int column, string message)
    {
        CelIssue issue = Issue(text);
        Assert.StartsWith(message, issue.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (issue.Line, issue.Column));
    }

    [Fact]
    public void Parse_SeveralWrongLiterals_ListsAllInOrder()
    {
        IReadOnlyList<CelIssue> issues = Issues("[99999999999999999999, '\\q', has(a), 1 +]");

        Assert.Equal([1, 24, 33, 40], issues.Select(x => x.Position));
    }

    [Fact]
    public void ToString_Issue_ShowsTheLineWithACaret() =>
        Assert.Equal(
            "2:6: expected an expression, found '*'\n  |  b + * c\n  |      ^",
            Issue("a +\n\tb + * c\n+ d").ToString()
        );

    [Fact]
    public void ToString_IssueInALongLine_ShowsTheSurroundings()
    {
        string before = string.Concat(Enumerable.Repeat("abc + ", 100));
        string after = string.Concat(Enumerable.Repeat(" + xyz", 100));

        string[] lines = Issue($"{before}*{after}").ToString().Split('\n');

        Assert.Equal("1:601: expected an expression, found '*'", lines[0]);
        Assert.True(lines[1].Length < 120);
        Assert.Equal('*', lines[1][lines[2].IndexOf('^', StringComparison.Ordinal)]);
        Assert.StartsWith("  | ...", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("...", lines[1], StringComparison.Ordinal);
    }
}
