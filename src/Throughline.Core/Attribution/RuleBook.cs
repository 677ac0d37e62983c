using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;

namespace Throughline.Core.Attribution;

/// <summary>All rule versions and weight tables of a tenant: few, kept as objects, read back from their events after a restart.</summary>
internal sealed class RuleBook(IRuleNames names, Finality finality = default)
{
    private readonly List<PublishedRule> rules = [];
    private readonly List<CampaignRule> campaigns = [];
    private readonly SortedDictionary<(string, int), List<(long Time, Token Id, WeightTable Table)>> tables = [];
    private CompiledRules? compiled;

    /// <summary>The tenant's exchange rates.</summary>
    public RateBook Rates { get; } = new(finality);

    private TimelineKernel? kernel;
    private CaseRule[] refs = [];

    /// <summary>Documents of campaigns as they were published.</summary>
    public IReadOnlyList<CampaignRule> Campaigns => campaigns;

    /// <summary>All versions, those of campaigns among them, in the order of the log.</summary>
    public IReadOnlyList<PublishedRule> All => rules;

    public IEnumerable<WeightTable> Tables => tables.Values.Select(x => x[^1].Table);

    /// <summary>The rules laid out with all names that are known by now.</summary>
    public CompiledRules Compiled
    {
        get
        {
            Made.Refresh();
            return Made;
        }
    }

    /// <summary>For the writer's thread.</summary>
    public TimelineKernel Kernel => kernel ??= new(Compiled);

    /// <summary>By place in the compiled rules.</summary>
    public CaseRule RefOf(int rule) => refs[rule];

    /// <summary>The rule that a stored case names, if its document is still the same; null if not.</summary>
    public CaseRule? Find(CaseRule named)
    {
        _ = Compiled;
        return Array.Find(refs, x => x.Position == named.Position && x.Digest == named.Digest);
    }

    /// <summary>The longest window of any version, in milliseconds; 0 without rules.</summary>
    public long LongestWindowMs => Made.LongestWindowMs;

    /// <summary>A conversion's credit may depend on all that its customer did, not on the touches in its window alone.</summary>
    public bool IsWhole => Made.IsCoupled || Made.HasExpressions || Made.HasTiers;

    /// <summary>Some rule asks for the quality of a match.</summary>
    public bool HasTiers => Made.HasTiers;

    // What follows from the rules alone, whatever names there are.
    private CompiledRules Made => compiled ??= Compile();

    public PublishedRule Add(CampaignRule campaign, Token id)
    {
        campaigns.Add(campaign);
        return Add(new PublishedRule(campaign.ToRule(), campaign.Published, id, campaign.Position));
    }

    public PublishedRule Add(PublishedRule rule)
    {
        rule = rule with { Earliest = finality.EarliestOf(rule.Published) };
        rules.Add(rule);
        Forget();
        return rule;
    }

    /// <summary>Takes a weight table in, the later of equal name and version; gives the rules that name it.</summary>
    public IReadOnlyList<PublishedRule> Add(WeightTable table, long time, Token id)
    {
        (string, int) name = (table.Name, table.Version);
        if (!tables.TryGetValue(name, out List<(long Time, Token Id, WeightTable Table)>? known))
            tables.Add(name, known = []);
        known.Insert(known.FindLastIndex(x => (x.Time, x.Id).CompareTo((time, id)) <= 0) + 1, (time, id, table));
        Forget();
        return [.. rules.Where(rule => rule.Rule.Model.Table == name)];
    }

    // A rule whose table is not there yet is as if it were not published.
    private CompiledRules Compile()
    {
        CompiledRules made = new(rules.SelectMany(WithTables), Tables, names, Rates);
        refs = [.. made.Rules.Select(CaseRule.Of)];
        return made;
    }

    // Of a table that was published again, conversions that were final by then keep what it was: the later one comes later.
    private IEnumerable<PublishedRule> WithTables(PublishedRule rule) =>
        rule.Rule.Model.Kind != ModelKind.DataDriven ? [rule]
        : tables.TryGetValue(rule.Rule.Model.Table, out var known)
            ? known
                .Select(x =>
                    rule with
                    {
                        Table = x.Table,
                        Earliest = Math.Max(rule.Earliest, finality.EarliestOf(x.Time)),
                    }
                )
                .Reverse()
                .DistinctBy(x => x.Earliest)
                .Reverse()
        : [];

    private void Forget() => (compiled, kernel) = (null, null);
}
