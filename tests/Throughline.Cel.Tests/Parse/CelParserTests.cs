using Throughline.Cel.Parse;
using static Throughline.Cel.Tests.Kit.Parsing;

namespace Throughline.Cel.Tests.Parse;

/// <summary>The grammar: what becomes of each form, and the limits.</summary>
public sealed class CelParserTests
{
    [Theory]
    [InlineData("a || b && c == d + e * -f", "(_||_ a (_&&_ b (_==_ c (_+_ d (_*_ e (-_ f))))))")]
    [InlineData("a * b + c == d && e || f", "(_||_ (_&&_ (_==_ (_+_ (_*_ a b) c) d) e) f)")]
    [InlineData("a - b - c", "(_-_ (_-_ a b) c)")]
    [InlineData("a < b <= c", "(_<=_ (_<_ a b) c)")]
    [InlineData("a / b % c * d", "(_*_ (_%_ (_/_ a b) c) d)")]
    [InlineData("a in b != c", "(_!=_ (@in a b) c)")]
    [InlineData("a > b >= c", "(_>=_ (_>_ a b) c)")]
    [InlineData("a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))")]
    [InlineData("a || b ? c || d : e || f", "(_?_:_ (_||_ a b) (_||_ c d) (_||_ e f))")]
    [InlineData("!a.b", "(!_ (. a b))")]
    [InlineData("(a + b) * c", "(_*_ (_+_ a b) c)")]
    [InlineData("a && b && c", "(_&&_ (_&&_ a b) c)")]
    [InlineData("a && b && c && d && e", "(_&&_ (_&&_ (_&&_ a b) c) (_&&_ d e))")]
    public void Parse_Operators_BindAsTheTableSays(string text, string shape) => Assert.Equal(shape, Shape(text));

    [Theory]
    [InlineData("a.b.c", "(. (. a b) c)")]
    [InlineData(".a.b", "(. .a b)")]
    [InlineData("f()", "(f)")]
    [InlineData(".f(a)", "(.f a)")]
    [InlineData("a.f(b, c).d[e]", "(_[_] (. (.f a b c) d) e)")]
    [InlineData("a.while.as()", "(.as (. a while))")]
    [InlineData("a.`x-y/z. w`", "(. a x-y/z. w)")]
    [InlineData("a.?b.?`in`", "(_?._ (_?._ a \"b\") \"in\")")]
    [InlineData("a[?b]", "(_[?_] a b)")]
    [InlineData("[]", "[]")]
    [InlineData("[a, ?b, c, ?d,]", "[1,3 a b c d]")]
    [InlineData("{}", "{}")]
    [InlineData("{a: b, ?c: d,}", "{ a b ? c d}")]
    [InlineData("T{}", "T{}")]
    [InlineData(". a . b.T {f: 1, ?`in`: b, while: c,}", ".a.b.T{ f 1 ?in b while c}")]
    [InlineData("package.T{}.f", "(. package.T{} f)")]
    [InlineData("T{f: {}}[a]", "(_[_] T{ f {}} a)")]
    [InlineData(" // first\n a // second\r + b // last", "(_+_ a b)")]
    public void Parse_Members_AreWhatTheyLookLike(string text, string shape) => Assert.Equal(shape, Shape(text));

    [Fact]
    public void Parse_Positions_PointToWhatMessagesAreAbout()
    {
        Expr.Call sum = Assert.IsType<Expr.Call>(Parsed(" a.bc + f(x)").Root);

        Assert.Equal(6, sum.Position);
        Assert.Equal([3, 8], sum.Args.Select(x => x.Position));
        Assert.Equal(1, Assert.IsType<Expr.Select>(sum.Args[0]).Operand.Position);
    }

    [Fact]
    public void Parse_AnyExpression_NumbersItsNodesApart()
    {
        ParsedExpr parsed = Parsed(
            "[a, b].all(x, x.optMap(y, {y: T{f: -z}}).exists(i, v, has(v.w) && cel.bind(q, 1, q)))"
        );
        List<int> ids = [];
        Collect(parsed.Root);

        Assert.All(ids, id => Assert.True(id > 0));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(parsed.MacroCalls.Keys, id => Assert.Contains(id, ids));

        void Collect(Expr node)
        {
            ids.Add(node.Id);
            ids.AddRange((node as Expr.MapLiteral)?.Entries.Select(x => x.Id) ?? []);
            ids.AddRange((node as Expr.MessageLiteral)?.Fields.Select(x => x.Id) ?? []);
            foreach (Expr child in node.Children())
                Collect(child);
        }
    }

    [Fact]
    public void Parse_LongLogicalChain_StaysShallow()
    {
        string chain = string.Join(" || ", Enumerable.Repeat("a && b", 5000));

        Assert.Null(TreeDepth.FirstBelow(Parsed(chain).Root, 16));
        Assert.Equal(chain, CelPrinter.Print(Parsed(chain)));
    }

    [Theory]
    [InlineData("(", ")", 249, true)]
    [InlineData("(", ")", 250, false)]
    [InlineData("[", "]", 249, true)]
    [InlineData("[", "]", 250, false)]
    [InlineData("-", "", 249, true)]
    [InlineData("-", "", 250, false)]
    [InlineData("a+", "", 249, true)]
    [InlineData("a+", "", 250, false)]
    [InlineData("", ".b", 249, true)]
    [InlineData("", ".b", 250, false)]
    [InlineData("a?b:", "", 249, true)]
    [InlineData("a?b:", "", 250, false)]
    [InlineData("f(", ")", 249, true)]
    [InlineData("f(", ")", 250, false)]
    public void Parse_Depth_IsLimited(string before, string after, int levels, bool accepted)
    {
        string text =
            string.Concat(Enumerable.Repeat(before, levels)) + "a" + string.Concat(Enumerable.Repeat(after, levels));

        ParseResult result = CelParser.Parse(text);

        Assert.Equal(accepted, result.IsSuccess);
        if (!accepted)
            Assert.Equal("nested more than 250 levels deep", Assert.Single(result.Issues).Message);
    }

    [Fact]
    public void Parse_Length_IsLimited()
    {
        ParserOptions options = new() { MaxLength = 10 };

        Assert.True(CelParser.Parse("a         ", options).IsSuccess);
        Assert.Contains(
            "10 characters at most; this one has 11",
            Issue("a          ", options).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("[a, b, c]", "[a, b, c, d]")]
    [InlineData("f(a, b, c)", "f(a, b, c, d)")]
    [InlineData("{1: a, 2: b, 3: c}", "{1: a, 2: b, 3: c, 4: d}")]
    [InlineData("T{f: a, g: b, h: c}", "T{f: a, g: b, h: c, i: d}")]
    public void Parse_Elements_AreLimited(string within, string beyond)
    {
        ParserOptions options = new() { MaxElements = 3 };

        Assert.True(CelParser.Parse(within, options).IsSuccess);
        Assert.Equal("more than 3 elements", Issue(beyond, options).Message);
    }

    [Theory]
    [InlineData("a.?b")]
    [InlineData("a[?b]")]
    [InlineData("[?b]")]
    [InlineData("{?a: b}")]
    [InlineData("T{?a: b}")]
    public void Parse_OptionalSyntaxSwitchedOff_IsRefused(string text) =>
        Assert.Contains(
            "optional syntax",
            Issue(text, new ParserOptions { OptionalSyntax = false }).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("a.`b`")]
    [InlineData("T{`b`: 1}")]
    public void Parse_QuotedIdentifiersSwitchedOff_AreRefused(string text) =>
        Assert.Contains(
            "expected a field's name",
            Issue(text, new ParserOptions { QuotedIdentifiers = false }).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Parse_MacrosSwitchedOff_AreCalls() =>
        Assert.Equal(
            "(.all (has (. a b)) x (.bind cel y 1 y))",
            Shape("has(a.b).all(x, cel.bind(y, 1, y))", new ParserOptions { Macros = false })
        );
}
