using System.Runtime.CompilerServices;
using Throughline.Cel.Check;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Interpret;

/// <summary>Turns an expression into nodes; once for each program. Names of loops get slots, other names their meanings.</summary>
internal sealed partial class Planner(CelEnvironment environment, CheckedExpr? check)
{
    private readonly EnvironmentIndex index = EnvironmentIndex.Of(environment);
    private readonly List<string> locals = [];

    /// <summary>Slots that a frame needs.</summary>
    public int LocalSlots { get; private set; }

    public Node Plan(Expr expr)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return expr switch
        {
            Expr.Constant constant => new ConstantNode(constant.Id, constant.Value),
            Expr.Ident ident => Ident(ident),
            Expr.Select select => Select(select),
            Expr.Call call => Call(call),
            Expr.ListLiteral list => List(list),
            Expr.MapLiteral map => new MapNode(
                map.Id,
                [.. map.Entries.Select(x => (Plan(x.Key), new Part(Plan(x.Value), x.Optional)))]
            ),
            Expr.MessageLiteral message => Message(message),
            Expr.Comprehension fold => Fold(fold),
            _ => throw new InvalidOperationException($"An expression of unknown kind {expr.GetType()}."),
        };
    }

    private ListNode List(Expr.ListLiteral list)
    {
        HashSet<int> optional = [.. list.Optional];
        return new(list.Id, [.. list.Elements.Select((x, i) => new Part(Plan(x), optional.Contains(i)))]);
    }

    private Node Message(Expr.MessageLiteral message)
    {
        string? name = ReferenceOf(message)?.Name;
        foreach (string candidate in name is null ? index.Candidates(message.TypeName) : [])
            if (environment.Types.TryFindType(candidate, out Types.CelType? type) && type.Kind != Types.TypeKind.Enum)
            {
                name = candidate;
                break;
            }
        return name is null
            ? new FailingNode(message.Id, $"no such message: {message.TypeName}")
            : new MessageNode(
                message.Id,
                environment.Types,
                name,
                [.. message.Fields.Select(x => (x.Field, new Part(Plan(x.Value), x.Optional)))]
            );
    }

    private FoldNode Fold(Expr.Comprehension fold)
    {
        Node range = Plan(fold.Range);
        Node init = Plan(fold.Init);
        int accumulator = Enter(fold.Accumulator);
        int first = Enter(fold.Variable);
        int second = fold.Variable2 is null ? -1 : Enter(fold.Variable2);
        Node condition = Plan(fold.Condition);
        Node step = Plan(fold.Step);
        locals.RemoveRange(first, locals.Count - first);
        Node result = Plan(fold.Result);
        locals.RemoveAt(accumulator);
        int[] body = [.. Below(fold.Step).Concat(Below(fold.Condition)).Select(x => x.Id)];
        return new(fold.Id, new(accumulator, first, second), range, init, condition, step, result, body);
    }

    private int Enter(string name)
    {
        locals.Add(name);
        LocalSlots = Math.Max(LocalSlots, locals.Count);
        return locals.Count - 1;
    }

    private Reference? ReferenceOf(Expr expr) => check?.References.GetValueOrDefault(expr.Id);

    private static IEnumerable<Expr> Below(Expr root)
    {
        Stack<Expr> open = new([root]);
        while (open.TryPop(out Expr? next))
        {
            yield return next;
            foreach (Expr child in next.Children())
                open.Push(child);
        }
    }
}
