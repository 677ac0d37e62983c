namespace Throughline.Cel.Values;

/// <summary>Inputs of evaluations.</summary>
public static class Activation
{
    /// <summary>No variables.</summary>
    public static readonly IActivation Empty = new Values(new Dictionary<string, Value>());

    /// <summary>Variables by full name.</summary>
    public static IActivation Of(IReadOnlyDictionary<string, Value> variables) => new Values(variables);

    /// <summary>Variables by full name, as .NET objects: see <see cref="NativeValues"/>.</summary>
    public static IActivation Of(IReadOnlyDictionary<string, object?> variables) => new Objects(variables);

    /// <summary>One more variable; it hides one of the same name.</summary>
    public static IActivation With(this IActivation activation, string name, Value value) =>
        new One(activation, name, value);

    /// <summary>Some variables are not known yet: what depends on them evaluates to unknown.</summary>
    public static IActivation WithUnknown(this IActivation activation, params IEnumerable<string> names) =>
        new Partial(activation, [.. names]);

    private sealed class Values(IReadOnlyDictionary<string, Value> variables) : IActivation
    {
        public bool TryFind(string name, out Value value) => variables.TryGetValue(name, out value);
    }

    private sealed class Objects(IReadOnlyDictionary<string, object?> variables) : IActivation
    {
        public bool TryFind(string name, out Value value)
        {
            bool found = variables.TryGetValue(name, out object? x);
            value = found ? NativeValues.Of(x) : default;
            return found;
        }
    }

    private sealed class One(IActivation rest, string name, Value value) : IActivation
    {
        public bool TryFind(string asked, out Value found)
        {
            found = value;
            return asked == name || rest.TryFind(asked, out found);
        }
    }

    private sealed class Partial(IActivation known, HashSet<string> unknown) : IActivation
    {
        // The evaluator adds the expression that asked.
        private static readonly Value Unknown = Value.Of(new CelUnknown([]));

        public bool TryFind(string name, out Value value)
        {
            value = Unknown;
            return unknown.Contains(name) || known.TryFind(name, out value);
        }
    }
}
