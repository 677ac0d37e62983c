using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using static Throughline.Cel.Tests.Kit.Parsing;

namespace Throughline.Cel.Tests.Parse;

/// <summary>What each macro stands for, and how it is refused.</summary>
public sealed class MacrosTests
{
    private const string R = "@result";

    [Theory]
    [InlineData("has(a.b)", "(has a b)")]
    [InlineData("has(a.?b.c)", "(has (_?._ a \"b\") c)")]
    [InlineData("x.all(v, p)", $"(fold v {R} x true (@not_strictly_false {R}) (_&&_ {R} p) {R})")]
    [InlineData("x.exists(v, p)", $"(fold v {R} x false (@not_strictly_false (!_ {R})) (_||_ {R} p) {R})")]
    [InlineData("x.exists_one(v, p)", $"(fold v {R} x 0 true (_?_:_ p (_+_ {R} 1) {R}) (_==_ {R} 1))")]
    [InlineData("x.existsOne(v, p)", $"(fold v {R} x 0 true (_?_:_ p (_+_ {R} 1) {R}) (_==_ {R} 1))")]
    [InlineData("x.map(v, f)", $"(fold v {R} x [] true (_+_ {R} [ f]) {R})")]
    [InlineData("x.map(v, p, f)", $"(fold v {R} x [] true (_?_:_ p (_+_ {R} [ f]) {R}) {R})")]
    [InlineData("x.filter(v, p)", $"(fold v {R} x [] true (_?_:_ p (_+_ {R} [ v]) {R}) {R})")]
    [InlineData("x.all(i, v, p)", $"(fold i,v {R} x true (@not_strictly_false {R}) (_&&_ {R} p) {R})")]
    [InlineData("x.exists(i, v, p)", $"(fold i,v {R} x false (@not_strictly_false (!_ {R})) (_||_ {R} p) {R})")]
    [InlineData("x.existsOne(i, v, p)", $"(fold i,v {R} x 0 true (_?_:_ p (_+_ {R} 1) {R}) (_==_ {R} 1))")]
    [InlineData("x.transformList(i, v, f)", $"(fold i,v {R} x [] true (_+_ {R} [ f]) {R})")]
    [InlineData("x.transformList(i, v, p, f)", $"(fold i,v {R} x [] true (_?_:_ p (_+_ {R} [ f]) {R}) {R})")]
    [InlineData("x.transformMap(k, v, f)", $"(fold k,v {R} x {{}} true (cel.@mapInsert {R} k f) {R})")]
    [InlineData("x.transformMap(k, v, p, f)", $"(fold k,v {R} x {{}} true (_?_:_ p (cel.@mapInsert {R} k f) {R}) {R})")]
    [InlineData("x.transformMapEntry(k, v, e)", $"(fold k,v {R} x {{}} true (cel.@mapInsert {R} e) {R})")]
    [InlineData(
        "x.transformMapEntry(k, v, p, e)",
        $"(fold k,v {R} x {{}} true (_?_:_ p (cel.@mapInsert {R} e) {R}) {R})"
    )]
    [InlineData(
        "x.sortBy(v, k)",
        $"(fold #unused @unsorted [] x false @unsorted (.@sortByAssociatedKeys @unsorted (fold v {R} @unsorted [] true (_+_ {R} [ k]) {R})))"
    )]
    [InlineData("cel.bind(v, a, b)", "(fold #unused v [] a false v b)")]
    [InlineData(
        "cel.block([a, b], cel.index(1))",
        "(fold #unused @index0 [] a false @index0 (fold #unused @index1 [] b false @index1 @index1))"
    )]
    [InlineData("cel.iterVar(0, 12)", "@it:0:12")]
    [InlineData("cel.accuVar(3, 1)", "@ac:3:1")]
    [InlineData(
        "x.filter(cel.iterVar(0, 0), true)",
        $"(fold @it:0:0 {R} x [] true (_?_:_ true (_+_ {R} [ @it:0:0]) {R}) {R})"
    )]
    [InlineData(
        "x.optFlatMap(v, f)",
        "(fold #unused @target [] x false @target (_?_:_ (.hasValue @target) (fold #unused v [] (.value @target) false v f) (optional.none)))"
    )]
    [InlineData(
        "x.optMap(v, f)",
        "(fold #unused @target [] x false @target (_?_:_ (.hasValue @target) (optional.of (fold #unused v [] (.value @target) false v f)) (optional.none)))"
    )]
    [InlineData("math.greatest(a)", "(math.@max a)")]
    [InlineData("math.greatest(a, b)", "(math.@max a b)")]
    [InlineData("math.least(a, b, c)", "(math.@min [ a b c])")]
    [InlineData("proto.getExt(m, a.b.c)", "(. m a.b.c)")]
    [InlineData("proto.hasExt(m, .a.b.c)", "(has m a.b.c)")]
    public void Parse_Macro_IsExpanded(string text, string shape) => Assert.Equal(shape, Shape(text));

    [Theory]
    [InlineData("all(v, p)")]
    [InlineData("x.has(a.b)")]
    [InlineData(".has(a.b)")]
    [InlineData("x.all(p)")]
    [InlineData("x.filter(i, v, p)")]
    [InlineData("x.bind(v, a, b)")]
    [InlineData("x.block([a], b)")]
    [InlineData("x.index(0)")]
    [InlineData("x.iterVar(0, 0)")]
    [InlineData("x.greatest()")]
    [InlineData("x.getExt(m, a.b)")]
    [InlineData("cel.math.greatest(a)")]
    public void Parse_CallLikeAMacro_StaysACall(string text)
    {
        ParsedExpr parsed = Parsed(text);
        Assert.IsType<Expr.Call>(parsed.Root);
        Assert.Empty(parsed.MacroCalls);
    }

    [Theory]
    [InlineData("has(a)", 4, "has() takes the selection of a field")]
    [InlineData("has(a[b])", 5, "has() takes the selection of a field")]
    [InlineData("has(a.?b)", 7, "has() takes the selection of a field")]
    [InlineData("has(has(a.b))", 4, "has() takes the selection of a field")]
    [InlineData("x.all(1, p)", 6, "all() takes the name of a variable here")]
    [InlineData("x.map(a.b, p)", 8, "map() takes the name of a variable here")]
    [InlineData("x.exists(.a, p)", 9, "exists() takes the name of a variable here")]
    [InlineData("x.all(i, 2, p)", 9, "all() takes the name of a variable here")]
    [InlineData("x.all(i, i, p)", 9, "the two variables need names that differ")]
    [InlineData("cel.bind(1, a, b)", 9, "bind() takes the name of a variable here")]
    [InlineData("cel.block([], a)", 10, "cel.block() takes a list of one or more values")]
    [InlineData("cel.block(a, b)", 10, "cel.block() takes a list of one or more values")]
    [InlineData("cel.block([?a], b)", 10, "cel.block() takes a list of one or more values")]
    [InlineData("cel.index(-1)", 10, "this must be a number, written out")]
    [InlineData("cel.iterVar(0, a)", 15, "this must be a number, written out")]
    [InlineData("math.greatest()", 5, "this needs at least one argument")]
    [InlineData("proto.getExt(m, 'a.b')", 16, "this must be the full name of an extension")]
    [InlineData("x.optMap(a.b, c)", 11, "optMap() takes the name of a variable here")]
    public void Parse_WrongMacro_SaysWhereAndWhy(string text, int position, string message)
    {
        CelIssue issue = Issue(text);
        Assert.StartsWith(message, issue.Message, StringComparison.Ordinal);
        Assert.Equal(position, issue.Position);
    }

    [Fact]
    public void MacroCalls_NestedMacros_HoldEachAsWritten()
    {
        ParsedExpr parsed = Parsed("x.exists(v, has(v.f))");

        Expr.Call outer = Assert.IsType<Expr.Call>(parsed.MacroCalls[parsed.Root.Id]);
        Assert.Equal("exists", outer.Function);
        Expr.Call inner = Assert.IsType<Expr.Call>(parsed.MacroCalls[outer.Args[1].Id]);
        Assert.Equal("(has (. v f))", ExprShape.Of(inner));
        Assert.Equal("(has v f)", ExprShape.Of(outer.Args[1]));
        Assert.Equal(2, parsed.MacroCalls.Count);
    }

    [Fact]
    public void Parse_ChainOfOptionalMaps_GrowsInProportion()
    {
        string chain = "x" + string.Concat(Enumerable.Repeat(".optMap(v, v)", 30));

        Assert.InRange(Nodes(Parsed(chain).Root), 0, 30 * 20);
    }

    private static int Nodes(Expr node) => 1 + node.Children().Sum(Nodes);
}
