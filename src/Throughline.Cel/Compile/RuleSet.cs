using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Interpret;

namespace Throughline.Cel.Compile;

/// <summary>
/// Many rules over one input, evaluated as one. For each rule, tests are found one of which must hold, or fail, for it to be
/// anything but false: an equality, a set, a prefix, a literal inside a text, a threshold, a network, a presence. All such
/// tests of a field are answered by one look-up or one pass over its text; only rules with a test that holds or fails are
/// evaluated, and what they have in common is evaluated once. The result of each is that of the rule alone.
/// </summary>
/// <remarks>Immutable: many threads may evaluate it, each with matches of its own.</remarks>
public sealed class RuleSet<T>
{
    private readonly BoolNode<T>[] rules;
    private readonly bool[] needBudget;
    private readonly bool[] decided;
    private readonly FieldIndex<T>[] indexes;
    private readonly int[] always;
    private readonly MemoKeys shared;

    private RuleSet(
        BoolNode<T>[] rules,
        bool[] needBudget,
        bool[] decided,
        FieldIndex<T>[] indexes,
        int[] always,
        MemoKeys shared
    )
    {
        this.rules = rules;
        this.needBudget = needBudget;
        this.decided = decided;
        this.indexes = indexes;
        this.always = always;
        this.shared = shared;
    }

    /// <summary>How many rules there are.</summary>
    public int Count => rules.Length;

    /// <summary>How many rules are evaluated for every input, because nothing rules them out.</summary>
    internal int AlwaysEvaluated => always.Length;

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
            foreach (GuardedAtom<T> atom in cover.Atoms)
            {
                if (!builders.TryGetValue(atom.Atom.Field, out FieldIndexBuilder<T>? builder))
                    builders[atom.Atom.Field] = builder = atom.Atom.NewIndex();
                builder.Add(atom, i);
            }
        }
        return new(
            nodes,
            [.. rules.Select(x => !x.IsConstantSize)],
            decided,
            [.. builders.Values.Select(x => x.Build())],
            [.. always],
            MemoKeys.Of(rules.SelectMany(x => x.Shared))
        );
    }

    /// <summary>A result to be filled again and again; one for each thread.</summary>
    /// <param name="costLimit">Units that each rule may cost at most: see <see cref="EvaluationScratch"/>.</param>
    public RuleMatches NewMatches(ulong costLimit = CelProgram.DefaultCostLimit) =>
        new(this, rules.Length, shared, costLimit);

    /// <summary>Finds what each rule comes to. One that fails is noted as such, and hides no other.</summary>
    /// <param name="input">The input.</param>
    /// <param name="matches">Made by this set.</param>
    public void Evaluate(T input, RuleMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        if (!ReferenceEquals(matches.Owner, this))
            throw new ArgumentException("These matches were made by another set.", nameof(matches));
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

    /// <summary>Tests of these rules may hold, or fail.</summary>
    internal void Suspect(int[] suspects, T input, RuleMatches matches)
    {
        foreach (int rule in suspects)
            if (matches.See(rule))
                Run(rule, input, matches);
    }

    private void Run(int rule, T input, RuleMatches matches)
    {
        RuleOutcome outcome = needBudget[rule]
            ? matches.Scratch.Run(rules[rule], input)
            : rules[rule].Eval(input, matches.Scratch);
        if (outcome == RuleOutcome.False)
            return;
        if (outcome == RuleOutcome.True)
            matches.Add(rule);
        else
            matches.AddFault(rule, matches.Scratch.Failure);
    }
}
