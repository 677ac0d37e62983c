using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Check;

/// <summary>What a name or call stands for.</summary>
/// <param name="Name">The full name of the variable, type or enum value; for calls the function's.</param>
/// <param name="Overloads">Ids of the overloads that may apply; one, unless arguments are dynamic.</param>
/// <param name="Constant">The value, if it is one that is known (an enum value, a type).</param>
public sealed record Reference(string Name, IReadOnlyList<string> Overloads, Value? Constant = null);

/// <summary>An expression whose types agree.</summary>
/// <param name="Parsed">The expression. Qualified names that turned out to be variables, types or functions are found in
/// <paramref name="References"/> under the id of the outermost select or call.</param>
/// <param name="Types">The type of every expression by its id; parts of qualified names have none, so a call whose target has
/// none is one of a function in a namespace, not of a method.</param>
/// <param name="References">What names, calls and message literals stand for, by the expression's id; variables of loops
/// have none.</param>
public sealed record CheckedExpr(
    ParsedExpr Parsed,
    IReadOnlyDictionary<int, CelType> Types,
    IReadOnlyDictionary<int, Reference> References
)
{
    /// <summary>The type of the whole.</summary>
    public CelType Type => Types[Parsed.Root.Id];
}
