using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Tests.Kit;

/// <summary>
/// Random expressions of a wanted type, made of everything that the libraries declare: an overload fits if its result can be that
/// type, and its arguments are made the same way. Also the macros, over lists, maps and optionals.
/// </summary>
internal sealed class LibraryExpressions(Random random)
{
    private static readonly (string Name, Overload Overload)[] All =
    [
        .. from library in Libraries.All
        from function in library.Functions
        where CanBeWritten(function.Name)
        from overload in function.Overloads
        select (function.Name, overload),
    ];

    private static readonly CelType[] Plain =
    [
        CelType.Bool,
        CelType.Int,
        CelType.Uint,
        CelType.Double,
        CelType.String,
        CelType.String,
        CelType.Bytes,
        CelType.Timestamp,
        CelType.Duration,
        CelType.Opaque("net.IP"),
        CelType.Opaque("net.CIDR"),
    ];

    // Loops around what is made now: their variables by name.
    private readonly List<(string Name, CelType Type)> variables =
    [
        ("text", CelType.String),
        ("data", CelType.Bytes),
        ("number", CelType.Int),
        ("texts", CelType.List(CelType.String)),
        ("ints", CelType.List(CelType.Int)),
        ("lists", CelType.List(CelType.List(CelType.String))),
        ("map", CelType.Map(CelType.String, CelType.String)),
        ("any", CelType.Dyn),
    ];

    private int loops;

    /// <summary>The variables that expressions name.</summary>
    public IReadOnlyList<Variable> Variables => [.. variables.Select(x => new Variable(x.Name, x.Type))];

    /// <summary>Ids of all overloads that may turn up.</summary>
    public static IEnumerable<string> Overloads => All.Select(x => x.Overload.Id);

    public string Any(int depth) => Of(AnyType(depth), depth);

    /// <summary>A call of one overload.</summary>
    public string Call(string id, int depth)
    {
        (string name, Overload overload) = Array.Find(All, x => x.Overload.Id == id);
        return Call(name, overload, [], depth);
    }

    public string Of(CelType type, int depth)
    {
        if (depth <= 0)
            return Leaf(type);
        if (random.Next(4) == 0)
            return Macro(type, depth - 1);
        Dictionary<string, CelType> bound = new(StringComparer.Ordinal);
        for (int attempt = 0; attempt < 30; attempt++)
        {
            bound.Clear();
            (string name, Overload overload) = All[random.Next(All.Length)];
            if (overload.Result.Kind != TypeKind.Parameter || random.Next(4) == 0)
                if (Fits(overload.Result, type, bound))
                    return Call(name, overload, bound, depth);
        }
        return Leaf(type);
    }

    private string Call(string name, Overload overload, Dictionary<string, CelType> bound, int depth)
    {
        string[] x = [.. overload.Parameters.Select(p => Of(Bind(p, bound), depth - 1))];
        if (Precedence.OfFunction(name, out string symbol) != Precedence.None)
            return $"({x[0]} {symbol} {x[1]})";
        return name switch
        {
            Operators.Not => $"!({x[0]})",
            Operators.Negate => $"-({x[0]})",
            Operators.Conditional => $"({x[0]} ? {x[1]} : {x[2]})",
            Operators.Index => $"({x[0]})[{x[1]}]",
            Operators.OptionalIndex => $"({x[0]})[?{x[1]}]",
            Operators.OptionalSelect => $"({x[0]}).?{Pick("a", "b")}",
            "lists.range" => $"lists.range({Pick("3", "7", "number")})",
            "math.@max" => $"math.greatest({string.Join(", ", x)})",
            "math.@min" => $"math.least({string.Join(", ", x)})",
            _ when overload.IsInstance => $"({x[0]}).{name}({string.Join(", ", x[1..])})",
            _ => $"{name}({string.Join(", ", x)})",
        };
    }

    private string Macro(CelType type, int depth)
    {
        string v = $"v{loops++}";
        string result;
        switch (type.Kind)
        {
            case TypeKind.Bool:
                return Loop(v, Element(depth), depth, CelType.Bool, Pick("all", "exists", "exists_one"));
            case TypeKind.List when random.Next(3) == 0:
                return Loop(v, type.Parameters[0], depth, AnyOrdered(), "sortBy");
            case TypeKind.List when random.Next(2) == 0:
                return Loop(v, type.Parameters[0], depth, CelType.Bool, "filter");
            case TypeKind.List:
                return Loop(v, Element(depth), depth, type.Parameters[0], "map");
            case TypeKind.Map:
                CelType from = Element(depth);
                result = Of(CelType.Map(type.Parameters[0], from), depth);
                variables.Add((v, from));
                result += $".transformMap(k{v}, {v}, {Of(type.Parameters[1], depth)})";
                variables.RemoveAt(variables.Count - 1);
                return result;
            case TypeKind.Opaque when type.IsOptional:
                CelType content = Element(depth);
                result = Of(CelType.Optional(content), depth);
                variables.Add((v, content));
                result = $"({result}).optMap({v}, {Of(type.Parameters[0], depth)})";
                variables.RemoveAt(variables.Count - 1);
                return result;
            default:
                CelType value = Element(depth);
                result = $"cel.bind({v}, {Of(value, depth)}, ";
                variables.Add((v, value));
                result += $"{Of(type, depth)})";
                variables.RemoveAt(variables.Count - 1);
                return result;
        }
    }

    private string Loop(string name, CelType element, int depth, CelType body, string macro)
    {
        string range = Of(CelType.List(element), depth);
        variables.Add((name, element));
        string text = $"({range}).{macro}({name}, {Of(body, depth)})";
        variables.RemoveAt(variables.Count - 1);
        return text;
    }

    private string Leaf(CelType type)
    {
        string[] named = [.. variables.Where(x => x.Type.Equals(type)).Select(x => x.Name)];
        if (named.Length > 0 && random.Next(3) > 0)
            return Pick(named);
        return type.Kind switch
        {
            TypeKind.Bool => Pick("true", "false"),
            TypeKind.Int => Pick("0", "1", "2", "-3", "12"),
            TypeKind.Uint => Pick("0u", "1u", "5u"),
            TypeKind.Double => Pick("0.0", "1.5", "-2.0", "1e300"),
            TypeKind.String => Pick("''", "'a'", "'a,b,a'", "'b+|a'", "'%s %.3f'", "'\\u00e4\\U0001F600'", "'17'"),
            TypeKind.Bytes => Pick("b''", "b'abc'", "b'\\xff'"),
            TypeKind.Null => "null",
            TypeKind.Timestamp => Pick("timestamp(0)", "timestamp('2024-02-29T12:00:00.5Z')"),
            TypeKind.Duration => Pick("duration('90s')", "duration('-1.5h')"),
            TypeKind.Type => Pick("int", "type([])"),
            TypeKind.List =>
                $"[{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Leaf(type.Parameters[0])))}]",
            TypeKind.Map => random.Next(3) == 0 ? "{}" : $"{{{Leaf(type.Parameters[0])}: {Leaf(type.Parameters[1])}}}",
            TypeKind.Opaque when type.IsOptional => Pick("optional.none()", $"optional.of({Leaf(type.Parameters[0])})"),
            TypeKind.Opaque => type.Name == "net.IP" ? "ip('10.0.0.1')" : "cidr('10.0.0.0/8')",
            _ => $"dyn({Leaf(AnyType(1))})",
        };
    }

    // A result may be of a type if its parameters can be bound so that they are equal.
    private static bool Fits(CelType result, CelType type, Dictionary<string, CelType> bound)
    {
        if (result.Kind == TypeKind.Parameter)
            return bound.TryGetValue(result.Name, out CelType? before)
                ? before.Equals(type)
                : bound.TryAdd(result.Name, type);
        return result.Kind == type.Kind
            && result.Name == type.Name
            && result.Parameters.Length == type.Parameters.Length
            && result.Parameters.Zip(type.Parameters).All(x => Fits(x.First, x.Second, bound));
    }

    private CelType Bind(CelType type, Dictionary<string, CelType> bound)
    {
        if (type.Kind == TypeKind.Parameter)
        {
            if (!bound.TryGetValue(type.Name, out CelType? known))
                bound[type.Name] = known = Pick(Plain);
            return known;
        }
        return type.Kind switch
        {
            TypeKind.List => CelType.List(Bind(type.Parameters[0], bound)),
            TypeKind.Map => CelType.Map(Key(Bind(type.Parameters[0], bound)), Bind(type.Parameters[1], bound)),
            TypeKind.Opaque when type.IsOptional => CelType.Optional(Bind(type.Parameters[0], bound)),
            _ => type,
        };
    }

    private CelType AnyType(int depth) =>
        random.Next(depth > 0 ? 8 : 4) switch
        {
            4 => CelType.List(AnyType(depth - 1)),
            5 => CelType.Map(CelType.String, AnyType(depth - 1)),
            6 => CelType.Optional(AnyType(depth - 1)),
            7 => CelType.Dyn,
            _ => Pick(Plain),
        };

    private CelType Element(int depth) => depth > 0 && random.Next(3) == 0 ? AnyType(1) : CelType.String;

    private CelType AnyOrdered() => Pick(CelType.Int, CelType.String, CelType.Double);

    private static CelType Key(CelType type) =>
        type.Kind is TypeKind.Bool or TypeKind.Int or TypeKind.Uint or TypeKind.String ? type : CelType.String;

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    // Names with @ are for macros, but for the operator "in" and the extremes, which have their own.
    private static bool CanBeWritten(string name) =>
        !name.Contains('@') || name is Operators.In or "math.@max" or "math.@min";
}
