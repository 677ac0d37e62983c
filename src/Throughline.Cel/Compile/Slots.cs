using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>The elements of a list field, in place.</summary>
public delegate ReadOnlySpan<TElement> ElementsOf<in T, TElement>(T input);

/// <summary>A place in a typed input that expressions can read: a variable, or a field of one.</summary>
/// <param name="path">The full name, for messages.</param>
/// <param name="type">The type that the checker sees.</param>
/// <param name="parent">The struct that it is a field of.</param>
/// <param name="own">Whether the field is set, its parent being there; null: always.</param>
internal abstract class Slot<T>(string path, CelType type, Slot<T>? parent, Func<T, bool>? own)
{
    public string Path { get; } = path;
    public CelType Type { get; } = type;
    public Slot<T>? Parent { get; } = parent;
    public Func<T, bool>? Own { get; } = own;

    /// <summary>Whether it and all that it is part of are there; null: always.</summary>
    public Func<T, bool>? Present { get; } = Both(parent?.Present, own);

    /// <summary>Under which key rule sets remember it for an input; null: it is read whenever it is asked for.</summary>
    public UInt128? Once { get; set; }

    /// <summary>What a selection gives when it is not there.</summary>
    public Value Missing { get; } = Value.Error($"no such field: {path} is not set");

    /// <summary>The value, or the error that it is missing.</summary>
    public Value Read(T input) => Present is null || Present(input) ? Get(input) : Missing;

    protected abstract Value Get(T input);

    /// <summary>The same place seen from an input that holds this one.</summary>
    public abstract Slot<TOuter> Through<TOuter>(Func<TOuter, T> project, Slot<TOuter>? newParent);

    protected Func<TOuter, bool>? OwnThrough<TOuter>(Func<TOuter, T> project) =>
        Own is { } own ? x => own(project(x)) : null;

    private static Func<T, bool>? Both(Func<T, bool>? a, Func<T, bool>? b)
    {
        if (a is null || b is null)
            return a ?? b;
        return x => a(x) && b(x);
    }
}

/// <summary>A bool, int, uint, double or string.</summary>
internal sealed class ScalarSlot<T, TValue>(
    string path,
    CelType type,
    Slot<T>? parent,
    Func<T, TValue> read,
    Func<T, bool>? own
) : Slot<T>(path, type, parent, own)
{
    public Func<T, TValue> Field { get; } = read;

    protected override Value Get(T input) => Scalars.ToValue(Field(input));

    public override Slot<TOuter> Through<TOuter>(Func<TOuter, T> project, Slot<TOuter>? newParent)
    {
        Func<T, TValue> field = Field;
        return new ScalarSlot<TOuter, TValue>(Path, Type, newParent, x => field(project(x)), OwnThrough(project))
        {
            Once = Once,
        };
    }
}

/// <summary>Any other value, made by the host.</summary>
internal sealed class ValueSlot<T>(string path, CelType type, Slot<T>? parent, Func<T, Value> read, Func<T, bool>? own)
    : Slot<T>(path, type, parent, own)
{
    protected override Value Get(T input) => read(input);

    public override Slot<TOuter> Through<TOuter>(Func<TOuter, T> project, Slot<TOuter>? newParent) =>
        new ValueSlot<TOuter>(Path, Type, newParent, x => read(project(x)), OwnThrough(project)) { Once = Once };
}

/// <summary>A variable of a loop or binding, whose value the scratch keeps: the same for whatever the input is.</summary>
internal sealed class LocalSlot<T>(int local) : Slot<T>("", CelType.Dyn, null, null)
{
    public int Local => local;

    protected override Value Get(T input) => throw new InvalidOperationException("A variable is no part of the input.");

    public override Slot<TOuter> Through<TOuter>(Func<TOuter, T> project, Slot<TOuter>? newParent) =>
        new LocalSlot<TOuter>(local);
}

/// <summary>A .NET object that is not converted as a whole: dictionaries in it are read key by key.</summary>
internal sealed class ObjectSlot<T>(string path, CelType type, Func<T, object?> read) : Slot<T>(path, type, null, null)
{
    public Func<T, object?> Field { get; } = read;

    protected override Value Get(T input) => NativeValues.Of(Field(input));

    public override Slot<TOuter> Through<TOuter>(Func<TOuter, T> project, Slot<TOuter>? newParent) =>
        new ObjectSlot<TOuter>(Path, Type, x => Field(project(x)));
}

/// <summary>A struct of named fields.</summary>
internal sealed class GroupSlot<T>(string path, string typeName, Slot<T>? parent, Func<T, bool>? own)
    : Slot<T>(path, CelType.Message(typeName), parent, own)
{
    public Dictionary<string, Slot<T>> Fields { get; } = new(StringComparer.Ordinal);

    protected override Value Get(T input) => Value.Of(new SlotMessage<T>(this, input));

    public override Slot<TOuter> Through<TOuter>(Func<TOuter, T> project, Slot<TOuter>? newParent)
    {
        GroupSlot<TOuter> group = new(Path, Type.Name, newParent, OwnThrough(project));
        foreach ((string name, Slot<T> field) in Fields)
            group.Fields[name] = field.Through(project, group);
        return group;
    }
}
