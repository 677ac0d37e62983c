using System.Numerics;
using Throughline.Cel.Compile.Plan;

namespace Throughline.Cel.Compile;

/// <summary>
/// Finds covers: <c>&amp;&amp;</c> takes the rarest of its operands' covers, <c>||</c> needs those of all. A rule may be skipped only
/// when it is false, so a test that fails counts as one that holds; but where <c>has(x)</c> stands beside a test of x in
/// <c>&amp;&amp;</c>, a missing x makes the whole false.
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
        foreach (Atom<T> atom in AtomsOf(node, out _) ?? [])
            statistics.Add(atom.Group, atom);
    }

    public static Cover<T>? Of<T>(BoolNode<T> node, AtomStatistics statistics)
    {
        if (Operands(node, out bool isAnd) is { } operands)
            return isAnd ? OfAnd(operands, statistics) : OfOr(operands, statistics);
        if (AtomsOf(node, out bool decides) is not { } atoms || atoms.Count > MaxAtoms)
            return null;
        return new Cover<T>(
            [.. atoms.Select(x => new GuardedAtom<T>(x, []))],
            decides,
            Math.Min(0.95, atoms.Sum(statistics.Weight))
        );
    }

    private static Cover<T>? OfAnd<T>(BoolNode<T>[] operands, AtomStatistics statistics)
    {
        Cover<T>? best = null;
        foreach (BoolNode<T> operand in operands)
            if (Of(operand, statistics) is { } cover && (best is null || cover.Weight < best.Weight))
                best = cover;
        if (best is null)
            return null;
        Slot<T>[] guards = [.. operands.OfType<HasField<T>>().Select(x => x.Slot)];
        return best with
        {
            Decides = false,
            Atoms = guards.Length == 0 ? best.Atoms : [.. best.Atoms.Select(x => Guarded(x, guards))],
        };
    }

    private static GuardedAtom<T> Guarded<T>(GuardedAtom<T> atom, Slot<T>[] guards)
    {
        List<Slot<T>>? own = null;
        for (Slot<T>? at = atom.Atom.Place; at is not null; at = at.Parent)
            if (Array.IndexOf(guards, at) >= 0)
                (own ??= [.. atom.Guards]).Add(at);
        return own is null ? atom : atom with { Guards = own };
    }

    private static Cover<T>? OfOr<T>(BoolNode<T>[] operands, AtomStatistics statistics)
    {
        List<GuardedAtom<T>> all = [];
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

    // If none of these holds and none fails, the node is false; if they decide and one holds, it is true.
    private static IReadOnlyList<Atom<T>>? AtomsOf<T>(BoolNode<T> node, out bool decides)
    {
        decides = true;
        switch (node)
        {
            case SharedBool<T> shared:
                return AtomsOf(shared.Node, out decides);
            case StringMatch<T> { Text: ScalarField<T, string> field } match:
                decides = false;
                return PatternLiterals.Of(match.Pattern, field.Slot);
            case BoolConstant<T> { Value: false }:
                return [];
            case HasField<T> x:
                return [new FlagAtom<T>(x.Slot, FlagTest.IsThere)];
            case BoolField<T> x:
                return [new FlagAtom<T>(x.Slot, FlagTest.IsTrue)];
            case NotNode<T> { Operand: BoolField<T> x }:
                return [new FlagAtom<T>(x.Slot, FlagTest.IsFalse)];
            case AddressIn<T> x:
                return [new AddressAtom<T>(x.Source, x.Network)];
            case ScalarIn<T, long> { Operand: ScalarField<T, long> field } x:
                return [.. x.Set.Select(number => new NumberAtom<T, long>(field.Slot, Comparison.Equal, number))];
            case NumberFieldTest<T, long> x:
                return Number(x);
            case NumberFieldTest<T, ulong> x:
                return Number(x);
            case NumberFieldTest<T, double> x:
                return Number(x);
            default:
                return Texts(node);
        }
    }

    private static TextAtom<T>[]? Texts<T>(BoolNode<T> node) =>
        node switch
        {
            StringFieldIs<T> { Negate: false } x => [new(x.Slot, TextAtomKind.Equal, x.Constant)],
            StringFieldIn<T> x => [.. x.Set.Select(text => new TextAtom<T>(x.Slot, TextAtomKind.Equal, text))],
            StringFieldTest<T> { Constant.Length: > 0 } x => [new(x.Slot, KindOf(x.Test), x.Constant)],
            _ => null,
        };

    private static TextAtomKind KindOf(TextTest test) =>
        test switch
        {
            TextTest.StartsWith => TextAtomKind.Prefix,
            TextTest.EndsWith => TextAtomKind.Suffix,
            _ => TextAtomKind.Inside,
        };

    // What is compared with NaN has no place in an order.
    private static NumberAtom<T, TValue>[]? Number<T, TValue>(NumberFieldTest<T, TValue> test)
        where TValue : struct, INumber<TValue> =>
        test.Kind == Comparison.NotEqual || TValue.IsNaN(test.Constant)
            ? null
            : [new NumberAtom<T, TValue>(test.Slot, test.Kind, test.Constant)];
}
