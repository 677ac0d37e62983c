using System.Numerics;
using Throughline.Cel.Compile.Plan;

namespace Throughline.Cel.Compile;

/// <summary>
/// Finds covers: <c>&amp;&amp;</c> takes the rarest of its operands' covers, <c>||</c> needs those of all. A missing field makes its
/// test an error, which is not true, so it need not be counted as holding.
/// </summary>
internal static class Covers
{
    // More tests for one rule cost more than they save.
    private const int MaxAtoms = 4096;

    public static void Count<T>(BoolNode<T> node, AtomStatistics statistics)
    {
        if (Operands(node, out _) is { } operands)
        {
            foreach (BoolNode<T> operand in operands)
                Count(operand, statistics);
            return;
        }
        foreach (Atom<T> atom in AtomsOf(node) ?? [])
            statistics.Add(atom.Group, atom);
    }

    public static Cover<T>? Of<T>(BoolNode<T> node, AtomStatistics statistics)
    {
        if (Operands(node, out bool isAnd) is { } operands)
            return isAnd ? OfAnd(operands, statistics) : OfOr(operands, statistics);
        if (AtomsOf(node) is not { } atoms || atoms.Count > MaxAtoms)
            return null;
        return new Cover<T>(atoms, Decides: true, Math.Min(0.95, atoms.Sum(statistics.Weight)));
    }

    private static Cover<T>? OfAnd<T>(BoolNode<T>[] operands, AtomStatistics statistics)
    {
        Cover<T>? best = null;
        foreach (BoolNode<T> operand in operands)
            if (Of(operand, statistics) is { } cover && (best is null || cover.Weight < best.Weight))
                best = cover;
        return best is null ? null : best with { Decides = false };
    }

    private static Cover<T>? OfOr<T>(BoolNode<T>[] operands, AtomStatistics statistics)
    {
        List<Atom<T>> all = [];
        bool decides = true;
        double weight = 0;
        foreach (BoolNode<T> operand in operands)
        {
            if (Of(operand, statistics) is not { } cover)
                return null;
            all.AddRange(cover.Atoms);
            decides &= cover.Decides;
            weight += cover.Weight;
        }
        return all.Count > MaxAtoms ? null : new Cover<T>(all, decides, weight);
    }

    private static BoolNode<T>[]? Operands<T>(BoolNode<T> node, out bool isAnd)
    {
        isAnd = node is not OrNode<T>;
        return node switch
        {
            AndNode<T> and => and.Operands,
            AndOfTwo<T> and => [and.First, and.Second],
            OrNode<T> or => or.Operands,
            _ => null,
        };
    }

    private static IReadOnlyList<Atom<T>>? AtomsOf<T>(BoolNode<T> node) =>
        node switch
        {
            BoolConstant<T> { Value: false } => [],
            StringFieldIs<T> { Negate: false } x => [new TextAtom<T>(x.Slot, TextAtomKind.Equal, x.Constant)],
            StringFieldIn<T> x => [.. x.Set.Select(text => new TextAtom<T>(x.Slot, TextAtomKind.Equal, text))],
            StringFieldTest<T> { Test: TextTest.StartsWith, Constant.Length: > 0 } x =>
            [
                new TextAtom<T>(x.Slot, TextAtomKind.Prefix, x.Constant),
            ],
            StringFieldTest<T> { Test: TextTest.Contains, Constant.Length: > 0 } x =>
            [
                new TextAtom<T>(x.Slot, TextAtomKind.Inside, x.Constant),
            ],
            ScalarIn<T, long> { Operand: ScalarField<T, long> field } x =>
            [
                .. x.Set.Select(number => new NumberAtom<T, long>(field.Slot, Comparison.Equal, number)),
            ],
            NumberFieldTest<T, long> x => Number(x),
            NumberFieldTest<T, ulong> x => Number(x),
            NumberFieldTest<T, double> x => Number(x),
            _ => null,
        };

    // What is compared with NaN has no place in an order.
    private static NumberAtom<T, TValue>[]? Number<T, TValue>(NumberFieldTest<T, TValue> test)
        where TValue : struct, INumber<TValue> =>
        test.Kind == Comparison.NotEqual || TValue.IsNaN(test.Constant)
            ? null
            : [new NumberAtom<T, TValue>(test.Slot, test.Kind, test.Constant)];
}
