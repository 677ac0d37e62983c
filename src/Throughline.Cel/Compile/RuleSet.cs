using Throughline.Cel.Compile.Plan;

namespace Throughline.Cel.Compile;

/// <summary>
/// Many rules over one input, evaluated as one. For each rule, tests are found of which at least one must hold for it to be
/// true: an equality, a set, a prefix, a literal inside a text, a threshold. All such tests of a field are answered by one
/// look-up or one pass over its text; only rules with a test that holds are evaluated. The result is that of each alone.
/// </summary>
public sealed class RuleSet<T>
{
    private readonly BoolNode<T>[] rules;
    private readonly bool[] decided;
    private readonly FieldIndex<T>[] indexes;
    private readonly int[] always;

    private RuleSet(BoolNode<T>[] rules, bool[] decided, FieldIndex<T>[] indexes, int[] always)
    {
        this.rules = rules;
        this.decided = decided;
        this.indexes = indexes;
        this.always = always;
    }

    /// <summary>How many rules there are.</summary>
    public int Count => rules.Length;

    /// <summary>A set of rules; they keep their places.</summary>
    public static RuleSet<T> Create(IReadOnlyList<CompiledRule<T>> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        BoolNode<T>[] nodes = [.. rules.Select(x => x.Root)];
        bool[] decided = new bool[nodes.Length];
        AtomStatistics statistics = new();
        foreach (BoolNode<T> node in nodes)
            Covers.Count(node, statistics);
        Dictionary<object, FieldIndexBuilder<T>> builders = [];
        List<int> always = [];
        for (int i = 0; i < nodes.Length; i++)
        {
            Cover<T>? cover = Covers.Of(nodes[i], statistics);
            if (cover is null)
            {
                always.Add(i);
                continue;
            }
            decided[i] = cover.Decides;
            foreach (Atom<T> atom in cover.Atoms)
            {
                if (!builders.TryGetValue(atom.Field, out FieldIndexBuilder<T>? builder))
                    builders[atom.Field] = builder = atom.NewIndex();
                builder.Add(atom, i);
            }
        }
        return new(nodes, decided, [.. builders.Values.Select(x => x.Build())], [.. always]);
    }

    /// <summary>A result to be filled again and again; one for each thread.</summary>
    public RuleMatches NewMatches() => new(rules.Length);

    /// <summary>Finds the rules that are true; those in error or unknown are not.</summary>
    public void Evaluate(T input, RuleMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        ArgumentOutOfRangeException.ThrowIfNotEqual(matches.Rules, rules.Length);
        matches.Clear();
        foreach (int rule in always)
            Run(rule, input, matches);
        foreach (FieldIndex<T> index in indexes)
            index.Find(input, this, matches);
    }

    /// <summary>Tests of these rules hold.</summary>
    internal void Hit(int[] hits, T input, RuleMatches matches)
    {
        foreach (int rule in hits)
            Hit(rule, input, matches);
    }

    internal void Hit(int rule, T input, RuleMatches matches)
    {
        if (decided[rule])
            matches.Add(rule);
        else if (matches.See(rule))
            Run(rule, input, matches);
    }

    private void Run(int rule, T input, RuleMatches matches)
    {
        if (rules[rule].Eval(input, matches.Scratch) == RuleOutcome.True)
            matches.Add(rule);
    }
}
