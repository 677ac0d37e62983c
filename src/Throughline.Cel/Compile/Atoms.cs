using System.Numerics;
using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Library;

namespace Throughline.Cel.Compile;

/// <summary>A test of one field with one constant.</summary>
internal abstract record Atom<T>
{
    /// <summary>What answers it: the same object for all tests that one index answers.</summary>
    public abstract object Field { get; }

    /// <summary>Tests of one group exclude each other, more or less: the more there are, the less likely each.</summary>
    public abstract object Group { get; }

    /// <summary>The place that is read: where it is missing, the test fails.</summary>
    public abstract Slot<T> Place { get; }

    /// <summary>How likely it holds, if nothing is known of the group.</summary>
    public virtual double Alone => 0.5;

    public abstract FieldIndexBuilder<T> NewIndex();
}

internal enum TextAtomKind
{
    Equal,
    Prefix,
    Suffix,
    Inside,

    /// <summary>Inside, letters of ASCII in either case.</summary>
    InsideAnyCase,
}

internal sealed record TextAtom<T>(ScalarSlot<T, string> Slot, TextAtomKind Kind, string Text) : Atom<T>
{
    public override object Field => Slot;
    public override object Group => (Slot, Kind);
    public override Slot<T> Place => Slot;

    // What is as short as that is in most texts.
    public override double Alone => Kind >= TextAtomKind.Inside && Text.Length < 3 ? 0.49 : 0.5;

    public override FieldIndexBuilder<T> NewIndex() => new TextIndexBuilder<T>(Slot);
}

internal sealed record NumberAtom<T, TValue>(ScalarSlot<T, TValue> Slot, Comparison Kind, TValue Constant) : Atom<T>
    where TValue : struct, INumber<TValue>
{
    public override object Field => Slot;
    public override object Group => (Slot, Kind);
    public override Slot<T> Place => Slot;
    public override double Alone => Kind == Comparison.Equal ? 0.5 : 0.35;

    public override FieldIndexBuilder<T> NewIndex() => new NumberIndexBuilder<T, TValue>(Slot);
}

/// <summary>A field that is there, or a bool field that is true or is false.</summary>
internal sealed record FlagAtom<T>(Slot<T> Slot, FlagTest Test) : Atom<T>
{
    public override object Field => (Slot, Test);
    public override object Group => (Slot, Test);
    public override Slot<T> Place => Slot;
    public override double Alone => 0.45;

    public override FieldIndexBuilder<T> NewIndex() => new FlagIndexBuilder<T>(Slot, Test);
}

/// <summary>An address in a network.</summary>
internal sealed record AddressAtom<T>(AddressSource<T> Source, IpPrefix Network) : Atom<T>
{
    public override object Field => Source.Field;
    public override object Group => Source.Field;
    public override Slot<T> Place => Source.Place;

    public override FieldIndexBuilder<T> NewIndex() => new AddressIndexBuilder<T>(Source);
}

/// <summary>A test, and the presence tests that make its rule's part false where its field is missing.</summary>
internal readonly record struct GuardedAtom<T>(Atom<T> Atom, IReadOnlyList<Slot<T>> Guards);

/// <summary>Tests: if none holds and none fails (but for want of a field whose guard is false then), the rule is false.</summary>
/// <param name="Atoms">The tests.</param>
/// <param name="Decides">If one holds, the rule is true.</param>
/// <param name="Weight">How likely it is that one holds, about.</param>
internal sealed record Cover<T>(IReadOnlyList<GuardedAtom<T>> Atoms, bool Decides, double Weight);

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
