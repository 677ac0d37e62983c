using System.Runtime.CompilerServices;
using Throughline.Cel.Library;
using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>An environment's names in look-up tables, made once for each environment.</summary>
internal sealed class EnvironmentIndex
{
    private static readonly ConditionalWeakTable<CelEnvironment, EnvironmentIndex> Made = [];

    private readonly string[] containers;
    private readonly IReadOnlyDictionary<string, string> abbreviations;

    private EnvironmentIndex(CelEnvironment environment)
    {
        abbreviations = environment.Abbreviations;
        containers = Containers(environment.Container);
        foreach (Variable variable in environment.Variables)
            Variables[variable.Name] = variable;
        foreach (string name in TypeNames.All)
            if (TypeNames.TryFind(name, out CelType? type))
                Types[name] = type;
        foreach (Function function in environment.Libraries.SelectMany(library => library.Functions))
            Add(function);
    }

    public static EnvironmentIndex Of(CelEnvironment environment) =>
        Made.GetValue(environment, static x => new EnvironmentIndex(x));

    public Dictionary<string, Variable> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Types without parameters, by the names that expressions call them: core types and those of libraries.</summary>
    public Dictionary<string, CelType> Types { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<Overload>> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The full names that a name as written may mean, the likeliest first (specification, "Name Resolution"); a leading dot
    /// leaves only the name itself.
    /// </summary>
    public IEnumerable<string> Candidates(string name)
    {
        if (name.StartsWith('.'))
        {
            yield return name[1..];
            yield break;
        }
        int dot = name.IndexOf('.');
        string head = dot < 0 ? name : name[..dot];
        if (abbreviations.TryGetValue(head, out string? full))
        {
            yield return dot < 0 ? full : full + name[dot..];
            yield break;
        }
        foreach (string container in containers)
            yield return container + name;
        yield return name;
    }

    private void Add(Function function)
    {
        if (!Functions.TryGetValue(function.Name, out List<Overload>? overloads))
            Functions[function.Name] = overloads = [];
        foreach (Overload overload in function.Overloads)
        {
            overloads.Add(overload);
            AddTypesOf(overload.Result);
            foreach (CelType parameter in overload.Parameters)
                AddTypesOf(parameter);
        }
    }

    // A library declares its own types by using them.
    private void AddTypesOf(CelType type)
    {
        if (type.Kind == TypeKind.Opaque)
            Types.TryAdd(type.Name, CelType.Opaque(type.Name));
        foreach (CelType part in type.Parameters)
            AddTypesOf(part);
    }

    // "a.b" gives "a.b." and "a.".
    private static string[] Containers(string container)
    {
        List<string> found = [];
        for (string at = container; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOf('.'))])
            found.Add(at + ".");
        return [.. found];
    }
}
