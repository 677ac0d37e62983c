using System.Collections.Frozen;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Testing;
using static Throughline.Cel.Tests.Kit.Parsing;

namespace Throughline.Cel.Tests.Parse;

/// <summary>What is printed parses to the same tree, and looks as one would write it.</summary>
public sealed class CelPrinterTests
{
    private static readonly FrozenDictionary<int, Expr> NoMacros = FrozenDictionary<int, Expr>.Empty;
    private static readonly ParserOptions WithoutMacros = ParserOptions.Default with { Macros = false };

    [Fact]
    public void Print_EveryExpressionOfTheSuite_ParsesToTheSameTree()
    {
        foreach (SuiteExpression expression in SuiteExpressions.All())
        {
            ParsedExpr parsed = Parsed(expression.Text, expression.Options);
            string printed = CelPrinter.Print(parsed);
            Assert.Equal(ExprShape.Of(parsed.Root), ExprShape.Of(Parsed(printed, expression.Options).Root));
        }
    }

    [Fact]
    public void Print_AnyTree_ParsesToTheSameTree()
    {
        ExprGenerator generator = new(Seeds.Random());
        for (int round = 0; round < LongTests.Rounds(3_000, 100_000); round++)
        {
            Expr tree = generator.Next(round % 7);
            string printed = CelPrinter.Print(tree, NoMacros);
            Assert.Equal(ExprShape.Of(tree), ExprShape.Of(Parsed(printed, WithoutMacros).Root));
        }
    }

    [Fact]
    public void Print_AnyTreeWithMacros_PrintsThemAsWritten()
    {
        ExprGenerator generator = new(Seeds.Random());
        for (int round = 0; round < LongTests.Rounds(3_000, 100_000); round++)
        {
            string written = CelPrinter.Print(generator.Next(round % 7), NoMacros);
            Assert.Equal(written, CelPrinter.Print(Parsed(written)));
        }
    }

    [Theory]
    [InlineData("(a+b)*c", "(a + b) * c")]
    [InlineData("((a*b))+c", "a * b + c")]
    [InlineData("a-(b-c)-d", "a - (b - c) - d")]
    [InlineData("a&&b&&c&&d||e", "a && b && c && d || e")]
    [InlineData("a&&(b&&c)", "a && (b && c)")]
    [InlineData("(a||b)&&c", "(a || b) && c")]
    [InlineData("a?b:(c?d:e)", "a ? b : c ? d : e")]
    [InlineData("(a?b:c)?d:e", "(a ? b : c) ? d : e")]
    [InlineData("a?(b?c:d):e", "a ? (b ? c : d) : e")]
    [InlineData("-(5)", "-(5)")]
    [InlineData("- 5", "-5")]
    [InlineData("--5", "--5")]
    [InlineData("-(5).f()", "-(5.f())")]
    [InlineData("!(a in b)", "!(a in b)")]
    [InlineData("a . `b-c` . `in` .d", "a.`b-c`.`in`.d")]
    [InlineData("a.?b[?c].`d`", "a.?b[?c].d")]
    [InlineData("0x1F==31u", "31 == 31u")]
    [InlineData("'a\"b' + r'\\d' + b'\\x00\\xff'", "\"a\\\"b\" + \"\\\\d\" + b\"\\x00\\xff\"")]
    [InlineData("{'a':1,?b:c,}", "{\"a\": 1, ?b: c}")]
    [InlineData("[ 1 , ?a , ]", "[1, ?a]")]
    [InlineData(". a . T { f : 1 , ?g : b }", ".a.T{f: 1, ?g: b}")]
    [InlineData("has( a.b )&&x.all( v ,v>0)", "has(a.b) && x.all(v, v > 0)")]
    [InlineData("x.map(v,x.exists(w,w==v))", "x.map(v, x.exists(w, w == v))")]
    [InlineData("cel.bind(v,1,v+v)", "cel.bind(v, 1, v + v)")]
    [InlineData("cel.block([1],cel.index(0)+1)", "cel.block([1], cel.index(0) + 1)")]
    [InlineData("math.least(1,2,3)", "math.least(1, 2, 3)")]
    [InlineData("proto.hasExt(m,a.b.c)", "proto.hasExt(m, a.b.c)")]
    public void Print_Text_IsAsOneWouldWriteIt(string text, string expected) =>
        Assert.Equal(expected, CelPrinter.Print(Parsed(text)));

    [Fact]
    public void Print_PartOfAnExpansion_NamesItsParts()
    {
        ParsedExpr parsed = Parsed("x.all(v, v > 0)");

        Assert.Equal(
            "fold(v in x; @result = true; @not_strictly_false(@result); @result && v > 0; @result)",
            CelPrinter.Print(parsed.Root, NoMacros)
        );
    }
}
