using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Library;

/// <summary>
/// Computes a call. Arguments are never errors or unknowns (strict functions pass those on before), and fit the overload's
/// parameters. A failure is returned as <see cref="Value.Error(string)"/>, never thrown. A method's target is the first argument.
/// </summary>
public delegate Value Implementation(ReadOnlySpan<Value> arguments);

/// <summary>What one call costs at most, in units (about 50 ns each), from the sizes of its arguments (elements or characters).</summary>
public delegate ulong CostFunction(ReadOnlySpan<ulong> sizes);

/// <summary>One signature of a function.</summary>
/// <param name="Id">Unique, as in the specification: <c>add_int64</c>, <c>string_to_timestamp</c>.</param>
/// <param name="IsInstance">Called as <c>target.name(args)</c>; the target is the first parameter.</param>
/// <param name="Parameters">Types; a <see cref="TypeKind.Parameter"/> may stand for any type, the same one everywhere.</param>
/// <param name="Result">The result's type.</param>
/// <param name="Compute">The work; null for what the evaluator does itself (the logical operators, the conditional).</param>
/// <param name="Cost">Null: 1 unit.</param>
public sealed record Overload(
    string Id,
    bool IsInstance,
    IReadOnlyList<CelType> Parameters,
    CelType Result,
    Implementation? Compute,
    CostFunction? Cost = null
)
{
    /// <summary>
    /// It depends on its arguments alone, so calls with constant ones are computed when a rule is compiled. What a host adds is
    /// not, unless it says so: it may read a counter. Still, within one evaluation of a rule or a rule set, equal calls must
    /// give equal results: they may be made once or more often.
    /// </summary>
    public bool IsPure { get; init; }

    /// <summary>Whether values are of this overload's parameter types, as far as run-time types tell.</summary>
    public bool Accepts(ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length != Parameters.Count)
            return false;
        for (int i = 0; i < arguments.Length; i++)
            if (!RuntimeTypes.Fits(arguments[i], Parameters[i]))
                return false;
        return true;
    }
}

/// <summary>A function by name with all its signatures.</summary>
public sealed record Function(string Name, IReadOnlyList<Overload> Overloads);

/// <summary>Functions that are added to an environment together: the standard library, or an extension.</summary>
public sealed record FunctionLibrary(string Name, IReadOnlyList<Function> Functions);

/// <summary>Which run-time values fit which declared types.</summary>
public static class RuntimeTypes
{
    /// <summary>Whether a value may be passed for a type; elements of lists and maps are not looked at.</summary>
    public static bool Fits(Value value, CelType type) =>
        type.Kind switch
        {
            TypeKind.Dyn or TypeKind.Any or TypeKind.Parameter => true,
            TypeKind.Wrapper => value.IsNull || Fits(value, type.Parameters[0]),
            TypeKind.Null => value.IsNull,
            TypeKind.Bool => value.IsBool,
            TypeKind.Int => value.IsInt,
            TypeKind.Uint => value.IsUint,
            TypeKind.Double => value.IsDouble,
            TypeKind.String => value.Kind == ValueKind.String,
            TypeKind.Bytes => value.Kind == ValueKind.Bytes,
            TypeKind.Timestamp => value.Kind == ValueKind.Timestamp,
            TypeKind.Duration => value.Kind == ValueKind.Duration,
            TypeKind.List => value.Kind == ValueKind.List,
            TypeKind.Map => value.Kind == ValueKind.Map,
            TypeKind.Type => value.Kind == ValueKind.Type,
            TypeKind.Message => value.Kind == ValueKind.Message && value.Type.Name == type.Name,
            TypeKind.Enum => value.Kind == ValueKind.Enum && value.Type.Name == type.Name,
            TypeKind.Opaque => value.Kind is ValueKind.Opaque or ValueKind.Optional && value.Type.Name == type.Name,
            _ => false,
        };
}
