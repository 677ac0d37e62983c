using System.Numerics;
using Throughline.Cel.Compile.Plan;

namespace Throughline.Cel.Compile;

/// <summary>A test of one field with one constant.</summary>
internal abstract record Atom<T>
{
    /// <summary>The field; the same object for the same field.</summary>
    public abstract object Field { get; }

    /// <summary>Tests of one group exclude each other, more or less: the more there are, the less likely each.</summary>
    public abstract object Group { get; }

    /// <summary>How likely it holds, if nothing is known of the group.</summary>
    public virtual double Alone => 0.5;

    public abstract FieldIndexBuilder<T> NewIndex();
}

internal enum TextAtomKind
{
    Equal,
    Prefix,
    Inside,
}

internal sealed record TextAtom<T>(ScalarSlot<T, string> Slot, TextAtomKind Kind, string Text) : Atom<T>
{
    public override object Field => Slot;
    public override object Group => (Slot, Kind);

    public override FieldIndexBuilder<T> NewIndex() => new TextIndexBuilder<T>(Slot);
}

internal sealed record NumberAtom<T, TValue>(ScalarSlot<T, TValue> Slot, Comparison Kind, TValue Constant) : Atom<T>
    where TValue : struct, INumber<TValue>
{
    public override object Field => Slot;
    public override object Group => (Slot, Kind);
    public override double Alone => Kind == Comparison.Equal ? 0.5 : 0.35;

    public override FieldIndexBuilder<T> NewIndex() => new NumberIndexBuilder<T, TValue>(Slot);
}

/// <summary>Tests of which at least one holds if the rule is true.</summary>
/// <param name="Decides">If one holds, the rule is true.</param>
/// <param name="Weight">How likely it is that one holds, about.</param>
internal sealed record Cover<T>(IReadOnlyList<Atom<T>> Atoms, bool Decides, double Weight);

/// <summary>How many different tests there are of each field, by kind: rare ones are worth more.</summary>
internal sealed class AtomStatistics
{
    private readonly Dictionary<object, HashSet<object>> groups = [];

    public void Add(object group, object atom)
    {
        if (!groups.TryGetValue(group, out HashSet<object>? atoms))
            groups[group] = atoms = [];
        atoms.Add(atom);
    }

    public double Weight<T>(Atom<T> atom) =>
        atom.Alone < 0.5 ? atom.Alone : 1.0 / (1 + (groups.GetValueOrDefault(atom.Group)?.Count ?? 0));
}
