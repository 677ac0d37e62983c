using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Interpret;

/// <summary>Errors and unknowns in logical operators, conditionals, calls and macros.</summary>
public sealed class LogicTests
{
    private static readonly string[] Operands = ["t", "f", "e", "u", "n"];

    private static readonly IActivation Input = Activation
        .Of(
            new Dictionary<string, object?>
            {
                ["t"] = true,
                ["f"] = false,
                ["e"] = Value.Error("broken"),
                ["n"] = 1,
            }
        )
        .WithUnknown("u");

    [Fact]
    public void And_AnyOperands_FalseWinsThenUnknownThenError()
    {
        foreach (string a in Operands)
        foreach (string b in Operands)
        {
            string expected =
                a == "f" || b == "f" ? "f"
                : a == "u" || b == "u" ? "u"
                : a == "t" && b == "t" ? "t"
                : "e";
            Assert.Equal(expected, Outcome($"{a} && {b}"));
        }
    }

    [Fact]
    public void Or_AnyOperands_TrueWinsThenUnknownThenError()
    {
        foreach (string a in Operands)
        foreach (string b in Operands)
        {
            string expected =
                a == "t" || b == "t" ? "t"
                : a == "u" || b == "u" ? "u"
                : a == "f" && b == "f" ? "f"
                : "e";
            Assert.Equal(expected, Outcome($"{a} || {b}"));
        }
    }

    [Theory]
    [InlineData("t ? 1 : e", "1")]
    [InlineData("f ? e : 1", "1")]
    [InlineData("e ? 1 : 2", "e")]
    [InlineData("u ? 1 : 2", "u")]
    [InlineData("n ? 1 : 2", "e")]
    [InlineData("t ? u : 1", "u")]
    [InlineData("[1, e]", "e")]
    [InlineData("{'a': u}", "u")]
    [InlineData("n + e", "e")]
    [InlineData("u + e", "u")]
    [InlineData("e + u", "e")]
    [InlineData("e.a", "e")]
    [InlineData("u.a[0]", "u")]
    [InlineData("has(u.a)", "u")]
    [InlineData("missing", "e")]
    [InlineData("missing || t", "t")]
    [InlineData("[t, f].exists(x, x)", "t")]
    [InlineData("[1, 2].exists(x, x / 0 == 1 || x == 2)", "t")]
    [InlineData("[1, 2].exists(x, e)", "e")]
    [InlineData("[1, 2].exists(x, x == 1 && u)", "u")]
    [InlineData("[1, 2].all(x, x == 1 || f)", "f")]
    [InlineData("[e].all(x, t)", "e")]
    [InlineData("u.all(x, t)", "u")]
    [InlineData("n.all(x, t)", "e")]
    [InlineData("[1, 0].map(x, 1 / x)", "e")]
    [InlineData("[1, 2].exists_one(x, e)", "e")]
    [InlineData("cel.bind(x, e, t)", "t")]
    [InlineData("cel.bind(x, e, x)", "e")]
    public void Evaluate_FaultyParts_GoWhereTheSpecificationSays(string text, string expected) =>
        Assert.Equal(expected, Outcome(text));

    [Fact]
    public void Evaluate_Unknowns_NameTheirExpressions()
    {
        Value value = Evaluating.Program("u || (t && u)").Evaluate(Input);

        Assert.True(value.TryGet(out CelUnknown? unknown));
        Assert.Equal(2, unknown.ExprIds.Count);
    }

    [Fact]
    public void Evaluate_Error_NamesItsExpression()
    {
        Value value = Evaluating.Program("1 + 2 / 0").Evaluate(Input);

        Assert.True(value.TryGet(out CelError? error));
        Assert.NotEqual(0, error.ExprId);
        Assert.Equal("division by zero", error.Message);
    }

    private static string Outcome(string text)
    {
        Value value = Evaluating.Program(text).Evaluate(Input);
        return value.IsTrue ? "t"
            : value.IsFalse ? "f"
            : value.IsError ? "e"
            : value.IsUnknown ? "u"
            : value.ToString();
    }
}
