namespace Throughline.Cel.Compile;

/// <summary>Answers all tests of one field at once.</summary>
internal abstract class FieldIndex<T>
{
    /// <summary>Reports the rules whose tests hold or fail; a rule may be reported more than once.</summary>
    public abstract void Find(T input, RuleSet<T> set, RuleMatches matches);
}

internal abstract class FieldIndexBuilder<T>(Slot<T>? place)
{
    private readonly MissingRulesBuilder<T> missing = new(place);

    public void Add(GuardedAtom<T> atom, int rule)
    {
        missing.Add(atom, rule);
        Add(atom.Atom, rule);
    }

    protected abstract void Add(Atom<T> atom, int rule);

    public abstract FieldIndex<T> Build();

    /// <summary>The rules whose tests fail where the field is missing; null if it never is.</summary>
    protected MissingRules<T>? Missing() => missing.Build();

    /// <summary>Rules by what they ask for, each rule once.</summary>
    protected static void Add<TKey>(Dictionary<TKey, List<int>> rules, TKey key, int rule)
        where TKey : notnull
    {
        if (!rules.TryGetValue(key, out List<int>? list))
            rules[key] = list = [];
        AddOnce(list, rule);
    }

    /// <summary>Rules come one after the other: the last one is the one to compare with.</summary>
    protected static void AddOnce(List<int> rules, int rule)
    {
        if (rules.Count == 0 || rules[^1] != rule)
            rules.Add(rule);
    }
}

internal sealed class MissingRulesBuilder<T>
{
    // Those of the field and of what it is part of that may be missing, the outermost first.
    private readonly List<(Slot<T> Slot, List<int> Unguarded)> levels = [];

    public MissingRulesBuilder(Slot<T>? place)
    {
        for (Slot<T>? at = place; at is not null; at = at.Parent)
            if (at.Own is not null)
                levels.Insert(0, (at, []));
    }

    public void Add(GuardedAtom<T> atom, int rule)
    {
        foreach ((Slot<T> slot, List<int> unguarded) in levels)
            if (!atom.Guards.Contains(slot) && (unguarded.Count == 0 || unguarded[^1] != rule))
                unguarded.Add(rule);
    }

    public MissingRules<T>? Build() =>
        levels.Count == 0
            ? null
            : new([.. levels.Select(x => x.Slot.Own!)], [.. levels.Select(x => x.Unguarded.ToArray())]);
}

/// <summary>
/// Rules whose tests fail because a field is missing: if <c>has</c> of what is missing is an operand of <c>&amp;&amp;</c>, that one is
/// false, and so is the rule.
/// </summary>
internal sealed class MissingRules<T>(Func<T, bool>[] levels, int[][] unguarded)
{
    /// <summary>Whether the field is missing; then the rules that may fail for it are reported.</summary>
    public bool Find(T input, RuleSet<T> set, RuleMatches matches)
    {
        for (int i = 0; i < levels.Length; i++)
        {
            if (levels[i](input))
                continue;
            set.Suspect(unguarded[i], input, matches);
            return true;
        }
        return false;
    }
}
