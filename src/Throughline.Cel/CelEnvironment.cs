using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Types;

namespace Throughline.Cel;

/// <summary>A variable that expressions may name; the name may be qualified (<c>request.ip</c>).</summary>
public sealed record Variable(string Name, CelType Type, Values.Value? Constant = null);

/// <summary>What expressions are written against: variables, functions, messages, and how names are resolved. Immutable.</summary>
public sealed record CelEnvironment
{
    /// <summary>Names are looked for in this namespace and its parents first: <c>a.b</c> for <c>c</c> tries a.b.c, a.c, c.</summary>
    public string Container { get; init; } = "";

    /// <summary>Short names for full ones.</summary>
    public IReadOnlyDictionary<string, string> Abbreviations { get; init; } = new Dictionary<string, string>();

    /// <summary>The variables that expressions may name.</summary>
    public IReadOnlyList<Variable> Variables { get; init; } = [];

    /// <summary>The libraries in force; overloads of a function may come from several.</summary>
    public required IReadOnlyList<FunctionLibrary> Libraries { get; init; }

    /// <summary>Where messages and enums come from.</summary>
    public required ITypeProvider Types { get; init; }

    /// <summary>Enum values are values of their enum's type, not ints.</summary>
    public bool StrongEnums { get; init; }
}
