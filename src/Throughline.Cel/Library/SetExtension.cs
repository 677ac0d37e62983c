using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>The sets extension (cel-go, <c>ext/README.md</c>, "Sets"): lists as sets, elements by the language's equality.</summary>
internal static class SetExtension
{
    public static readonly FunctionLibrary Library = new(
        "sets",
        [
            Function("sets.contains", Test("list_sets_contains_list", (x, y) => Contains(x, y))),
            Function("sets.equivalent", Test("list_sets_equivalent_list", (x, y) => Contains(x, y) && Contains(y, x))),
            Function("sets.intersects", Test("list_sets_intersects_list", Intersects)),
        ]
    );

    private static Overload Test(string id, Func<CelList, CelList, bool> test) =>
        Global(id, [ListOfA, ListOfA], CelType.Bool, x => Value.Of(test(x[0].List(), x[1].List())), Costs.Product);

    private static bool Contains(CelList all, CelList some)
    {
        HashSet<Value> set = new(CelLists.ToArray(all), ValueComparer.Instance);
        for (int i = 0; i < some.Count; i++)
            if (!set.Contains(some[i]))
                return false;
        return true;
    }

    private static bool Intersects(CelList a, CelList b)
    {
        HashSet<Value> set = new(CelLists.ToArray(a), ValueComparer.Instance);
        for (int i = 0; i < b.Count; i++)
            if (set.Contains(b[i]))
                return true;
        return false;
    }
}
