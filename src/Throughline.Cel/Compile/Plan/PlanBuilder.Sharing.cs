using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// Marks what a rule set evaluates once for all its rules: patterns, loops, calls of functions, and fields that are costly to
/// read. What is cheaper costs less than to remember it. What depends on a variable of a loop is another thing each time.
/// </summary>
internal sealed partial class PlanBuilder<T>
{
    private BoolNode<T>? Shared(Expr expr, BoolNode<T>? node) =>
        node is not null && Key(expr, always: false) is { } key ? new SharedBool<T>(node, key) : node;

    private ScalarNode<T, TValue> Shared<TValue>(Expr expr, ScalarNode<T, TValue> node) =>
        Key(expr, always: false) is { } key ? new SharedScalar<T, TValue>(node, key) : node;

    private ValueNode<T> Shared(Expr expr, ValueNode<T> node, bool always) =>
        Key(expr, always) is { } key ? new SharedValue<T>(node, key) : node;

    private UInt128? Key(Expr expr, bool always)
    {
        if (SharedKeys.Of(expr, context.Check, context.Environment, context.Schema) is not { } key)
            return null;
        context.Shared.Add(new(key, always));
        return key;
    }

    /// <summary>The key of a field of the input that is read once; of an element's none, as that is another for each.</summary>
    private UInt128? OnceKey(Expr expr, Slot<T> slot)
    {
        if (slot.Once is not { } key)
            return null;
        while (!context.Check.References.ContainsKey(expr.Id) && expr is Expr.Select select)
            expr = select.Operand;
        if (!context.Check.References.ContainsKey(expr.Id))
            return null;
        context.Shared.Add(new(key, Always: true));
        return key;
    }

    private ScalarNode<T, TValue> Field<TValue>(Expr expr, ScalarSlot<T, TValue> slot)
    {
        if (OnceKey(expr, slot) is not { } key)
            return new ScalarField<T, TValue>(slot);
        return typeof(TValue) == typeof(string)
            ? (ScalarNode<T, TValue>)
                (object)new SharedScalar<T, string>(new TextOnce<T>((ScalarSlot<T, string>)(object)slot), key)
            : new SharedScalar<T, TValue>(new ScalarField<T, TValue>(slot), key);
    }

    private BoolNode<T> Field(Expr expr, ScalarSlot<T, bool> slot)
    {
        BoolField<T> node = new(slot);
        return OnceKey(expr, slot) is { } key ? new SharedBool<T>(node, key) : node;
    }

    private ValueNode<T> FieldValue(Expr expr, Slot<T> slot)
    {
        if (OnceKey(expr, slot) is not { } key)
            return Read(slot, expr.Id);
        return slot is ScalarSlot<T, string> text
            ? new ValueOfScalar<T, string>(Field(expr, text))
            : new SharedValue<T>(Read(slot, expr.Id), key);
    }
}

/// <summary>A string field that is read once to see whether it is set and what it is.</summary>
internal sealed class TextOnce<T>(ScalarSlot<T, string> slot) : ScalarNode<T, string>(2)
{
    public override bool TryEval(T input, EvaluationScratch scratch, out string value)
    {
        value = slot.Field(input);
        if (value is not null)
            return true;
        scratch.Fail(slot.Missing);
        return false;
    }
}

/// <summary><c>has(text)</c> of a string field that is read once: it is there if it can be read.</summary>
internal sealed class HasOnce<T>(ScalarNode<T, string> field, Slot<T> slot) : BoolNode<T>(2)
{
    private readonly Func<T, bool>? parent = slot.Parent?.Present;

    public override RuleOutcome Eval(T input, EvaluationScratch scratch)
    {
        if (parent is not null && !parent(input))
            return scratch.Fail(slot.Parent!.Missing);
        return Of(field.TryEval(input, scratch, out _));
    }
}
