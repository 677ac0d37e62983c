using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Check;

/// <summary>One walk over a checked expression that adds up costs and carries sizes along.</summary>
internal sealed class CostWalk(CheckedExpr expression, CelEnvironment environment, SizeHints hints)
{
    private readonly EnvironmentIndex index = EnvironmentIndex.Of(environment);
    private readonly List<(string Name, Sized Size)> locals = [];

    public CostEstimate Run() => Walk(expression.Parsed.Root).Cost;

    private (CostEstimate Cost, Sized Size) Walk(Expr expr) =>
        expr switch
        {
            Expr.Constant constant => (default, OfConstant(constant.Value)),
            Expr.Ident ident => (OfReference(ident), OfName(ident)),
            Expr.Select select => Select(select),
            Expr.Call call => Call(call),
            Expr.ListLiteral list => List(list),
            Expr.MapLiteral map => Map(map),
            Expr.MessageLiteral message => Message(message),
            Expr.Comprehension fold => Fold(fold),
            _ => throw new InvalidOperationException($"An expression of unknown kind {expr.GetType()}."),
        };

    private (CostEstimate, Sized) Select(Expr.Select select)
    {
        if (expression.References.TryGetValue(select.Id, out Reference? variable))
            return (OfReference(select), Sized.At(variable.Name, TypeOf(select), hints));
        CostEstimate one = CostEstimate.Exactly(Costs.Select);
        (CostEstimate cost, Sized operand) = Walk(select.Operand);
        if (select.TestOnly)
            return (cost + one, Sized.One);
        string? path = Sized.Below(operand.Path, "." + select.Field);
        // What is known of all values of a map holds for each, unless more is known of this one.
        bool isKnown = path is not null && hints.Find(path) is not null;
        return (cost + one, operand.Item is { } item && !isKnown ? item : Sized.At(path, TypeOf(select), hints));
    }

    private (CostEstimate, Sized) Call(Expr.Call call)
    {
        bool isMethod = call.Target is not null && expression.Types.ContainsKey(call.Target.Id);
        if (call.Function == Operators.Conditional && call.Args is [var condition, var yes, var no])
        {
            (CostEstimate a, Sized ofYes) = Walk(yes);
            (CostEstimate b, Sized ofNo) = Walk(no);
            return (Walk(condition).Cost + CostEstimate.Either(a, b), Sized.Either(ofYes, ofNo));
        }
        if (call.Function is Operators.And or Operators.Or && call.Args is [var left, var right])
        {
            // Either may decide alone: which one is asked first is left open.
            (CostEstimate a, CostEstimate b) = (Walk(left).Cost, Walk(right).Cost);
            return (new(Math.Min(a.Min, b.Min), Saturating.Add(a.Max, b.Max)), Sized.One);
        }
        if (isMethod && call.Function is "or" or "orValue" && call.Args is [var other])
        {
            (CostEstimate ofTarget, Sized target) = Walk(call.Target!);
            (CostEstimate ofOther, Sized instead) = Walk(other);
            CostEstimate either = CostEstimate.Exactly(Costs.Call) + ofTarget + ofOther with { Min = 0 };
            return (either, Sized.Either(target, instead));
        }
        Expr[] arguments = isMethod ? [call.Target!, .. call.Args] : [.. call.Args];
        (CostEstimate Cost, Sized Size)[] walked = [.. arguments.Select(Walk)];
        CostEstimate cost = CostOfCall(call, [.. walked.Select(x => x.Size.Own)]);
        foreach ((CostEstimate ofArgument, _) in walked)
            cost += ofArgument;
        Sized[] sizes = [.. walked.Select(x => x.Size)];
        IReadOnlyList<string> overloads = expression.References.GetValueOrDefault(call.Id)?.Overloads ?? [];
        return (cost, ResultSize.Of(overloads, new(arguments, sizes, TypeOf), Sized.At(null, TypeOf(call), hints)));
    }

    private CostEstimate CostOfCall(Expr.Call call, SizeRange[] sizes)
    {
        if (!expression.References.TryGetValue(call.Id, out Reference? reference))
            return CostEstimate.Exactly(Costs.Call);
        ulong[] least = [.. sizes.Select(x => x.Min)];
        ulong[] most = [.. sizes.Select(x => Math.Min(x.Max, int.MaxValue))];
        CostEstimate? cost = null;
        foreach (Overload overload in index.Functions.GetValueOrDefault(reference.Name) ?? [])
        {
            if (!reference.Overloads.Contains(overload.Id))
                continue;
            CostEstimate one = overload.Cost is null
                ? CostEstimate.Exactly(Costs.Call)
                : new(overload.Cost(least), overload.Cost(most));
            cost = cost is { } before ? CostEstimate.Either(before, one) : one;
        }
        return cost ?? CostEstimate.Exactly(Costs.Call);
    }

    private (CostEstimate, Sized) List(Expr.ListLiteral list)
    {
        CostEstimate cost = CostEstimate.Exactly(Costs.ListLiteral);
        Sized? item = Sized.Never;
        foreach (Expr element in list.Elements)
        {
            (CostEstimate ofElement, Sized size) = Walk(element);
            cost += ofElement;
            item = Sized.EitherPart(item, size);
        }
        ulong count = (ulong)list.Elements.Count;
        return (cost, new(new(count - (ulong)list.Optional.Count, count), null, item));
    }

    private (CostEstimate, Sized) Map(Expr.MapLiteral map)
    {
        CostEstimate cost = CostEstimate.Exactly(Costs.MapLiteral);
        Sized? key = Sized.Never;
        Sized? item = Sized.Never;
        ulong sure = 0;
        foreach (MapEntry entry in map.Entries)
        {
            (CostEstimate ofKey, Sized sizeOfKey) = Walk(entry.Key);
            (CostEstimate ofValue, Sized sizeOfValue) = Walk(entry.Value);
            cost += ofKey + ofValue;
            key = Sized.EitherPart(key, sizeOfKey);
            item = Sized.EitherPart(item, sizeOfValue);
            sure += entry.Optional ? 0ul : 1;
        }
        return (cost, new(new(sure, (ulong)map.Entries.Count), null, item, key));
    }

    private (CostEstimate, Sized) Message(Expr.MessageLiteral message)
    {
        CostEstimate cost = CostEstimate.Exactly(Costs.MessageLiteral);
        foreach (FieldEntry field in message.Fields)
            cost += Walk(field.Value).Cost;
        return (cost, Sized.At(null, TypeOf(message), hints));
    }

    private (CostEstimate, Sized) Fold(Expr.Comprehension fold)
    {
        (CostEstimate cost, Sized range) = Walk(fold.Range);
        (CostEstimate ofInit, Sized accumulator) = Walk(fold.Init);
        SizeRange rounds = range.Own with { Max = Math.Min(range.Own.Max, int.MaxValue) };
        if (fold.Condition is not Expr.Constant { Value.IsTrue: true })
            rounds = rounds with { Min = Math.Min(1, rounds.Min) };
        accumulator = ResultSize.OfAccumulator(fold, accumulator, rounds);

        int depth = locals.Count;
        locals.Add((fold.Accumulator, accumulator));
        int inner = locals.Count;
        Sized item = range.Item ?? Sized.Unknown;
        Sized first = TypeOf(fold.Range).Kind switch
        {
            TypeKind.List => fold.Variable2 is null ? item : Sized.One,
            TypeKind.Map => range.Key ?? Sized.Unknown,
            _ => Sized.Unknown,
        };
        locals.Add((fold.Variable, first));
        if (fold.Variable2 is { } second)
            locals.Add((second, item));
        CostEstimate round = Walk(fold.Condition).Cost;
        (CostEstimate ofStep, Sized step) = Walk(fold.Step);
        locals.RemoveRange(inner, locals.Count - inner);
        // What the steps put into a list or map is what its elements are.
        locals[depth] = (fold.Accumulator, accumulator with { Item = step.Item, Key = step.Key });
        (CostEstimate ofResult, Sized result) = Walk(fold.Result);
        locals.RemoveRange(depth, locals.Count - depth);
        return (cost + ofInit + (round + ofStep).Times(rounds) + ofResult, result);
    }

    // A name whose value is known is a constant.
    private CostEstimate OfReference(Expr expr) =>
        CostEstimate.Exactly(
            expression.References.GetValueOrDefault(expr.Id)?.Constant is null ? Costs.Variable : Costs.Constant
        );

    private Sized OfName(Expr.Ident ident)
    {
        if (!expression.References.TryGetValue(ident.Id, out Reference? reference))
            for (int i = locals.Count - 1; i >= 0; i--)
                if (locals[i].Name == ident.Name)
                    return locals[i].Size;
        return Sized.At(reference?.Name, TypeOf(ident), hints);
    }

    private static Sized OfConstant(Value value) =>
        value.Kind switch
        {
            ValueKind.String => new(SizeRange.Exactly((ulong)CodePoints.Count(value.String))),
            ValueKind.Bytes => new(SizeRange.Exactly((ulong)((CelBytes)value.Object!).Data.Length)),
            _ => Sized.One,
        };

    private CelType TypeOf(Expr expr) => expression.Types.GetValueOrDefault(expr.Id, CelType.Dyn);
}
