using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>Lists and maps (specification, "Lists", "Maps"): index, membership, size.</summary>
internal static class StandardCollections
{
    public static readonly Function[] Functions =
    [
        Function(
            Operators.Index,
            Global("index_list", [ListOfA, CelType.Int], A, x => Index(x[0], x[1])),
            Global("index_map", [MapOfAB, A], B, x => Index(x[0], x[1]))
        ),
        Function(
            Operators.In,
            Global("in_list", [A, ListOfA], CelType.Bool, x => Value.Of(Contains(x[1].List(), x[0])), Costs.Second),
            Global("in_map", [A, MapOfAB], CelType.Bool, x => Value.Of(x[1].Map().TryGet(x[0], out _)))
        ),
        Function(
            "size",
            [.. Sizes("size", (id, type) => Global(id, [type], CelType.Int, Size))],
            [.. Sizes("", (id, type) => Member(id + "_size", [type], CelType.Int, Size))]
        ),
        // What transformMap and transformMapEntry add to their result; no expression can name it.
        Function(
            "cel.@mapInsert",
            Global(
                "cel_@mapInsert_map_key_value",
                [MapOfAB, A, B],
                MapOfAB,
                x => CelMaps.Insert(x[0].Map(), x[1], x[2])
            ),
            Global("cel_@mapInsert_map_map", [MapOfAB, MapOfAB], MapOfAB, x => InsertAll(x[0].Map(), x[1].Map()))
        ),
    ];

    /// <summary>An element of a list by number, or of a map by key; an error if there is none.</summary>
    public static Value Index(Value operand, Value index) =>
        TryIndex(operand, index, out Value element) switch
        {
            IndexResult.Found => element,
            IndexResult.NoSuchKey => Value.Error($"no such key: {index}"),
            IndexResult.OutOfRange => Value.Error($"index out of range: {index}"),
            IndexResult.BadIndex => Value.Error($"invalid index of a list: {index}"),
            _ => Value.Error($"no such overload: {operand.Type}[{index.Type}]"),
        };

    internal enum IndexResult
    {
        Found,
        NoSuchKey,
        OutOfRange,
        BadIndex,
        NoSuchOverload,
    }

    internal static IndexResult TryIndex(Value operand, Value index, out Value element)
    {
        element = default;
        if (operand.TryGet(out CelMap? map))
            return map.TryGet(index, out element) ? IndexResult.Found : IndexResult.NoSuchKey;
        if (!operand.TryGet(out CelList? list))
            return IndexResult.NoSuchOverload;
        if (!Numbers.TryInt(index, out long i))
            return IndexResult.BadIndex;
        if (i < 0 || i >= list.Count)
            return IndexResult.OutOfRange;
        element = list[(int)i];
        return IndexResult.Found;
    }

    public static bool Contains(CelList list, Value element)
    {
        int count = list.Count;
        for (int i = 0; i < count; i++)
            if (ValueEquality.Equal(list[i], element))
                return true;
        return false;
    }

    private static Function Function(string name, Overload[] globals, Overload[] members) =>
        new(name, [.. globals, .. members]);

    private static Function Function(string name, params Overload[] overloads) => new(name, overloads);

    private static IEnumerable<Overload> Sizes(string prefix, Func<string, CelType, Overload> declare)
    {
        string start = prefix.Length == 0 ? "" : prefix + "_";
        yield return declare(start + "string", CelType.String) with
        {
            Cost = Costs.First,
        };
        yield return declare(start + "bytes", CelType.Bytes);
        yield return declare(start + "list", ListOfA);
        yield return declare(start + "map", MapOfAB);
    }

    private static Value Size(ReadOnlySpan<Value> x) =>
        Value.Of(
            x[0].Kind switch
            {
                ValueKind.String => CodePoints.Count(x[0].String),
                ValueKind.Bytes => x[0].Bytes().Length,
                ValueKind.List => x[0].List().Count,
                _ => (long)x[0].Map().Count,
            }
        );

    private static Value InsertAll(CelMap into, CelMap from)
    {
        Value result = Value.Of(into);
        foreach (Value key in from.Keys)
        {
            from.TryGet(key, out Value value);
            result = CelMaps.Insert(result.Map(), key, value);
            if (result.IsError)
                return result;
        }
        return result;
    }
}
