namespace Throughline.Cel.Tests.Compile;

/// <summary>Random expressions whose types agree, over the fields of <see cref="Visit"/>.</summary>
internal sealed class TypedExpressions(Random random)
{
    public string Bool(int depth) =>
        (depth <= 0 ? random.Next(9) : random.Next(20)) switch
        {
            0 => $"{String(0)} {Equality()} {String(0)}",
            1 => $"{Int(0)} {Order()} {Int(0)}",
            2 => $"request.rate {Order()} {Pick("0.5", "1.0", "-0.5", "0.0 / 0.0")}",
            3 => $"request.bytes {Order()} {Pick("0u", "2u", "18446744073709551615u")}",
            4 => $"{String(0)}.{Pick("startsWith", "endsWith", "contains")}({String(0)})",
            5 => $"has({Pick("request.session", "request.session.pages", "request.country", "request.score")})",
            6 => $"{String(0)} in ['a', 'POST', '/api/x']",
            7 => Pick("request.headless", "true", "false", "any == 1", "any == 'a'", "any in [1.0, 'a', 2u]"),
            8 => $"request.score in {Pick("[1, 2, 3]", "[1, 2u, 3.0, 'a']", "[]")}",
            9 or 10 or 11 => $"({Bool(depth - 1)} && {Bool(depth - 1)})",
            12 or 13 or 14 => $"({Bool(depth - 1)} || {Bool(depth - 1)})",
            15 => $"!({Bool(depth - 1)})",
            16 => $"({Bool(depth - 1)} ? {Bool(depth - 1)} : {Bool(depth - 1)})",
            17 =>
                $"request.headers.{Pick("exists", "all", "exists_one")}(h, {Element("h")} {Pick("&&", "||")} {Element("h")})",
            18 =>
                $"request.tags.{Pick("exists", "all", "exists_one")}(t, t {Equality()} {String(0)} || {Bool(depth - 2)})",
            _ => $"({Bool(depth - 1)}) == ({Bool(depth - 1)}) || {String(1)}.matches('^a|P.*T')",
        };

    public string Int(int depth) =>
        (depth <= 0 ? random.Next(5) : random.Next(9)) switch
        {
            0 or 1 => "request.score",
            2 => "request.session.pages",
            3 => "limit",
            4 => Pick("0", "1", "-1", "3", "9223372036854775807"),
            5 or 6 => $"({Int(depth - 1)} {Pick("+", "-", "*", "/", "%")} {Int(depth - 1)})",
            7 => $"size({String(depth - 1)})",
            _ => $"({Bool(depth - 1)} ? {Int(depth - 1)} : {Int(depth - 1)})",
        };

    public string String(int depth) =>
        (depth <= 0 ? random.Next(5) : random.Next(7)) switch
        {
            0 => "request.method",
            1 => "request.path",
            2 => "request.country",
            3 or 4 => Pick("'a'", "'POST'", "''", "'/api'", "'\\U0001F600'", "'\\uFFEE'"),
            5 => $"({Bool(depth - 1)} ? {String(depth - 1)} : {String(depth - 1)})",
            _ => $"({String(depth - 1)} + {String(depth - 1)})",
        };

    public string Any(int depth) =>
        random.Next(5) switch
        {
            0 => Int(depth),
            1 => String(depth),
            2 => $"[{Int(depth - 1)}, {Int(depth - 1)}]",
            3 => "any",
            _ => Bool(depth),
        };

    private string Element(string name) =>
        random.Next(5) switch
        {
            0 or 1 => $"{name}.name == {Pick("'a'", "'b'", "request.method")}",
            2 => $"{name}.value {Equality()} ''",
            3 => $"{name}.size > {Int(0)}",
            _ => $"has({name}.name)",
        };

    private string Equality() => Pick("==", "!=");

    private string Order() => Pick("==", "!=", "<", "<=", ">", ">=");

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
