using Throughline.Cel.Library;
using Throughline.Cel.Parse;

namespace Throughline.Cel.Check;

/// <summary>Calls and signatures as a person would write them, for messages.</summary>
internal static class CallText
{
    private const int MostShown = 6;

    private static readonly Dictionary<string, string> Symbols = new(StringComparer.Ordinal)
    {
        [Operators.And] = "&&",
        [Operators.Or] = "||",
        [Operators.Equal] = "==",
        [Operators.NotEqual] = "!=",
        [Operators.Less] = "<",
        [Operators.LessEqual] = "<=",
        [Operators.Greater] = ">",
        [Operators.GreaterEqual] = ">=",
        [Operators.Add] = "+",
        [Operators.Subtract] = "-",
        [Operators.Multiply] = "*",
        [Operators.Divide] = "/",
        [Operators.Modulo] = "%",
        [Operators.In] = "in",
    };

    /// <summary>Whether a function is one that users call by its name.</summary>
    public static bool IsName(string function) => char.IsLetter(function[0]) && !function.Contains('@');

    /// <summary><c>no overload for int + string; known: int + int, uint + uint</c>.</summary>
    public static string NoOverload(
        string function,
        bool isMethod,
        IReadOnlyList<string> arguments,
        IReadOnlyList<Overload> overloads
    )
    {
        string[] known =
        [
            .. overloads
                .Where(x => x.IsInstance == isMethod)
                .OrderBy(x => Math.Abs(x.Parameters.Count - arguments.Count))
                .Select(x => Of(function, isMethod, [.. x.Parameters.Select(p => p.ToString())]))
                .Distinct(StringComparer.Ordinal),
        ];
        string text = $"no overload for {Of(function, isMethod, arguments)}";
        if (known.Length > 0)
            return $"{text}; known: {string.Join(", ", known.Take(MostShown))}{(known.Length > MostShown ? ", ..." : "")}";
        return overloads.Count == 0 ? text
            : isMethod ? $"{text}; it is a function, to be called as {function}(...)"
            : $"{text}; it is a method, to be called as x.{function}(...)";
    }

    private static string Of(string function, bool isMethod, IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 2 && Symbols.TryGetValue(function, out string? symbol))
            return $"{arguments[0]} {symbol} {arguments[1]}";
        return (function, arguments) switch
        {
            (Operators.Not, [var x]) => $"!{x}",
            (Operators.Negate, [var x]) => $"-{x}",
            (Operators.Index, [var x, var i]) => $"{x}[{i}]",
            (Operators.OptionalIndex, [var x, var i]) => $"{x}[?{i}]",
            (Macros.SortByKeys, [var x, var keys]) => $"{x}.sortBy(keys: {keys})",
            (Operators.Conditional, [var x, var a, var b]) => $"{x} ? {a} : {b}",
            _ when isMethod && arguments.Count > 0 =>
                $"{arguments[0]}.{function}({string.Join(", ", arguments.Skip(1))})",
            _ => $"{function}({string.Join(", ", arguments)})",
        };
    }
}
