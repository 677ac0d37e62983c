using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>The lists extension (cel-go, <c>ext/README.md</c>, "Lists"): parts, order, distinct elements.</summary>
internal static class ListExtension
{
    /// <summary>Elements that <c>lists.range</c> makes at most.</summary>
    public const long MaxRange = 1_000_000;

    // What has an order. A list that may hold anything fits all of them; its elements are looked at when it is sorted.
    private static readonly CelType[] Ordered =
    [
        CelType.Int,
        CelType.Uint,
        CelType.Double,
        CelType.Bool,
        CelType.Duration,
        CelType.Timestamp,
        CelType.String,
        CelType.Bytes,
    ];

    public static readonly FunctionLibrary Library = new(
        "lists",
        [
            Function(
                "slice",
                Member(
                    "list_slice",
                    [ListOfA, CelType.Int, CelType.Int],
                    ListOfA,
                    x => Slice(x[0].List(), x[1].Int, x[2].Int),
                    Costs.First
                )
            ),
            Function(
                "flatten",
                Member("list_flatten", [CelType.List(ListOfA)], ListOfA, x => Flatten(x[0].List(), 1), Costs.Each),
                Member(
                    "list_flatten_int",
                    [CelType.ListOfDyn, CelType.Int],
                    CelType.ListOfDyn,
                    x => Flatten(x[0].List(), x[1].Int),
                    Costs.Each
                )
            ),
            Function(
                "sort",
                [
                    .. Ordered.Select(x =>
                        Member($"list_{x}_sort", [CelType.List(x)], CelType.List(x), y => Sort(y[0], y[0]), Costs.Pairs)
                    ),
                ]
            ),
            // What the macro sortBy makes: a list sorted by the keys of its elements.
            Function(
                Macros.SortByKeys,
                [
                    .. Ordered.Select(x =>
                        Member(
                            $"list_{x}_sortByAssociatedKeys",
                            [ListOfA, CelType.List(x)],
                            ListOfA,
                            y => Sort(y[0], y[1]),
                            Costs.Pairs
                        )
                    ),
                ]
            ),
            Function("distinct", Member("list_distinct", [ListOfA], ListOfA, x => Distinct(x[0].List()), Costs.Pairs)),
            Function("reverse", Member("list_reverse", [ListOfA], ListOfA, x => Reverse(x[0].List()), Costs.Each)),
            Function(
                "lists.range",
                Global("lists_range", [CelType.Int], CelType.List(CelType.Int), x => Range(x[0].Int))
            ),
        ]
    );

    private static Value Slice(CelList list, long start, long end) =>
        start < 0 || end < 0 ? Value.Error($"slice({start}, {end}): negative index")
        : start > end ? Value.Error($"slice({start}, {end}): the start is after the end")
        : end > list.Count ? Value.Error($"slice({start}, {end}): the list has {list.Count} elements")
        : Value.Of(CelLists.Of(CelLists.ToArray(list)[(int)start..(int)end]));

    private static Value Flatten(CelList list, long depth)
    {
        if (depth < 0)
            return Value.Error("flatten: negative depth");
        List<Value> flat = [];
        // Lists under way with the next place in each: depth is the host's or the expression's, so no recursion.
        Stack<(CelList List, int Next)> open = new([(list, 0)]);
        while (open.TryPop(out (CelList List, int Next) top))
        {
            if (top.Next == top.List.Count)
                continue;
            open.Push((top.List, top.Next + 1));
            Value item = top.List[top.Next];
            if (open.Count <= depth && item.TryGet(out CelList? inner))
                open.Push((inner, 0));
            else
                flat.Add(item);
        }
        return Value.Of(CelLists.Of([.. flat]));
    }

    private static Value Sort(Value sorted, Value by)
    {
        (CelList list, CelList keys) = (sorted.List(), by.List());
        if (list.Count != keys.Count)
            return Value.Error("sort: there must be one key for each element");
        for (int i = 0; i < keys.Count; i++)
        {
            bool ordered = ValueOrder.Compare(keys[0], keys[i]) != Ordering.Incomparable;
            if (!ordered || keys[0].Kind != keys[i].Kind)
                return Value.Error($"no such overload: sort of {keys[0].Type} and {keys[i].Type}");
        }
        // LINQ's order is stable. NaN stands as if equal to what it is compared with.
        Comparer<Value> order = Comparer<Value>.Create(
            (x, y) => ValueOrder.Compare(x, y) is var o && o is Ordering.Unordered ? 0 : (int)o
        );
        return Value.Of(
            CelLists.Of([
                .. CelLists
                    .ToArray(list)
                    .Zip(CelLists.ToArray(keys))
                    .OrderBy(x => x.Second, order)
                    .Select(x => x.First),
            ])
        );
    }

    private static Value Distinct(CelList list) =>
        Value.Of(CelLists.Of([.. CelLists.ToArray(list).Distinct(ValueComparer.Instance)]));

    private static Value Reverse(CelList list)
    {
        Value[] items = CelLists.ToArray(list);
        Array.Reverse(items);
        return Value.Of(CelLists.Of(items));
    }

    private static Value Range(long count) =>
        count > MaxRange
            ? Value.Error($"lists.range: more than {MaxRange} elements")
            : Value.Of(new Numbered((int)Math.Max(count, 0)));

    private sealed class Numbered(int count) : CelList
    {
        public override int Count { get; } = count;
        public override Value this[int index] => Value.Of((long)index);
    }
}
