namespace Throughline.Cel.Tests.Compile;

/// <summary>Random expressions whose types agree, over the fields of <see cref="Visit"/>, or of a map with such keys.</summary>
internal sealed class TypedExpressions(Random random)
{
    public string Bool(int depth) =>
        (depth <= 0 ? random.Next(9) : random.Next(32)) switch
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
            19 => $"({Bool(depth - 1)}) == ({Bool(depth - 1)}) || {String(1)}.matches('^a|P.*T')",
            20 => $"cel.bind(b, {Bool(depth - 1)}, b {Pick("&&", "||")} ({Bool(depth - 1)}) {Pick("&&", "||")} b)",
            21 => $"cel.bind(n, {Int(depth - 1)}, n {Order()} 1 || n {Order()} {Int(0)})",
            22 => $"cel.bind(s, {Pick("request.session", "any")}, has(s.pages) && s.pages {Order()} 1)",
            23 => $"{Texts(depth)}.{Fold()}(t, {Text("t")} {Pick("&&", "||")} {Bool(depth - 2)})",
            24 => $"{Headers(depth)}.{Fold()}(h, {Element("h")})",
            25 => $"{String(0)} in {Texts(depth)}",
            26 => $"{Int(depth - 1)} in [{Int(0)}, {Int(depth - 2)}, 1]",
            27 =>
                $"request.tags.{Pick("exists", "all", "existsOne")}(i, t, i {Order()} 1 {Pick("&&", "||")} {Text("t")})",
            28 =>
                $"request.labels.{Pick("exists", "all", "existsOne")}(k, v, {Text("k")} {Pick("&&", "||")} {Text("v")})",
            29 =>
                $"{Pick("request.?country", "request.?session.?pages", "request.?labels[?'a']", "request.labels.?a")}.hasValue()",
            30 => $"{Uint(depth)} {Order()} {Uint(depth)} || {Double(depth)} {Order()} {Double(depth)}",
            _ =>
                $"{Pick("'a'", "any", String(0))} in request.labels || any {Order()} {Pick("1", "'a'", "request.rate")}",
        };

    public string Int(int depth) =>
        (depth <= 0 ? random.Next(5) : random.Next(16)) switch
        {
            0 or 1 => "request.score",
            2 => "request.session.pages",
            3 => "limit",
            4 => Pick("0", "1", "-1", "3", "9223372036854775807"),
            5 or 6 => $"({Int(depth - 1)} {Pick("+", "-", "*", "/", "%")} {Int(depth - 1)})",
            7 => $"size({String(depth - 1)})",
            8 => $"({Bool(depth - 1)} ? {Int(depth - 1)} : {Int(depth - 1)})",
            9 => $"-({Int(depth - 1)})",
            10 => $"size({Texts(depth)})",
            11 => $"{Headers(depth)}.size()",
            12 => $"cel.bind(n, {Int(depth - 1)}, n {Pick("+", "-", "*")} n)",
            13 => $"request.?session.?pages.orValue({Int(depth - 1)})",
            14 => $"[{Int(depth - 1)}, {Int(0)}][{Pick("0", "1", "2", "request.score")}]",
            _ => $"math.greatest({Int(0)}, {Int(depth - 1)}, {Int(0)})",
        };

    public string String(int depth) =>
        (depth <= 0 ? random.Next(5) : random.Next(12)) switch
        {
            0 => "request.method",
            1 => "request.path",
            2 => "request.country",
            3 or 4 => Pick("'a'", "'POST'", "''", "'/api'", "'\\U0001F600'", "'\\uFFEE'"),
            5 => $"({Bool(depth - 1)} ? {String(depth - 1)} : {String(depth - 1)})",
            6 => $"({String(depth - 1)} + {String(depth - 1)})",
            7 => $"request.?country.orValue({String(depth - 1)})",
            8 => $"request.labels[?{String(0)}].or(request.?country).orValue('b')",
            9 => $"request.labels[{String(0)}]",
            10 => $"cel.bind(t, {String(depth - 1)}, t + t)",
            _ => $"request.tags[{Int(0)}].lowerAscii()",
        };

    private string Uint(int depth) =>
        depth <= 0
            ? Pick("request.bytes", "0u", "2u", "18446744073709551615u")
            : $"({Uint(depth - 1)} {Pick("+", "-", "*", "/", "%")} {Uint(depth - 1)})";

    private string Double(int depth) =>
        depth <= 0
            ? Pick("request.rate", "0.5", "-0.0", "0.0")
            : $"({Pick("", "-")}{Double(depth - 1)} {Pick("+", "-", "*", "/")} {Double(depth - 1)})";

    // Lists of strings, most of which need not be made.
    private string Texts(int depth) =>
        (depth <= 0 ? 0 : random.Next(6)) switch
        {
            0 => "request.tags",
            1 => $"{Texts(depth - 1)}.filter(t, {Text("t")})",
            2 => $"{Texts(depth - 1)}.map(t, t + {String(0)})",
            3 => $"{Headers(depth - 1)}.map(h, {Element("h")}, h.value)",
            4 => $"[{String(0)}, {String(depth - 1)}]",
            _ => $"request.tags.transformList(i, t, i {Order()} 1, t)",
        };

    private string Headers(int depth) =>
        depth <= 0 || random.Next(2) == 0
            ? "request.headers"
            : $"{Headers(depth - 1)}.filter(h, {Element("h")} {Pick("&&", "||")} {Element("h")})";

    private string Text(string name) =>
        random.Next(3) switch
        {
            0 => $"{name} {Equality()} {String(0)}",
            1 => $"{name}.startsWith({String(0)})",
            _ => $"{name} {Equality()} 'a'",
        };

    private string Fold() => Pick("exists", "all", "exists_one");

    public string Any(int depth) =>
        random.Next(12) switch
        {
            0 => Int(depth),
            1 => String(depth),
            2 => $"[{Int(depth - 1)}, {Int(depth - 1)}]",
            3 => Pick("any", "request.?session.pages", "request.session", "any.?a"),
            4 => Texts(depth),
            5 => $"{{{String(0)}: {Int(depth - 1)}, ?'b': request.?country}}",
            6 => $"[?request.?country, {String(depth - 1)}]",
            7 => $"request.labels.transformMap(k, v, {Text("k")}, v + k)",
            8 => $"request.?country.optMap(c, c + {String(depth - 1)})",
            9 => $"{Double(depth)} + double({Int(depth - 1)})",
            10 => Uint(depth),
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
