using Throughline.Cel.Values;

namespace Throughline.Cel.Library;

/// <summary>
/// What evaluation costs, in units of about 50 ns. The static estimate and the run-time budget count the same, so that an
/// expression never costs more than its estimate.
/// </summary>
public static class Costs
{
    /// <summary>A literal.</summary>
    public const ulong Constant = 0;

    /// <summary>The reading of a variable.</summary>
    public const ulong Variable = 1;

    /// <summary>The selection of a field or key.</summary>
    public const ulong Select = 1;

    /// <summary>A call whose work does not depend on its arguments.</summary>
    public const ulong Call = 1;

    /// <summary>The making of a list, without its elements.</summary>
    public const ulong ListLiteral = 10;

    /// <summary>The making of a map, without its entries.</summary>
    public const ulong MapLiteral = 30;

    /// <summary>The making of a message, without its fields.</summary>
    public const ulong MessageLiteral = 40;

    /// <summary>Work on so many characters or elements, ten a unit.</summary>
    public static ulong Traverse(ulong size) => 1 + size / 10;

    /// <summary>Work on all of the first argument.</summary>
    public static readonly CostFunction First = sizes => Traverse(sizes[0]);

    /// <summary>Work on all of the second.</summary>
    public static readonly CostFunction Second = sizes => Traverse(sizes[1]);

    /// <summary>Work on as much of both as the shorter has.</summary>
    public static readonly CostFunction Smaller = sizes => Traverse(Math.Min(sizes[0], sizes[1]));

    /// <summary>Work on all of both.</summary>
    public static readonly CostFunction Sum = sizes => Traverse(Add(sizes[0], sizes[1]));

    /// <summary>A search for the second in the first.</summary>
    public static readonly CostFunction Search = sizes => Multiply(Traverse(sizes[0]), Traverse(sizes[1]));

    /// <summary>A match of the second, a regular expression, in the first.</summary>
    public static readonly CostFunction Match = sizes => Multiply(Traverse(sizes[0]), 1 + sizes[1] / 4);

    /// <summary>A list compared with each of its elements.</summary>
    public static readonly CostFunction Pairs = sizes => Multiply(Add(1, sizes[0]), Add(1, sizes[0]));

    /// <summary>Each element of the first compared with each of the second.</summary>
    public static readonly CostFunction Product = sizes => Multiply(Add(1, sizes[0]), Add(1, sizes[1]));

    /// <summary>Every element of the first.</summary>
    public static readonly CostFunction Each = sizes => Add(1, sizes[0]);

    /// <summary>What cost functions count: code points, bytes, elements or entries; 1 for all else.</summary>
    public static ulong SizeOf(Value value) =>
        value.Kind switch
        {
            ValueKind.String => (ulong)CodePoints.Count(value.String),
            ValueKind.Bytes => (ulong)value.Bytes().Length,
            ValueKind.List => (ulong)value.List().Count,
            ValueKind.Map => (ulong)value.Map().Count,
            _ => 1,
        };

    /// <summary>The sum, or the largest number there is.</summary>
    public static ulong Add(ulong a, ulong b) => a > ulong.MaxValue - b ? ulong.MaxValue : a + b;

    /// <summary>The product, or the largest number there is.</summary>
    public static ulong Multiply(ulong a, ulong b) => (ulong)UInt128.Min((UInt128)a * b, ulong.MaxValue);
}
