using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Kit;

/// <summary>
/// Random trees of every kind of node that a text can give, types and names of no meaning. Calls of macros come as plain calls:
/// printed, they are macros. No ids, no positions.
/// </summary>
internal sealed class ExprGenerator(Random random)
{
    private static readonly string[] Names = ["a", "b", "x1", "_y", "request", "in_", "and", "b", "r", "br"];
    private static readonly string[] Fields =
    [
        .. Names,
        "as",
        "while",
        "in",
        "true",
        "a-b",
        "a.b/c",
        "two words",
        "null",
    ];

    private static readonly string[] Binary =
    [
        Operators.Add,
        Operators.Subtract,
        Operators.Multiply,
        Operators.Divide,
        Operators.Modulo,
        Operators.Equal,
        Operators.NotEqual,
        Operators.Less,
        Operators.LessEqual,
        Operators.Greater,
        Operators.GreaterEqual,
        Operators.In,
        Operators.And,
        Operators.And,
        Operators.Or,
        Operators.Or,
        Operators.Index,
        Operators.OptionalIndex,
    ];

    private static readonly double[] Doubles =
    [
        0,
        -0.0,
        1,
        -1.5,
        1e21,
        1e-7,
        123456789.125,
        double.MaxValue,
        double.Epsilon,
        -1e300,
        0.1,
        100,
        1e20,
        1e22,
    ];

    private static readonly long[] Ints = [0, 1, -1, 7, -42, long.MaxValue, long.MinValue];
    private static readonly string[] Pieces =
    [
        "a",
        "'",
        "\"",
        "\\",
        "\n",
        "\r",
        "\0",
        "\u00e9",
        "\U0001F600",
        "`",
        "\t",
        "\u007f",
        "\u2028",
        "{",
        "//",
    ];

    public Expr Next(int depth)
    {
        if (depth <= 0)
            return Leaf();
        return random.Next(14) switch
        {
            0 => Leaf(),
            1 => new Expr.Select(0, 0, Next(depth - 1), Pick(Fields), TestOnly: false),
            2 => new Expr.Call(0, 0, Next(depth - 1), Pick(Names), Several(depth)),
            3 => new Expr.Call(0, 0, null, random.Next(4) == 0 ? ".f" : Pick(Names), Several(depth)),
            4 => Operator(Operators.Conditional, Next(depth - 1), Next(depth - 1), Next(depth - 1)),
            5 => Operator(Pick([Operators.Not, Operators.Negate]), Next(depth - 1)),
            6 => List(depth),
            7 => new Expr.MapLiteral(0, 0, [.. Several(depth).Select(key => Entry(key, depth))]),
            8 => Message(depth),
            9 => Macro(depth),
            10 => Operator(Operators.OptionalSelect, Next(depth - 1), new Expr.Constant(0, 0, Value.Of(Pick(Fields)))),
            _ => Operator(Pick(Binary), Next(depth - 1), Next(depth - 1)),
        };
    }

    private Expr Leaf() =>
        random.Next(9) switch
        {
            0 => Literal(Value.Null),
            1 => Literal(Value.Of(random.Next(2) == 0)),
            2 => Literal(Value.Of(Pick(Ints))),
            3 => Literal(Value.Of((ulong)Pick(Ints))),
            4 => Literal(Value.Of(Pick(Doubles))),
            5 => Literal(Value.Of(Text())),
            6 => Literal(Value.Of(new CelBytes(Bytes()))),
            7 => new Expr.Ident(0, 0, "." + Pick(Names)),
            _ => new Expr.Ident(0, 0, Pick(Names)),
        };

    private Expr.Call Macro(int depth)
    {
        Expr variable = new Expr.Ident(0, 0, "v");
        Expr second = new Expr.Ident(0, 0, "w");
        Expr body = Next(depth - 1);
        return random.Next(9) switch
        {
            0 => Operator("has", new Expr.Select(0, 0, Next(depth - 1), Pick(Fields), TestOnly: false)),
            1 => Method(Next(depth - 1), Pick(["all", "exists", "exists_one", "map", "filter"]), variable, body),
            2 => Method(Next(depth - 1), Pick(["all", "exists", "existsOne"]), variable, second, body),
            3 => Method(Next(depth - 1), "transformMap", variable, second, Next(depth - 1), body),
            4 => Method(new Expr.Ident(0, 0, "cel"), "bind", variable, Next(depth - 1), body),
            5 => Method(Next(depth - 1), Pick(["optMap", "optFlatMap"]), variable, body),
            6 => Method(new Expr.Ident(0, 0, "math"), "greatest", [body, .. Several(depth)]),
            7 => Method(new Expr.Ident(0, 0, "proto"), "getExt", body, new Expr.Select(0, 0, variable, "ext", false)),
            _ => Method(
                new Expr.Ident(0, 0, "cel"),
                "block",
                new Expr.ListLiteral(0, 0, [Next(depth - 1), Next(depth - 1)], []),
                Operator(Operators.Add, Method(new Expr.Ident(0, 0, "cel"), "index", Literal(Value.Of(1L))), body)
            ),
        };
    }

    private Expr.ListLiteral List(int depth)
    {
        Expr[] elements = Several(depth);
        return new Expr.ListLiteral(
            0,
            0,
            elements,
            [.. Enumerable.Range(0, elements.Length).Where(_ => random.Next(4) == 0)]
        );
    }

    private Expr.MessageLiteral Message(int depth) =>
        new(
            0,
            0,
            Pick(["T", "a.b.T", ".a.T", "package.T", "a.namespace"]),
            [.. Several(depth).Select(x => new FieldEntry(0, Pick(Fields), x, random.Next(4) == 0))]
        );

    private MapEntry Entry(Expr key, int depth) => new(0, key, Next(depth - 1), random.Next(4) == 0);

    private Expr[] Several(int depth) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => Next(depth - 1))];

    private static Expr.Call Operator(string function, params Expr[] arguments) => new(0, 0, null, function, arguments);

    private static Expr.Call Method(Expr target, string function, params Expr[] arguments) =>
        new(0, 0, target, function, arguments);

    private static Expr.Constant Literal(Value value) => new(0, 0, value);

    private string Text() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Pick(Pieces)));

    private byte[] Bytes()
    {
        byte[] data = new byte[random.Next(6)];
        random.NextBytes(data);
        return data;
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
