using System.Text.Json;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Values;

/// <summary>Values of .NET objects and of JSON.</summary>
public sealed class NativeValuesTests
{
    [Fact]
    public void Of_Json_KeepsIntegersInts()
    {
        using JsonDocument json = JsonDocument.Parse(
            """{"a": 1, "b": 1.5, "c": 18446744073709551615, "d": [true, null], "e": "x", "f": 1e2}"""
        );

        Assert.Equal(
            """{"a": 1, "b": 1.5, "c": 18446744073709551615u, "d": [true, null], "e": "x", "f": 100.0}""",
            NativeValues.Of(json.RootElement).ToString()
        );
    }

    [Fact]
    public void Of_Objects_WrapsAllTheWay()
    {
        Dictionary<string, object?> request = new()
        {
            ["path"] = "/x",
            ["headers"] = new Dictionary<string, string> { ["host"] = "example.org" },
            ["ports"] = new List<int> { 80, 443 },
            ["at"] = new DateTimeOffset(2009, 2, 13, 23, 31, 30, TimeSpan.Zero),
            ["for"] = TimeSpan.FromMilliseconds(-1500),
            ["raw"] = new byte[] { 1 },
            ["by"] = new Dictionary<int, string> { [1] = "one" },
        };

        Assert.Equal("true", Evaluating.Text("r.headers.host == 'example.org' && r.ports[1] == 443", ("r", request)));
        Assert.Equal("true", Evaluating.Text("r.at == timestamp('2009-02-13T23:31:30Z')", ("r", request)));
        Assert.Equal("true", Evaluating.Text("r['for'] == duration('-1.5s') && size(r.raw) == 1", ("r", request)));
        Assert.Equal("\"one\"", Evaluating.Text("r.by[1]", ("r", request)));
    }

    [Fact]
    public void Of_TypeWithoutCounterpart_IsAnError() =>
        Assert.Contains("Version", Evaluating.Error("x", ("x", new Version())), StringComparison.Ordinal);
}
