using Throughline.Cel.Regex;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>Tests of strings (specification, "List of Standard Definitions"): by code points, without any culture.</summary>
internal static class StandardStrings
{
    public static readonly Function[] Functions =
    [
        Function("contains", Test("contains_string", (x, y) => x.Contains(y, StringComparison.Ordinal), Costs.Search)),
        Function(
            "startsWith",
            Test("starts_with_string", (x, y) => x.StartsWith(y, StringComparison.Ordinal), Costs.Second)
        ),
        Function("endsWith", Test("ends_with_string", (x, y) => x.EndsWith(y, StringComparison.Ordinal), Costs.Second)),
        Function(
            "matches",
            Global("matches", [CelType.String, CelType.String], CelType.Bool, Matches, Costs.Match),
            Member("matches_string", [CelType.String, CelType.String], CelType.Bool, Matches, Costs.Match)
        ),
    ];

    private static Overload Test(string id, Func<string, string, bool> test, CostFunction cost) =>
        Member(id, [CelType.String, CelType.String], CelType.Bool, x => Value.Of(test(x[0].String, x[1].String)), cost);

    private static Value Matches(ReadOnlySpan<Value> x) =>
        Patterns.TryGet(x[1].String, out Re2? pattern, out string? error)
            ? Value.Of(pattern.IsMatch(x[0].String))
            : Value.Error(error);
}
