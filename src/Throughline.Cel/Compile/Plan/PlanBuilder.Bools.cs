using System.Collections.Frozen;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Bools: logic, tests of strings and sets, presence, loops.</summary>
internal sealed partial class PlanBuilder<T>
{
    private BoolNode<T>? TryBool(Expr expr)
    {
        if (context.TypeOf(expr) != TypeKind.Bool)
            return null;
        if (TryConstant(expr, out Value constant) && constant.IsBool)
            return new BoolConstant<T>(constant.Bool);
        if (TryPlace(expr, out Slot<T>? slot) && slot is ScalarSlot<T, bool> field)
            return Field(expr, field);
        return expr switch
        {
            Expr.Select { TestOnly: true } select => Has(select),
            Expr.Call call => BoolCall(call),
            Expr.Comprehension fold => Shared(fold, BoolFold(fold)),
            _ => null,
        };
    }

    private BoolNode<T>? BoolCall(Expr.Call call)
    {
        switch (call.Function, call.Args)
        {
            case (Operators.And, [_, _]) when call.Target is null:
                return Logic(call, Operators.And);
            case (Operators.Or, [_, _]) when call.Target is null:
                return Logic(call, Operators.Or);
            case (Operators.Conditional, [var condition, var yes, var no]):
                return new BoolConditional<T>(Bool(condition), Bool(yes), Bool(no));
        }
        return context.OverloadOf(call) switch
        {
            "logical_not" => new NotNode<T>(Bool(call.Args[0])),
            "equals" => Compare<IsEqual>(call),
            "not_equals" => Compare<IsNotEqual>(call),
            "in_list" => In(call),
            "starts_with_string" => Text(call, TextTest.StartsWith),
            "ends_with_string" => Text(call, TextTest.EndsWith),
            "contains_string" => Text(call, TextTest.Contains),
            "matches" => Shared(call, Match(call.Args[0], call.Args[1])),
            "matches_string" => Shared(call, Match(call.Target!, call.Args[0])),
            "cidr_contains_ip" or "cidr_contains_ip_string" => AddressInNetwork(call),
            "optional_hasValue" => new HasValue<T>(Optional(call.Target!)),
            _ => Order(call),
        };
    }

    private BoolNode<T>? Order(Expr.Call call) =>
        call.Function switch
        {
            Operators.Less => Compare<IsLess>(call),
            Operators.LessEqual => Compare<IsLessEqual>(call),
            Operators.Greater => Compare<IsGreater>(call),
            Operators.GreaterEqual => Compare<IsGreaterEqual>(call),
            _ => null,
        };

    private BoolNode<T> Logic(Expr.Call call, string function)
    {
        bool deciding = function == Operators.Or;
        List<BoolNode<T>> operands = [];
        Stack<Expr> open = new([call]);
        while (open.TryPop(out Expr? next))
        {
            if (next is Expr.Call { Target: null, Args: [var a, var b] } same && same.Function == function)
            {
                open.Push(b);
                open.Push(a);
                continue;
            }
            BoolNode<T> operand = Bool(next);
            if (operand is not BoolConstant<T> constant)
                operands.Add(operand);
            else if (constant.Value == deciding)
                return constant;
        }
        if (deciding)
            MergeEqualities(operands);
        // A stable order: of equally cheap operands the writer's first one stays first.
        BoolNode<T>[] sorted = [.. operands.OrderBy(x => x.Cost)];
        return sorted switch
        {
            [] => new BoolConstant<T>(!deciding),
            [var only] => only,
            [var first, var second] when !deciding => new AndOfTwo<T>(first, second),
            _ => deciding ? new OrNode<T>(sorted) : new AndNode<T>(sorted),
        };
    }

    // x == 'a' || x == 'b' || x == 'c' is x in ['a', 'b', 'c'].
    private static void MergeEqualities(List<BoolNode<T>> operands)
    {
        var groups = operands
            .OfType<StringFieldIs<T>>()
            .Where(x => !x.Negate)
            .GroupBy(x => x.Slot)
            .Where(x => x.Count() > 2)
            .ToList();
        foreach (IGrouping<ScalarSlot<T, string>, StringFieldIs<T>> group in groups)
        {
            operands.Add(new StringFieldIn<T>(group.Key, SharedConstants.Texts(group.Select(x => x.Constant))));
            foreach (StringFieldIs<T> merged in group)
                operands.Remove(merged);
        }
    }

    private BoolNode<T>? Has(Expr.Select select)
    {
        if (TryPlace(select.Operand, out Slot<T>? of))
        {
            if (of is GroupSlot<T> group && group.Fields.TryGetValue(select.Field, out Slot<T>? field))
            {
                if (field is ScalarSlot<T, string> text && OnceKey(select, text) is not null)
                    return new HasOnce<T>(Field(select, text), text);
                return field.Present is null ? new BoolConstant<T>(true) : new HasField<T>(field);
            }
        }
        if (context.IsOptional(select.Operand))
            return new MaybeHas<T>(Optional(select.Operand), select.Field);
        return Value(select.Operand) is ObjectPath<T> path
            ? new BoolOfValue<T>(new ObjectHas<T>(path, select.Field))
            : null;
    }

    private BoolNode<T>? Text(Expr.Call call, TextTest test)
    {
        if (!AreTyped(call.Target!, call.Args[0]))
            return null;
        ScalarNode<T, string> text = Scalar<string>(call.Target!);
        ScalarNode<T, string> with = Scalar<string>(call.Args[0]);
        // To begin or end with a constant takes no longer than the constant is.
        context.NeedsBudget |= test == TextTest.Contains || with is not ScalarConstant<T, string>;
        return text is ScalarField<T, string> field && with is ScalarConstant<T, string> constant
            ? new StringFieldTest<T>(field.Slot, test, constant.Value)
            : new StringTest<T>(text, test, with);
    }

    private StringMatch<T>? Match(Expr text, Expr pattern)
    {
        if (!TryConstant(pattern, out Value constant) || SharedConstants.Pattern(constant.String) is not { } built)
            return null;
        context.NeedsBudget = true;
        return new StringMatch<T>(Scalar<string>(text), built);
    }

    private BoolNode<T>? In(Expr.Call call)
    {
        if (!TryConstant(call.Args[1], out Value constant) || constant.Object is not CelList list)
            return InUnknownList(call.Args[0], call.Args[1]);
        Value[] elements = CelLists.ToArray(list);
        switch (context.TypeOf(call.Args[0]))
        {
            case TypeKind.String:
                FrozenSet<string> texts = SharedConstants.Texts(
                    elements.Where(x => x.Kind == ValueKind.String).Select(x => x.String)
                );
                ScalarNode<T, string> text = Scalar<string>(call.Args[0]);
                return text is ScalarField<T, string> field
                    ? new StringFieldIn<T>(field.Slot, texts)
                    : new ScalarIn<T, string>(text, texts);
            case TypeKind.Int:
                // Numbers of other types that are this int.
                IEnumerable<long> ints = elements
                    .Select(x => Numbers.TryInt(x, out long i) ? i : (long?)null)
                    .OfType<long>();
                return new ScalarIn<T, long>(Scalar<long>(call.Args[0]), SharedConstants.Ints(ints));
            default:
                // Whoever looks for a list compares it to its depth.
                context.NeedsBudget = true;
                return new ValueIn<T>(Value(call.Args[0]), elements.ToFrozenSet(ValueComparer.Instance));
        }
    }

    // In a list whose elements are no constants, or that is not made.
    private BoolNode<T>? InUnknownList(Expr value, Expr list)
    {
        if (list is Expr.ListLiteral { Optional: [] } literal)
            return new InElements<T>(Value(value), [.. literal.Elements.Select(Value)]);
        if (TryPlace(list, out Slot<T>? slot))
        {
            context.NeedsBudget = true;
            return (slot as ListSlot<T>)?.Contains(this, value);
        }
        if (FoldShapes.OfList(list) is null)
            return null;
        if (TryConstant(value, out Value constant))
            return Loop(Plan(FoldKind.Exists, list, new EqualEnd(constant, -1)));
        int local = context.NewLocal();
        return new InLoop<T>(Value(value), local, Loop(Plan(FoldKind.Exists, list, new EqualEnd(null, local))));
    }
}
