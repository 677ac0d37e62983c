using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Throughline.Cel.Check;
using Throughline.Cel.Interpret;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>What all parts of one expression share while it is compiled.</summary>
internal sealed record PlanContext(CheckedExpr Check, CelEnvironment Environment, object Schema)
{
    /// <summary>What rule sets may evaluate once, each time it occurs.</summary>
    public List<SharedKey> Shared { get; } = [];

    public EnvironmentIndex Index { get; } = EnvironmentIndex.Of(Environment);

    public TypeKind TypeOf(Expr expr) => Check.Types.TryGetValue(expr.Id, out CelType? type) ? type.Kind : TypeKind.Dyn;

    /// <summary>The overload that a call means, if the checker found exactly one.</summary>
    public string? OverloadOf(Expr.Call call) =>
        Check.References.TryGetValue(call.Id, out Reference? found) && found.Overloads is [var only] ? only : null;
}

/// <summary>
/// Turns an expression into nodes over an input of type T, or over an element of a loop. What has no node of its own goes to
/// the interpreter; in a loop that fails the builder, and the whole loop goes there.
/// </summary>
internal sealed partial class PlanBuilder<T>(
    PlanContext context,
    Func<string, Slot<T>?> globals,
    Func<string, Slot<T>?> locals,
    Func<T, IActivation>? activation,
    int depth
)
{
    // Each level of loops is tried twice: with the element alone, and with what is around it.
    private const int MaxLoops = 4;

    /// <summary>Something could not be compiled: the nodes made are of no use.</summary>
    public bool Failed { get; private set; }

    public BoolNode<T> Bool(Expr expr) => TryBool(expr) ?? new BoolOfValue<T>(General(expr));

    public ScalarNode<T, TValue> Scalar<TValue>(Expr expr) =>
        TryScalar<TValue>(expr) ?? new ScalarOfValue<T, TValue>(General(expr));

    /// <summary>An expression of any type, without boxes around scalars that have nodes of their own.</summary>
    public ValueNode<T> Value(Expr expr)
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
            case Expr.Ident or Expr.Select or Expr.Call:
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
        bool isConstantName =
            context.Check.References.TryGetValue(expr.Id, out Reference? found) && found.Constant is not null;
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
        Reference? reference = context.Check.References.GetValueOrDefault(expr.Id);
        if (reference is not null && expr is Expr.Ident or Expr.Select { TestOnly: false })
            slot = reference.Constant is null ? globals(reference.Name) : null;
        else if (expr is Expr.Ident local)
            slot = locals(local.Name);
        else if (expr is Expr.Select { TestOnly: false } select && TryPlace(select.Operand, out Slot<T>? of))
            slot = (of as GroupSlot<T>)?.Fields.GetValueOrDefault(select.Field);
        return slot is not null;
    }
}
