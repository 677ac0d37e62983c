using System.Collections.Frozen;

namespace Throughline.Cel.Parse;

/// <summary>
/// The macros (specification, "Macros" and the extensions): by name, as function or method, and number of arguments. A call of
/// another number is no macro, and is left for the checker to refuse.
/// </summary>
internal static class Macros
{
    // Names that no text can hold, so that they hide no variable.
    public const string Accumulator = "@result";
    public const string Unused = "#unused";

    /// <summary><c>cel.@mapInsert(map, key, value)</c> and <c>(map, entries)</c>: the map with more entries; a key that is
    /// there already is an error.</summary>
    public const string MapInsert = "cel.@mapInsert";

    /// <summary>What <c>math.greatest</c> stands for: of one list, or of one or two values.</summary>
    public const string Max = "math.@max";
    public const string Min = "math.@min";

    /// <summary><c>list.@sortByAssociatedKeys(keys)</c>: what <c>sortBy</c> stands for.</summary>
    public const string SortByKeys = "@sortByAssociatedKeys";

    private const int Any = -1;

    private static readonly FrozenDictionary<(string Name, bool Method, int Arguments), Expansion> All = new Dictionary<
        (string, bool, int),
        Expansion
    >
    {
        [("has", false, 1)] = MacrosOfCalls.Has,
        [("all", true, 2)] = m => MacrosOfFolds.All(m, 1),
        [("all", true, 3)] = m => MacrosOfFolds.All(m, 2),
        [("exists", true, 2)] = m => MacrosOfFolds.Exists(m, 1),
        [("exists", true, 3)] = m => MacrosOfFolds.Exists(m, 2),
        [("exists_one", true, 2)] = m => MacrosOfFolds.ExistsOne(m, 1),
        [("exists_one", true, 3)] = m => MacrosOfFolds.ExistsOne(m, 2),
        [("existsOne", true, 2)] = m => MacrosOfFolds.ExistsOne(m, 1),
        [("existsOne", true, 3)] = m => MacrosOfFolds.ExistsOne(m, 2),
        [("map", true, 2)] = m => MacrosOfFolds.Map(m, 1),
        [("map", true, 3)] = m => MacrosOfFolds.Map(m, 1),
        [("filter", true, 2)] = MacrosOfFolds.Filter,
        [("transformList", true, 3)] = m => MacrosOfFolds.Map(m, 2),
        [("transformList", true, 4)] = m => MacrosOfFolds.Map(m, 2),
        [("transformMap", true, 3)] = MacrosOfFolds.TransformMap,
        [("transformMap", true, 4)] = MacrosOfFolds.TransformMap,
        [("transformMapEntry", true, 3)] = MacrosOfFolds.TransformMapEntry,
        [("transformMapEntry", true, 4)] = MacrosOfFolds.TransformMapEntry,
        [("bind", true, 3)] = MacrosOfBindings.Bind,
        [("block", true, 2)] = MacrosOfBindings.Block,
        [("index", true, 1)] = MacrosOfBindings.Index,
        [("iterVar", true, 2)] = m => MacrosOfBindings.LoopVariable(m, "@it"),
        [("accuVar", true, 2)] = m => MacrosOfBindings.LoopVariable(m, "@ac"),
        [("optMap", true, 2)] = m => MacrosOfBindings.OptionalMap(m, wrap: true),
        [("optFlatMap", true, 2)] = m => MacrosOfBindings.OptionalMap(m, wrap: false),
        [("sortBy", true, 2)] = MacrosOfBindings.SortBy,
        [("greatest", true, Any)] = m => MacrosOfCalls.Extreme(m, Max),
        [("least", true, Any)] = m => MacrosOfCalls.Extreme(m, Min),
        [("getExt", true, 2)] = m => MacrosOfCalls.Extension(m, testOnly: false),
        [("hasExt", true, 2)] = m => MacrosOfCalls.Extension(m, testOnly: true),
    }.ToFrozenDictionary();

    /// <summary>The names of all macros, without their namespaces.</summary>
    public static IEnumerable<string> Names => All.Keys.Select(x => x.Name).Distinct(StringComparer.Ordinal);

    public static Expansion? Find(Expr.Call call)
    {
        bool method = call.Target is not null;
        return
            All.TryGetValue((call.Function, method, call.Args.Count), out Expansion? found)
            || All.TryGetValue((call.Function, method, Any), out found)
            ? found
            : null;
    }
}
