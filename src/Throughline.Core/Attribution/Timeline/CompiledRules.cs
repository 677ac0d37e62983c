using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>
/// All versions of a tenant's rules, laid out for <see cref="TimelineKernel"/>: for each campaign and kind of conversion the rule that
/// holds at each time. Of the rules that fit, the most specific level counts that has one in force (campaign and kind, campaign, kind,
/// neither), there the highest version, then the latest publication. Immutable but for names that are taken over as they come.
/// </summary>
public sealed class CompiledRules
{
    private readonly IRuleNames names;
    private readonly RulePlan[] plans;
    private readonly Dictionary<string, int> rowOf = new(StringComparer.Ordinal) { [AttributionRule.Others] = 0 };
    private readonly Dictionary<string, int> columnOf = new(StringComparer.Ordinal) { [AttributionRule.Others] = 0 };
    private readonly Dictionary<(string Campaign, string Kind), List<int>> fitting;
    private readonly (int First, int Count)[] cells;
    private readonly List<(long From, int Rule)> spans = [];
    private readonly (long From, long Window)[][] windows;
    private int[] rows = [];
    private int[] columns = [];
    private int touchKinds = -1;
    private int channels = -1;

    /// <summary>Lays rules out.</summary>
    /// <param name="rules">All versions, in any order.</param>
    /// <param name="tables">The weight tables that they name.</param>
    /// <param name="names">May grow.</param>
    /// <param name="rates">May grow; without them a rule's currency that is not the conversion's is <c>no_rate</c>.</param>
    /// <exception cref="ArgumentException">A rule was not checked, or names a table that is not given.</exception>
    public CompiledRules(
        IEnumerable<PublishedRule> rules,
        IEnumerable<WeightTable> tables,
        IRuleNames names,
        RateBook? rates = null
    )
    {
        this.names = names;
        Rates = rates;
        Rules =
        [
            .. rules
                .OrderBy(x => x.Rule.Campaign, StringComparer.Ordinal)
                .ThenBy(x => x.Rule.Conversion, StringComparer.Ordinal)
                .ThenBy(x => x.Rule.Version)
                .ThenBy(x => x.Published)
                .ThenBy(x => x.Id),
        ];
        Groups =
        [
            .. Rules
                .Select(x => x.Rule.Group)
                .Append(AttributionRule.DefaultGroup)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        DefaultGroup = Groups.ToList().IndexOf(AttributionRule.DefaultGroup);
        Dictionary<(string, int), WeightTable> known = [];
        foreach (WeightTable table in tables)
            known[(table.Name, table.Version)] = table;
        plans = [.. Rules.Select(rule => Plan(rule, known))];
        IsCoupled = Array.Exists(plans, plan => plan.Rule.IsCoupled);
        HasTiers = Array.Exists(plans, plan => plan.HasTiers);
        HasExpressions = Array.Exists(
            plans,
            plan => plan.Eligible is not null || plan.Value is not null || plan.Key is not null
        );
        ReadsFirstSeen = Array.Exists(plans, plan => plan.ReadsFirstSeen);
        LongestWindowMs = Rules.Count == 0 ? 0 : Rules.Max(rule => rule.Rule.LongestWindowMs);
        fitting = Enumerable
            .Range(0, Rules.Count)
            .GroupBy(x => (Rules[x].Rule.Campaign, Rules[x].Rule.Conversion))
            .ToDictionary(x => x.Key, x => x.ToList());
        foreach (PublishedRule rule in Rules)
        {
            rowOf.TryAdd(rule.Rule.Campaign, rowOf.Count);
            columnOf.TryAdd(rule.Rule.Conversion, columnOf.Count);
        }
        cells = new (int, int)[rowOf.Count * columnOf.Count];
        foreach ((string campaign, int row) in rowOf)
        foreach ((string kind, int column) in columnOf)
            cells[row * columnOf.Count + column] = Resolve(campaign, kind);
        windows = new (long, long)[columnOf.Count][];
        foreach ((string kind, int column) in columnOf)
            windows[column] = Longest(kind);
        Refresh();
    }

    /// <summary>In a fixed order; results name a rule by its place.</summary>
    public IReadOnlyList<PublishedRule> Rules { get; }

    /// <summary>Exclusivity groups, ordinal; the default one is always there.</summary>
    public IReadOnlyList<string> Groups { get; }

    /// <summary>Place of the default group.</summary>
    public int DefaultGroup { get; }

    /// <summary>Some rule makes a conversion depend on earlier ones.</summary>
    public bool IsCoupled { get; }

    /// <summary>Some rule asks for the quality of a match.</summary>
    public bool HasTiers { get; }

    /// <summary>Some rule has an expression: the kernel needs <see cref="IRuleFacts"/>.</summary>
    public bool HasExpressions { get; }

    /// <summary>Some expression asks when a customer was first seen: facts must know it.</summary>
    public bool ReadsFirstSeen { get; }

    /// <summary>The longest window of any version, milliseconds; 0 without rules.</summary>
    public long LongestWindowMs { get; }

    internal RulePlan[] Plans => plans;

    /// <summary>Currencies that rules share values in.</summary>
    internal IEnumerable<Events.Currency> Currencies =>
        plans.Where(plan => plan.Currency != 0).Select(plan => RuleWorth.CurrencyOf(plan.Currency)).Distinct();
    internal RateBook? Rates { get; }

    /// <summary>The channel that is no advertising, or -1.</summary>
    internal int DirectChannel { get; private set; } = -1;

    /// <summary>Takes new names over. To be called after names were added, and by one thread.</summary>
    public void Refresh()
    {
        if (
            rows.Length == names.Campaigns
            && columns.Length == names.ConversionKinds
            && touchKinds == names.TouchKinds
            && channels == names.Channels
        )
            return;
        Rename();
    }

    private void Rename()
    {
        Extend(ref rows, names.Campaigns, number => rowOf.GetValueOrDefault(names.Campaign(number)));
        Extend(ref columns, names.ConversionKinds, number => columnOf.GetValueOrDefault(names.ConversionKind(number)));
        if (touchKinds == names.TouchKinds && channels == names.Channels)
            return;
        for (int channel = Math.Max(channels, 0); channel < names.Channels && DirectChannel < 0; channel++)
            if (names.Channel(channel) == AttributionModel.Direct)
                DirectChannel = channel;
        bool namesKinds = touchKinds != names.TouchKinds;
        (touchKinds, channels) = (names.TouchKinds, names.Channels);
        foreach (RulePlan plan in plans)
            if (namesKinds || plan.Table is not null)
                plan.Name(names);
    }

    /// <summary>The rule of a campaign for a conversion, or -1.</summary>
    public int RuleFor(int campaign, int kind, long time)
    {
        int row = (uint)campaign < (uint)rows.Length ? rows[campaign] : 0;
        (int first, int count) = cells[row * columnOf.Count + ColumnOf(kind)];
        int rule = -1;
        for (int i = first; i < first + count && spans[i].From <= time; i++)
            rule = spans[i].Rule;
        return rule;
    }

    /// <summary>The longest window of the versions that hold at an instant: how far back a conversion of the kind looks, in milliseconds.</summary>
    public long WindowAt(int kind, long time)
    {
        long window = 0;
        foreach ((long from, long length) in windows[ColumnOf(kind)])
        {
            if (from > time)
                break;
            window = length;
        }
        return window;
    }

    private int ColumnOf(int kind) => (uint)kind < (uint)columns.Length ? columns[kind] : 0;

    private RulePlan Plan(PublishedRule rule, Dictionary<(string, int), WeightTable> known)
    {
        WeightTable? table = null;
        if (
            rule.Rule.Model.Kind == ModelKind.DataDriven
            && (table = rule.Table) is null
            && !known.TryGetValue(rule.Rule.Model.Table, out table)
        )
            throw new ArgumentException(
                $"there is no weight table {rule.Rule.Model.Table.Name}@{rule.Rule.Model.Table.Version}",
                nameof(rule)
            );
        return new(rule, table, Groups.ToList().IndexOf(rule.Rule.Group));
    }

    private static void Extend(ref int[] places, int count, Func<int, int> placeOf)
    {
        int known = places.Length;
        if (known == count)
            return;
        Array.Resize(ref places, count);
        for (int number = known; number < count; number++)
            places[number] = placeOf(number);
    }

    // The rule in force from each instant on at which it can change.
    private (int First, int Count) Resolve(string campaign, string kind)
    {
        const string Any = AttributionRule.Others;
        List<int>[] levels =
        [
            .. new[] { (campaign, kind), (campaign, Any), (Any, kind), (Any, Any) }
                .Distinct()
                .Select(level => fitting.GetValueOrDefault(level) ?? []),
        ];
        int first = spans.Count;
        foreach (long instant in Instants(levels.SelectMany(level => level)))
        {
            int rule = -1;
            for (int level = 0; level < levels.Length && rule < 0; level++)
                rule = LastOf(levels[level], instant);
            if (spans.Count == first || spans[^1].Rule != rule)
                spans.Add((instant, rule));
        }
        return (first, spans.Count - first);
    }

    private (long, long)[] Longest(string kind)
    {
        List<int> near =
        [
            .. Enumerable
                .Range(0, Rules.Count)
                .Where(x => Rules[x].Rule.Conversion == kind || Rules[x].Rule.Conversion == AttributionRule.Others),
        ];
        List<(long From, long Window)> longest = [];
        foreach (long instant in Instants(near))
        {
            long window = 0;
            foreach (int rule in near)
                if (Rules[rule].Holds(instant))
                    window = Math.Max(window, Rules[rule].Rule.LongestWindowMs);
            if (longest.Count == 0 || longest[^1].Window != window)
                longest.Add((instant, window));
        }
        return [.. longest];
    }

    // Rules are in ascending order of version, publication and id.
    private int LastOf(List<int> rules, long instant)
    {
        int place = rules.FindLastIndex(x => Rules[x].Holds(instant));
        return place < 0 ? -1 : rules[place];
    }

    private IEnumerable<long> Instants(IEnumerable<int> rules) =>
        rules.SelectMany(x => new[] { Rules[x].From, Rules[x].Rule.ValidTo }).Distinct().Order();
}
