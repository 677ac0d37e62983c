using Throughline.Cel.Check;
using Throughline.Cel.Library;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Types;

namespace Throughline.Cel.Tests.Check;

public sealed class CostEstimateTests
{
    private static readonly SizeHints Hints = new(
        new Dictionary<string, SizeRange>
        {
            ["ports"] = new(1, 10),
            ["headers"] = SizeRange.UpTo(12),
            ["headers.@keys"] = SizeRange.UpTo(100),
            ["headers.@values"] = SizeRange.UpTo(1_000),
            ["event.name"] = SizeRange.UpTo(200),
            ["request.path"] = new(1, 500),
        }
    );

    private static CostEstimate Cost(string text) =>
        CostEstimate.Of(TestChecks.Checked(text), TestChecks.Environment, Hints);

    [Theory]
    [InlineData("1", 0, 0)]
    [InlineData("count", 1, 1)]
    [InlineData("request.path", 2, 2)]
    [InlineData("event.name", 1, 1)]
    [InlineData("count + 1", 2, 2)]
    [InlineData("[1, 2]", 10, 10)]
    [InlineData("{'a': count}", 31, 31)]
    [InlineData("shop.Request{port: count}", 41, 41)]
    [InlineData("count == 1 && count == 2", 2, 4)]
    [InlineData("count == 1 || count == 2", 2, 4)]
    [InlineData("count == 1 ? 1 : count", 2, 3)]
    [InlineData("has(request.path)", 2, 2)]
    [InlineData("cel.bind(x, count, x + x)", 14, 14)]
    public void Of_Expression_AddsUpItsParts(string text, ulong min, ulong max) =>
        Assert.Equal(new CostEstimate(min, max), Cost(text));

    [Fact]
    public void Of_StringFunction_GrowsWithTheString()
    {
        CostEstimate short_ = Cost("'abc'.contains('b')");
        CostEstimate path = Cost("request.path.contains('b')");
        CostEstimate unknown = Cost("string(anything).contains('b')");

        Assert.True(short_.Max < 10, $"{short_}");
        Assert.InRange(path.Max, 50ul, 200ul);
        Assert.InRange(path.Min, 1ul, 5ul);
        Assert.True(unknown.Max > 10_000_000, $"{unknown}");
    }

    [Fact]
    public void Of_Macro_GrowsWithItsRange()
    {
        CostEstimate all = Cost("ports.all(x, x > 1)");
        CostEstimate nested = Cost("ports.all(x, ports.all(y, x > y))");
        CostEstimate map = Cost("ports.map(x, x + 1)");

        Assert.InRange(all.Max, 40ul, 120ul);
        Assert.InRange(nested.Max, 10 * (all.Max - 10), 14 * all.Max);
        Assert.True(all.Min < 20, "all() may end after the first element");
        Assert.True(map.Min > 10, "map() goes through all");
    }

    [Fact]
    public void Of_MadeList_KnowsItsSize()
    {
        CostEstimate known = Cost("ports.map(x, x).filter(x, x > 1).all(x, x > 2)");

        Assert.True(known.Max < 1_000, $"{known}");
    }

    [Fact]
    public void Of_ElementsAndValues_TakesTheirHints()
    {
        CostEstimate values = Cost("headers.exists(k, headers[k].contains('x'))");
        CostEstimate keys = Cost("headers.exists(k, k.contains('x'))");

        Assert.InRange(values.Max, 12 * 100ul, 12 * 300ul);
        Assert.InRange(keys.Max, 12 * 10ul, 12 * 40ul);
    }

    [Fact]
    public void Of_DeepNesting_EndsWithTheLargestNumber()
    {
        string text = "1 == 1";
        for (int i = 0; i < 20; i++)
            text = $"anything.all(x{i}, {text})";

        Assert.Equal(ulong.MaxValue, Cost(text).Max);
    }

    [Fact]
    public void Of_HostFunction_AsksItsCost()
    {
        FunctionLibrary host = new(
            "host",
            [new("slow", [new("slow_string", false, [CelType.String], CelType.Bool, null, sizes => 1_000 + sizes[0])])]
        );
        CelEnvironment environment = TestChecks.Environment with { Libraries = [.. Libraries.All, host] };

        CostEstimate cost = CostEstimate.Of(TestChecks.Checked("slow('abc')", environment), environment);

        Assert.Equal(new CostEstimate(1_003, 1_003), cost);
    }
}
