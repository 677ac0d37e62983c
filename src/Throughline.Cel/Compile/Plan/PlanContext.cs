using Throughline.Cel.Check;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Compile.Plan;

/// <summary>What all parts of one expression share while it is compiled.</summary>
internal sealed class PlanContext(CheckedExpr check, CelEnvironment environment, object schema)
{
    private int locals;

    public CheckedExpr Check => check;

    public CelEnvironment Environment => environment;

    /// <summary>Stands for the schema.</summary>
    public object Schema => schema;

    /// <summary>What rule sets may evaluate once, each time it occurs.</summary>
    public List<SharedKey> Shared { get; } = [];

    public EnvironmentIndex Index { get; } = EnvironmentIndex.Of(environment);

    /// <summary>The work depends on the size of the input, or the stack has to be looked at.</summary>
    public bool NeedsBudget { get; set; }

    public int NewLocal() => locals++;

    public TypeKind TypeOf(Expr expr) => check.Types.TryGetValue(expr.Id, out CelType? type) ? type.Kind : TypeKind.Dyn;

    public bool IsOptional(Expr expr) => check.Types.TryGetValue(expr.Id, out CelType? type) && type.IsOptional;

    public Reference? ReferenceOf(Expr expr) => check.References.GetValueOrDefault(expr.Id);

    /// <summary>The overload that a call means, if the checker found exactly one.</summary>
    public string? OverloadOf(Expr.Call call) => ReferenceOf(call)?.Overloads is [var only] ? only : null;

    /// <summary>A target without a type is part of the function's name.</summary>
    public bool IsMethod(Expr.Call call) => call.Target is not null && check.Types.ContainsKey(call.Target.Id);

    /// <summary>Units that a turn of a loop over these costs; nodes are cheaper than the 50 ns of a unit.</summary>
    public static ulong TurnOf(params IEnumerable<Expr?> bodies)
    {
        const ulong nodesForOne = 16;
        ulong nodes = 0;
        Stack<Expr> open = new(bodies.OfType<Expr>());
        while (open.TryPop(out Expr? next))
        {
            // What costs the interpreter nothing is not counted, so that no turn costs more than there.
            if (
                next
                is not (Expr.Constant or Expr.Call { Function: Operators.And or Operators.Or or Operators.Conditional })
            )
                nodes++;
            foreach (Expr child in next.Children())
                open.Push(child);
        }
        return 1 + (nodes / nodesForOne);
    }
}

/// <summary>An attempt to compile; once it failed, the nodes made are of no use.</summary>
internal sealed class Attempt
{
    public bool HasFailed { get; set; }
}
