using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Types;

namespace Throughline.Cel.Tests.Check;

public sealed class CelCheckerTests
{
    [Theory]
    [InlineData("1 + count", "int")]
    [InlineData("[1, 2u]", "list(dyn)")]
    [InlineData("[]", "list(dyn)")]
    [InlineData("[[], [1]]", "list(list(int))")]
    [InlineData("{'a': [1]}", "map(string, list(int))")]
    [InlineData("{'a': 1, 'b': 'c'}", "map(string, dyn)")]
    [InlineData("ports[0]", "int")]
    [InlineData("headers['a'] + headers.b", "string")]
    [InlineData("anything.a.b[0]", "dyn")]
    [InlineData("count > 1 ? 'a' : 'b'", "string")]
    [InlineData("count > 1 ? dyn('a') : 'b'", "dyn")]
    [InlineData("type(1)", "type(int)")]
    [InlineData("int", "type(int)")]
    [InlineData("ports.map(x, string(x))", "list(string)")]
    [InlineData("headers.exists(k, k == 'a')", "bool")]
    [InlineData("headers.transformMap(k, v, size(v))", "map(string, int)")]
    [InlineData("ports.transformList(i, x, double(i))", "list(double)")]
    [InlineData("cel.bind(x, ports, x[0] + size(x))", "int")]
    [InlineData("[1].map(x, [x].map(y, y + x))", "list(list(int))")]
    [InlineData("event.name.size()", "int")]
    [InlineData("request.referer", "wrapper(string)")]
    [InlineData("request.referer + 'x'", "string")]
    [InlineData("request.referer == null", "bool")]
    [InlineData("request.parent.parent.port", "int")]
    [InlineData("has(request.parent.path)", "bool")]
    [InlineData("request.method == shop.Method.POST", "bool")]
    [InlineData("shop.Request{port: 1, referer: null, parent: null}", "shop.Request")]
    [InlineData("google.protobuf.Int64Value{value: 1}", "wrapper(int)")]
    [InlineData("google.protobuf.Struct{}", "map(string, dyn)")]
    public void Check_RightExpression_HasItsType(string text, string type) =>
        Assert.Equal(type, TestChecks.Checked(text).Type.ToString());

    [Theory]
    [InlineData("1 + 'a'", "no overload for int + string; known: int + int")]
    [InlineData(
        "size(1)",
        "no overload for size(int); known: size(string), size(bytes), size(list(A)), size(map(A, B))"
    )]
    [InlineData("'a'.size(1)", "no overload for string.size(int); known: string.size()")]
    [InlineData("1 == 'a'", "no overload for int == string")]
    [InlineData("'a' in ports", "no overload for string in list(int)")]
    [InlineData("count ? 1 : 2", "no overload for int ? int : int")]
    [InlineData("cuont > 1", "undeclared name 'cuont'; did you mean 'count'?")]
    [InlineData("evnt.name == ''", "undeclared name 'evnt.name'; did you mean 'event.name'?")]
    [InlineData("nothing.like.it", "undeclared name 'nothing'")]
    [InlineData("siz('a')", "undeclared function 'siz'; did you mean 'size'?")]
    [InlineData("'a'.startWith('b')", "undeclared function or method 'startWith'; did you mean 'startsWith'?")]
    [InlineData("size == 1", "undeclared name 'size'; it is a function, to be called with (...)")]
    [InlineData(
        "startsWith('a', 'b')",
        "no overload for startsWith(string, string); it is a method, to be called as x.startsWith(...)"
    )]
    [InlineData("request.prot", "shop.Request has no field 'prot'; did you mean 'port'?")]
    [InlineData("shop.Request{prot: 1}", "shop.Request has no field 'prot'; did you mean 'port'?")]
    [InlineData("shop.Request{port: 'a'}", "field 'port' of shop.Request is int, not string")]
    [InlineData("shop.Reqest{}", "undeclared message 'shop.Reqest'")]
    [InlineData("string{}", "string is no message")]
    [InlineData("count.size", "int has no fields; 'size' cannot be selected")]
    [InlineData("count.all(x, true)", "int has no elements to go through; a list or map is needed")]
    [InlineData("ports.all(x, x)", "no overload for bool && int")]
    [InlineData("{1.5: 1}", "double is no type of keys; a key is a bool, int, uint or string")]
    [InlineData("[?1]", "expected an optional value after '?', found int")]
    public void Check_WrongExpression_SaysWhy(string text, string message)
    {
        CelIssue issue = Assert.Single(TestChecks.Issues(text));
        Assert.StartsWith(message, issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WrongExpression_PointsAtThePlace()
    {
        CelIssue issue = Assert.Single(TestChecks.Issues("count == 1 &&\n  cuont == 2"));

        Assert.Equal((2, 3), (issue.Line, issue.Column));
        Assert.EndsWith("| " + "  ^", issue.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SeveralMistakes_ReportsEachOnceInOrder()
    {
        IReadOnlyList<CelIssue> issues = TestChecks.Issues("aa + bb > size(count) || request.x");

        Assert.Equal(
            [
                "undeclared name 'aa'",
                "undeclared name 'bb'",
                "no overload for size(int)",
                "shop.Request has no field 'x'",
            ],
            issues.Select(x => x.Message.Split(';')[0])
        );
    }

    [Fact]
    public void Check_ThousandsOfMistakes_ReportsTheFirst()
    {
        string text = $"[{string.Join(", ", Enumerable.Repeat("nothing", 5_000))}]";

        Assert.Equal(Throughline.Cel.Check.CelChecker.MaxIssues, TestChecks.Issues(text).Count);
    }

    [Theory]
    [InlineData("shop.test", "name", "int", "shop.test.name")]
    [InlineData("shop", "name", "string", "shop.name")]
    [InlineData("shop.test", ".name", "double", "name")]
    [InlineData("other", "name", "double", "name")]
    [InlineData("shop.test", "short", "string", "shop.name")]
    [InlineData("shop.test", "[1].map(name, name)[0]", "int", null)]
    [InlineData("shop.test", "['a'].map(name, .name)[0]", "double", null)]
    public void Check_Name_IsLookedForFromTheContainerUp(string container, string text, string type, string? full)
    {
        CelEnvironment environment = TestChecks.Environment with
        {
            Container = container,
            Abbreviations = new Dictionary<string, string> { ["short"] = "shop.name" },
            Variables =
            [
                new("shop.test.name", CelType.Int),
                new("shop.name", CelType.String),
                new("name", CelType.Double),
            ],
        };

        var found = TestChecks.Checked(text, environment);

        Assert.Equal(type, found.Type.ToString());
        if (full is not null)
            Assert.Equal(full, found.References[found.Parsed.Root.Id].Name);
    }

    [Fact]
    public void Check_QualifiedName_TakesTheLongest()
    {
        CelEnvironment environment = TestChecks.Environment with
        {
            Variables = [new("a", CelType.Dyn), new("a.b", CelType.MapOfDyn), new("a.b.c", CelType.Int)],
        };

        var found = TestChecks.Checked("a.b.c", environment);

        Assert.Equal(CelType.Int, found.Type);
        Assert.Equal("a.b.c", found.References[found.Parsed.Root.Id].Name);
    }

    [Fact]
    public void Check_LocalVariable_HidesQualifiedNames()
    {
        CelEnvironment environment = TestChecks.Environment with { Variables = [new("y.z", CelType.Int)] };

        Assert.Equal(CelType.String, TestChecks.Checked("[{'z': 'a'}].map(y, y.z)[0]", environment).Type);
    }

    [Fact]
    public void Check_EnumValue_IsAnIntOrOfItsType()
    {
        CelEnvironment strong = TestChecks.Environment with { StrongEnums = true };

        Assert.Equal(CelType.Int, TestChecks.Checked("shop.Method.POST").Type);
        Assert.Equal(1, TestChecks.Checked("shop.Method.POST").References.Values.Single().Constant!.Value.Int);
        Assert.Equal(CelType.Enum("shop.Method"), TestChecks.Checked("shop.Method.POST", strong).Type);
        Assert.Equal(CelType.Enum("shop.Method"), TestChecks.Checked("shop.Method(1)", strong).Type);
        Assert.Equal(CelType.Int, TestChecks.Checked("int(shop.Method.POST)", strong).Type);
        TestChecks.Issues("shop.Method.POST + 1", strong);
    }

    [Fact]
    public void Check_DynamicArgument_KeepsEveryOverloadThatMayApply()
    {
        var found = TestChecks.Checked("size(anything)");

        Assert.Equal(4, found.References[found.Parsed.Root.Id].Overloads.Count);
        Assert.Single(TestChecks.Checked("size('a')").References.Values.Single().Overloads);
    }

    [Fact]
    public void Check_HostFunction_BindsItsTypeParameters()
    {
        CelType t = CelType.Parameter("T");
        FunctionLibrary host = new(
            "host",
            [
                new("first", [new("first_list", false, [CelType.List(t)], t, null)]),
                new("pair", [new("pair_t", false, [t, t], CelType.Opaque("pair", t), null)]),
            ]
        );
        CelEnvironment environment = TestChecks.Environment with { Libraries = [.. Libraries.All, host] };

        Assert.Equal("string", TestChecks.Checked("first(['a'])", environment).Type.ToString());
        Assert.Equal("pair(dyn)", TestChecks.Checked("pair(1, dyn(2))", environment).Type.ToString());
        Assert.Equal(
            "type(pair)",
            TestChecks.Checked("pair == type(pair(1, 2)) ? pair : pair", environment).Type.ToString()
        );
        TestChecks.Issues("pair(1, 'a')", environment);
    }

    [Fact]
    public void Check_EveryNode_HasATypeWithoutOpenParameters()
    {
        var found = TestChecks.Checked("[[]].map(x, {'k': x + []})[0]['k']");

        Assert.All(found.Types.Values, type => Assert.DoesNotContain('$', type.ToString()));
        Assert.IsType<Expr.Call>(found.Parsed.Root);
    }
}
