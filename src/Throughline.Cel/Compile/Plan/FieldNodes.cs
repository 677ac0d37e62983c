using System.Collections.Frozen;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>A field that is a bool.</summary>
internal sealed class BoolField<T>(ScalarSlot<T, bool> slot) : BoolNode<T>(2)
{
    public ScalarSlot<T, bool> Slot => slot;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        slot.Present is { } present && !present(input) ? scratch.Fail(slot.Missing) : Of(slot.Field(input));
}

/// <summary><c>has(a.b)</c>, both declared.</summary>
internal sealed class HasField<T>(Slot<T> slot) : BoolNode<T>(2)
{
    private readonly Func<T, bool>? parent = slot.Parent?.Present;
    private readonly Func<T, bool>? own = slot.Own;

    public Slot<T> Slot => slot;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (parent is not null && !parent(input))
            return scratch.Fail(slot.Parent!.Missing);
        return Of(own is null || own(input));
    }
}

/// <summary>A field that is a number, or a string that is not null.</summary>
internal sealed class ScalarField<T, TValue>(ScalarSlot<T, TValue> slot) : ScalarNode<T, TValue>(2)
{
    private readonly Func<T, TValue> field = slot.Field;
    private readonly Func<T, bool>? present = slot.Present;

    public ScalarSlot<T, TValue> Slot => slot;

    public override bool TryEval(T input, EvaluationScratch scratch, out TValue value)
    {
        if (present is null || present(input))
        {
            value = field(input);
            return true;
        }
        value = default!;
        scratch.Fail(slot.Missing);
        return false;
    }
}

/// <summary>A string field compared with a constant.</summary>
internal sealed class StringFieldIs<T>(ScalarSlot<T, string> slot, string constant, bool negate)
    : BoolNode<T>(negate ? 3.2f : 3)
{
    private readonly Func<T, string?> field = slot.Field;

    public ScalarSlot<T, string> Slot => slot;
    public string Constant => constant;
    public bool Negate => negate;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        string? value = field(input);
        if (value is null)
            return scratch.Fail(slot.Missing);
        return Of(string.Equals(value, constant) != negate);
    }
}

/// <summary>A string field that is one of many constants.</summary>
internal sealed class StringFieldIn<T>(ScalarSlot<T, string> slot, FrozenSet<string> set) : BoolNode<T>(6)
{
    private readonly Func<T, string?> field = slot.Field;

    public ScalarSlot<T, string> Slot => slot;
    public FrozenSet<string> Set => set;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        string? value = field(input);
        return value is null ? scratch.Fail(slot.Missing) : Of(set.Contains(value));
    }
}

/// <summary>How a string is tested with a constant one.</summary>
internal enum TextTest
{
    StartsWith,
    EndsWith,
    Contains,
}

/// <summary>A string field tested with a constant.</summary>
internal sealed class StringFieldTest<T>(ScalarSlot<T, string> slot, TextTest test, string constant)
    : BoolNode<T>(test == TextTest.Contains ? 10 : 4)
{
    private readonly Func<T, string?> field = slot.Field;

    public ScalarSlot<T, string> Slot => slot;
    public TextTest Test => test;
    public string Constant => constant;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        string? value = field(input);
        if (value is null)
            return scratch.Fail(slot.Missing);
        return TextTests.MayRun(test, value, constant, scratch)
            ? Of(TextTests.Holds(test, value, constant))
            : RuleOutcome.Error;
    }
}

/// <summary>A string tested with another.</summary>
internal sealed class StringTest<T>(ScalarNode<T, string> text, TextTest test, ScalarNode<T, string> with)
    : BoolNode<T>(text.Cost + with.Cost + (test == TextTest.Contains ? 10 : 4))
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        text.TryEval(input, scratch, out string? a)
        && with.TryEval(input, scratch, out string? b)
        && TextTests.MayRun(test, a, b, scratch)
            ? Of(TextTests.Holds(test, a, b))
            : scratch.Fail(scratch.Failure);
}

internal static class TextTests
{
    /// <summary>Pays for the test: what begins or ends a text is looked at alone.</summary>
    public static bool MayRun(TextTest test, string text, string with, EvaluationScratch scratch) =>
        test == TextTest.Contains ? scratch.SpendOnSearch(text.Length, with.Length) : scratch.SpendOn(with.Length);

    public static bool Holds(TextTest test, string text, string with) =>
        test switch
        {
            TextTest.StartsWith => text.StartsWith(with, StringComparison.Ordinal),
            TextTest.EndsWith => text.EndsWith(with, StringComparison.Ordinal),
            _ => text.Contains(with, StringComparison.Ordinal),
        };
}

/// <summary>A regular expression that is a constant.</summary>
internal sealed class StringMatch<T>(ScalarNode<T, string> text, Regex.Re2 pattern) : BoolNode<T>(text.Cost + 80)
{
    private readonly int length = pattern.ToString().Length;

    public ScalarNode<T, string> Text => text;
    public Regex.Re2 Pattern => pattern;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        text.TryEval(input, scratch, out string? value)
        && scratch.Spend(Costs.Match([(ulong)value.Length, (ulong)length]))
            ? Of(pattern.IsMatch(value))
            : scratch.Fail(scratch.Failure);
}

/// <summary>A scalar that is one of many constants.</summary>
internal sealed class ScalarIn<T, TValue>(ScalarNode<T, TValue> node, FrozenSet<TValue> set)
    : BoolNode<T>(node.Cost + 5)
{
    public ScalarNode<T, TValue> Operand => node;
    public FrozenSet<TValue> Set => set;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch) =>
        node.TryEval(input, scratch, out TValue value) ? Of(set.Contains(value)) : scratch.Fail(scratch.Failure);
}

/// <summary>Any value that is one of many constants: numbers of all types are on one line.</summary>
internal sealed class ValueIn<T>(ValueNode<T> node, FrozenSet<Value> set) : BoolNode<T>(node.Cost + 15)
{
    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        Value value = node.Eval(input, scratch);
        return value.IsFault ? scratch.Fail(value) : Of(set.Contains(value));
    }
}
