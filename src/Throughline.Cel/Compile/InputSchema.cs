using Throughline.Cel.Messages;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>
/// What expressions may read of an input of a .NET type: names, or paths as <c>request.tls.version</c>, each with its type and
/// an accessor. Compiled expressions call the accessors; nothing is boxed. Declare everything before the first use.
/// </summary>
/// <remarks>A field that is not set (<c>has</c> gives false, a string is null) is an error where it is read, as a key that a map
/// does not have; <c>has(path)</c> tells.</remarks>
public sealed class InputSchema<T>
{
    private readonly string name;
    private readonly Dictionary<string, Dictionary<string, CelType>> messages = new(StringComparer.Ordinal);

    /// <summary>A schema without fields.</summary>
    /// <param name="name">The name of the type in messages, and of elements of lists of it.</param>
    public InputSchema(string? name = null)
    {
        this.name = name ?? typeof(T).Name;
        Root = new GroupSlot<T>("", this.name, null, null);
        messages[this.name] = [];
    }

    internal GroupSlot<T> Root { get; }

    /// <summary>A bool at a path.</summary>
    public InputSchema<T> Bool(string path, Func<T, bool> read, Func<T, bool>? has = null) =>
        Add(path, (full, parent) => new ScalarSlot<T, bool>(full, CelType.Bool, parent, read, has));

    /// <summary>An int at a path.</summary>
    public InputSchema<T> Int(string path, Func<T, long> read, Func<T, bool>? has = null) =>
        Add(path, (full, parent) => new ScalarSlot<T, long>(full, CelType.Int, parent, read, has));

    /// <summary>A uint at a path.</summary>
    public InputSchema<T> Uint(string path, Func<T, ulong> read, Func<T, bool>? has = null) =>
        Add(path, (full, parent) => new ScalarSlot<T, ulong>(full, CelType.Uint, parent, read, has));

    /// <summary>A double at a path.</summary>
    public InputSchema<T> Double(string path, Func<T, double> read, Func<T, bool>? has = null) =>
        Add(path, (full, parent) => new ScalarSlot<T, double>(full, CelType.Double, parent, read, has));

    /// <summary>A string; null if it is not set.</summary>
    public InputSchema<T> String(string path, Func<T, string?> read) =>
        Add(
            path,
            (full, parent) =>
                new ScalarSlot<T, string>(
                    full,
                    CelType.String,
                    parent,
                    // Read as null under a parent that is missing, so that one test finds both.
                    parent?.Present
                        is { } present
                        ? x => present(x) ? read(x)! : null!
                        : x => read(x)!,
                    x => read(x) is not null
                )
        );

    /// <summary>A value of any other type: a timestamp, a map, an address.</summary>
    public InputSchema<T> Value(string path, CelType type, Func<T, Value> read, Func<T, bool>? has = null) =>
        Add(path, (full, parent) => new ValueSlot<T>(full, type, parent, read, has));

    /// <summary>A variable of any type, whose name may be qualified without being a path (<c>pkg.name</c>). An input that does
    /// not know it, or not yet, gives an error, or unknown (<see cref="CelUnknown"/>).</summary>
    public InputSchema<T> Variable(string name, CelType type, Func<T, Value> read)
    {
        Root.Fields.Add(name, new ValueSlot<T>(name, type, null, read, null));
        return this;
    }

    /// <summary>A .NET object of nested dictionaries, lists and scalars, of type <c>dyn</c>: see <see cref="NativeValues"/>. A
    /// variable, not a field of one.</summary>
    public InputSchema<T> Object(string variable, Func<T, object?> read)
    {
        Root.Fields.Add(variable, new ObjectSlot<T>(variable, CelType.Dyn, read));
        return this;
    }

    /// <summary>A list of structs.</summary>
    public InputSchema<T> List<TElement>(
        string path,
        ElementsOf<T, TElement> read,
        InputSchema<TElement> element,
        Func<T, bool>? has = null
    )
    {
        foreach ((string type, Dictionary<string, CelType> fields) in element.messages)
            messages[type] = fields;
        return Add(path, (full, parent) => new ListSlot<T, TElement>(full, parent, read, _ => element.Root, has));
    }

    /// <summary>A list of strings, none of them null.</summary>
    public InputSchema<T> Strings(string path, ElementsOf<T, string> read, Func<T, bool>? has = null) =>
        Add(path, (full, parent) => new ListSlot<T, string>(full, parent, read, Itself<string>(CelType.String), has));

    /// <summary>A list of ints.</summary>
    public InputSchema<T> Ints(string path, ElementsOf<T, long> read, Func<T, bool>? has = null) =>
        Add(path, (full, parent) => new ListSlot<T, long>(full, parent, read, Itself<long>(CelType.Int), has));

    /// <summary>A struct that may be missing as a whole; its fields are declared after it. Structs that are always there need
    /// no declaration.</summary>
    public InputSchema<T> Struct(string path, Func<T, bool> has)
    {
        GroupSlot<T> parent = Parent(path, out string last);
        parent.Fields.Add(last, NewGroup(path, parent, last, has));
        return this;
    }

    /// <summary>
    /// Says that a declared scalar or value is costly to read, as a counter is: a rule set reads it only when a rule asks for
    /// it, and once for each input, whatever the number of rules. A rule alone, and what only the interpreter can do, reads it
    /// as often as it names it.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such path, or it is a list, a struct or an object.</exception>
    public InputSchema<T> Once(string path)
    {
        Slot<T>? at = Root;
        foreach (string part in path.Split('.'))
            at = (at as GroupSlot<T>)?.Fields.GetValueOrDefault(part);
        if (at is null or ListSlot<T> or GroupSlot<T> or ObjectSlot<T>)
            throw new ArgumentException($"{path} is not declared as a scalar or value.", nameof(path));
        at.Once ??= SharedKeys.New();
        return this;
    }

    /// <summary>The environment with this schema's variables and types added.</summary>
    public CelEnvironment Extend(CelEnvironment environment) =>
        environment with
        {
            Variables = [.. environment.Variables, .. Root.Fields.Select(x => new Variable(x.Key, x.Value.Type))],
            Types = new SlotTypes(messages, environment.Types),
        };

    /// <summary>An input as variables, for the interpreter and for explanations.</summary>
    public IActivation Activation(T input) => new SlotActivation<T>(Root, input);

    private InputSchema<T> Add(string path, Func<string, Slot<T>?, Slot<T>> create)
    {
        GroupSlot<T> parent = Parent(path, out string last);
        Slot<T> slot = create(path, ReferenceEquals(parent, Root) ? null : parent);
        parent.Fields.Add(last, slot);
        messages[parent.Type.Name][last] = slot.Type;
        return this;
    }

    private GroupSlot<T> Parent(string path, out string last)
    {
        string[] parts = path.Split('.');
        GroupSlot<T> at = Root;
        for (int i = 0; i < parts.Length - 1; i++)
        {
            if (!at.Fields.TryGetValue(parts[i], out Slot<T>? next))
                at.Fields[parts[i]] = next = NewGroup(string.Join('.', parts[..(i + 1)]), at, parts[i], null);
            at =
                next as GroupSlot<T>
                ?? throw new ArgumentException($"{next.Path} is no struct: it cannot have {path}.", nameof(path));
        }
        last = parts[^1];
        return at;
    }

    private GroupSlot<T> NewGroup(string path, GroupSlot<T> parent, string last, Func<T, bool>? has)
    {
        string type = $"{name}.{path}";
        messages[type] = [];
        messages[parent.Type.Name][last] = CelType.Message(type);
        return new GroupSlot<T>(path, type, ReferenceEquals(parent, Root) ? null : parent, has);
    }

    private static Func<string, Slot<TElement>> Itself<TElement>(CelType type)
    {
        ScalarSlot<TElement, TElement> slot = new("element", type, null, x => x, null);
        return _ => slot;
    }
}
