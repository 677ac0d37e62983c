using System.Globalization;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cli.Bench;

/// <summary>A change of all literals of an expression: see <see cref="CelTrees.WithOtherLiterals"/>.</summary>
internal sealed class LiteralChange(int by, int ints)
{
    /// <summary>The changed tree; what a macro was expanded to is left alone, as it is printed as the call that it was.</summary>
    public Expr Of(Expr node) =>
        node switch
        {
            Expr.Constant x => x with { Value = Of(x.Value) },
            Expr.Select x => x with { Operand = Of(x.Operand) },
            Expr.Call { Function: "matches", Args: [.., Expr.Constant pattern] } x => x with
            {
                Target = x.Target is null ? null : Of(x.Target),
                Args =
                [
                    .. x.Args.SkipLast(1).Select(y => Of(y)),
                    pattern with
                    {
                        Value = Value.Of(
                            string.Create(CultureInfo.InvariantCulture, $"(?:{pattern.Value.String}){by}")
                        ),
                    },
                ],
            },
            Expr.Call x => x with
            {
                Target = x.Target is null ? null : Of(x.Target),
                Args = [.. x.Args.Select(y => Of(y))],
            },
            Expr.ListLiteral x => x with { Elements = [.. x.Elements.Select(y => Of(y))] },
            Expr.MapLiteral x => x with
            {
                Entries = [.. x.Entries.Select(y => y with { Key = Of(y.Key), Value = Of(y.Value) })],
            },
            _ => node,
        };

    private Value Of(Value value) =>
        value.Kind switch
        {
            ValueKind.Int => Value.Of(value.Int > long.MaxValue - ints ? value.Int - ints : value.Int + ints),
            ValueKind.Uint => Value.Of(unchecked(value.Uint + (ulong)ints)),
            ValueKind.Double => Value.Of(value.Double + by / 1000.0),
            ValueKind.String => Value.Of(Of(value.String)),
            _ => value,
        };

    private string Of(string text)
    {
        int end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        int start = end;
        while (start > 0 && char.IsAsciiDigit(text[start - 1]))
            start--;
        return
            end > start && int.TryParse(text.AsSpan(start, end - start), CultureInfo.InvariantCulture, out int number)
            ? string.Create(CultureInfo.InvariantCulture, $"{text[..start]}{number + 1000L * by}{text[end..]}")
            : string.Create(CultureInfo.InvariantCulture, $"{text}{by}");
    }
}
