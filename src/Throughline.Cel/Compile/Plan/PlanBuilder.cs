using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>
/// Turns an expression into nodes over an input of type T, or over an element of a loop. Names that an element does not give
/// fail the attempt: then the loop is compiled another way.
/// </summary>
/// <param name="globals">The places of variables, by full name.</param>
/// <param name="locals">The places of what loops and bindings name.</param>
/// <param name="depth">How many loops over typed elements there are around.</param>
/// <param name="level">How deep in the expression it begins.</param>
internal sealed partial class PlanBuilder<T>(
    PlanContext context,
    Func<string, Slot<T>?> globals,
    Func<string, Slot<T>?> locals,
    Attempt attempt,
    int depth,
    int level
)
{
    private int level = level;

    public BoolNode<T> Bool(Expr expr)
    {
        bool isGuarded = Enter();
        BoolNode<T> node = TryBool(expr) ?? new BoolOfValue<T>(General(expr));
        level--;
        return isGuarded ? new BoolGuard<T>(node) : node;
    }

    public ScalarNode<T, TValue> Scalar<TValue>(Expr expr)
    {
        bool isGuarded = Enter();
        ScalarNode<T, TValue> node = TryScalar<TValue>(expr) ?? new ScalarOfValue<T, TValue>(General(expr));
        level--;
        return isGuarded ? new ScalarGuard<T, TValue>(node) : node;
    }

    /// <summary>An expression of any type, without boxes around scalars that have nodes of their own.</summary>
    public ValueNode<T> Value(Expr expr)
    {
        bool isGuarded = Enter();
        ValueNode<T> node = AnyValue(expr);
        level--;
        return isGuarded ? new ValueGuard<T>(node) : node;
    }

    public TypeKind TypeOf(Expr expr) => context.TypeOf(expr);

    /// <summary>The same with one more name.</summary>
    public PlanBuilder<T> With(string name, Slot<T> slot) =>
        new(context, globals, x => x == name ? slot : locals(x), attempt, depth, level);

    private bool Enter()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        bool isGuarded = ++level % Guards.Levels == 0;
        context.NeedsBudget |= isGuarded;
        return isGuarded;
    }

    private ValueNode<T> AnyValue(Expr expr)
    {
        if (TryConstant(expr, out Value constant))
            return new ValueConstant<T>(constant);
        return context.TypeOf(expr) switch
        {
            TypeKind.Bool when TryBool(expr) is { } node => new ValueOfBool<T>(node),
            TypeKind.Int when TryScalar<long>(expr) is { } node => new ValueOfScalar<T, long>(node),
            TypeKind.Uint when TryScalar<ulong>(expr) is { } node => new ValueOfScalar<T, ulong>(node),
            TypeKind.Double when TryScalar<double>(expr) is { } node => new ValueOfScalar<T, double>(node),
            TypeKind.String when TryScalar<string>(expr) is { } node => new ValueOfScalar<T, string>(node),
            _ => General(expr),
        };
    }

    /// <summary>The value of an expression that depends on nothing, if it is no fault.</summary>
    private bool TryConstant(Expr expr, out Value value)
    {
        value = default;
        switch (expr)
        {
            case Expr.Constant constant:
                value = constant.Value;
                return true;
            case Expr.ListLiteral { Optional: [] } list when list.Elements.All(x => x is Expr.Constant):
                value = Throughline.Cel.Values.Value.Of(
                    CelLists.Of([.. list.Elements.Select(x => ((Expr.Constant)x).Value)])
                );
                return true;
            case Expr.Call { Function: Operators.And or Operators.Or }:
                return false;
            case Expr.Ident or Expr.Select or Expr.Call or Expr.ListLiteral or Expr.MapLiteral:
                return IsFree(expr) && TryRun(expr, out value);
            default:
                return false;
        }
    }

    private bool TryRun(Expr expr, out Value value)
    {
        Planner planner = new(context.Environment, context.Check);
        Node node = planner.Plan(expr);
        value = node.Evaluate(new Frame(Activation.Empty, planner.LocalSlots, MaxFoldingCost, trace: null));
        return !value.IsFault;
    }

    // What would cost more is left to the evaluation.
    private const ulong MaxFoldingCost = 10_000;

    private bool IsFree(Expr expr)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        bool isConstantName = context.ReferenceOf(expr)?.Constant is not null;
        return expr switch
        {
            Expr.Constant => true,
            Expr.Ident => isConstantName,
            Expr.Select select => isConstantName || IsFree(select.Operand),
            Expr.Call call => IsPure(call) && (call.Target is null || IsFree(call.Target)) && call.Args.All(IsFree),
            Expr.ListLiteral list => list.Elements.All(IsFree),
            Expr.MapLiteral map => map.Entries.All(x => IsFree(x.Key) && IsFree(x.Value)),
            _ => false,
        };
    }

    // What a host's function gives may differ from one evaluation to the next.
    private bool IsPure(Expr.Call call) =>
        !context.Check.References.TryGetValue(call.Id, out Reference? found)
        || !context.Index.Functions.TryGetValue(found.Name, out List<Overload>? overloads)
        || overloads.TrueForAll(x => x.IsPure);

    /// <summary>The declared place that a name or a path means.</summary>
    private bool TryPlace(Expr expr, [NotNullWhen(true)] out Slot<T>? slot)
    {
        slot = null;
        Reference? reference = context.ReferenceOf(expr);
        if (reference is not null && expr is Expr.Ident or Expr.Select { TestOnly: false })
            slot = reference.Constant is null ? globals(reference.Name) : null;
        else if (expr is Expr.Ident local)
            slot = locals(local.Name);
        else if (expr is Expr.Select { TestOnly: false } select && TryPlace(select.Operand, out Slot<T>? of))
            slot = (of as GroupSlot<T>)?.Fields.GetValueOrDefault(select.Field);
        return slot is not null;
    }

    /// <summary>The value in a place.</summary>
    public ValueNode<T> Read(Slot<T> slot, int exprId = 0) =>
        slot switch
        {
            LocalSlot<T> local => new LocalValue<T>(local.Local),
            ObjectSlot<T> root => new ObjectPath<T>(root.Field, exprId),
            _ => new ValueField<T>(slot, exprId),
        };

    /// <summary>The fault that an element in a place may be (what the host gives may have no value), or any other value; null if
    /// it is none for certain.</summary>
    public ValueNode<T>? FaultIn(Slot<T> slot) =>
        slot switch
        {
            ObjectSlot<T> root => new ObjectFault<T>(new ObjectPath<T>(root.Field, exprId: 0)),
            LocalSlot<T> or ValueSlot<T> => Read(slot),
            _ => null,
        };

    // Leaves the expression to another way of compiling.
    private ValueConstant<T> Fail()
    {
        attempt.HasFailed = true;
        return new ValueConstant<T>(default);
    }
}
