using Throughline.Cel.Compile;
using Throughline.Cel.Types;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>One rule as the kernel reads it: names are numbers, expressions are compiled.</summary>
internal sealed class RulePlan
{
    public RulePlan(PublishedRule published, WeightTable? table, int group)
    {
        Rule = published.Rule;
        Group = group;
        ModelIssues issues = new();
        Eligible = Compile(Rule.Eligible, issues, CelType.Bool, readsTouch: true);
        Value = Compile(Rule.Value, issues, CelType.Int, readsTouch: false);
        Key = Compile(Rule.DedupExpression, issues, CelType.String, readsTouch: false);
        if (issues.All.Count > 0)
            throw new ArgumentException($"a rule that was not checked: {issues.All[0].Message}", nameof(published));
        Table = table;
        Currency = Rule.Currency is { } code ? code[0] | code[1] << 8 | code[2] << 16 : 0;
        IsCalendar = Rule.CalendarOffsetMinutes is not null;
        CalendarOffsetMs = (Rule.CalendarOffsetMinutes ?? 0) * 60_000L;
        HasTiers =
            Rule.Windows.Values.Any(window => window.Tiers.Count > 0)
            || Rule.Eligible?.Contains("tier", StringComparison.Ordinal) == true;
        IsPlain = Eligible is null && Value is null && Currency == 0 && !Rule.IsCoupled && !HasTiers && !IsCalendar;
        LimitsTouches = Rule.DisplaceLower || Rule.TouchesPerConversion is not null;
    }

    public AttributionRule Rule { get; }
    public int Group { get; }
    public CompiledRule<RuleFacts>? Eligible { get; }
    public CompiledRule<RuleFacts>? Value { get; }
    public CompiledRule<RuleFacts>? Key { get; }
    public WeightTable? Table { get; }
    public int Currency { get; }
    public bool IsCalendar { get; }
    public long CalendarOffsetMs { get; }
    public bool HasTiers { get; }

    /// <summary>An expression asks when the customer was first seen.</summary>
    public bool ReadsFirstSeen =>
        RuleExpression.ReadsFirstSeen(Rule.Eligible)
        || RuleExpression.ReadsFirstSeen(Rule.Value)
        || RuleExpression.ReadsFirstSeen(Rule.DedupExpression);

    /// <summary>Of a touch nothing has to be asked but flags and age.</summary>
    public bool IsPlain { get; }

    /// <summary>Touches of a campaign compete for their place in its path.</summary>
    public bool LimitsTouches { get; }

    // By kind of touch; the last is of kinds beyond the array.
    private TouchWindow?[] windows = [];
    private long[] within = [];
    private int[] priorities = [];

    /// <summary>Kinds of touch that are milestones, -1 if there is none of that name.</summary>
    public int Lead { get; private set; } = -1;
    public int Opportunity { get; private set; } = -1;

    /// <summary>By channel; only of data-driven models.</summary>
    public long[] ChannelWeights { get; private set; } = [];

    /// <summary>How long a touch is eligible, milliseconds; <see cref="TouchWindow.None"/>: never.</summary>
    public long WithinOf(int kind, int tier)
    {
        int place = Math.Min(kind, within.Length - 1);
        return HasTiers ? windows[place]?.At(tier) ?? TouchWindow.None : within[place];
    }

    public int PriorityOf(int kind) => priorities[Math.Min(kind, priorities.Length - 1)];

    /// <summary>Takes kinds of touch and channels over as they are named now.</summary>
    public void Name(IRuleNames names)
    {
        windows = new TouchWindow?[names.TouchKinds + 1];
        priorities = new int[names.TouchKinds + 1];
        windows[^1] = Rule.Windows.GetValueOrDefault(AttributionRule.Others);
        priorities[^1] = Rule.Priorities.GetValueOrDefault(AttributionRule.Others);
        for (int kind = 0; kind < names.TouchKinds; kind++)
        {
            string name = names.TouchKind(kind);
            windows[kind] = Rule.Windows.GetValueOrDefault(name) ?? windows[^1];
            priorities[kind] = Rule.Priorities.TryGetValue(name, out int priority) ? priority : priorities[^1];
            if (Rule.Model.Kind == ModelKind.W && name == Rule.Model.Lead)
                Lead = kind;
            if (Rule.Model.Kind == ModelKind.W && name == Rule.Model.Opportunity)
                Opportunity = kind;
        }
        within = [.. windows.Select(window => window?.WithinMs ?? TouchWindow.None)];
        if (Table is null)
            return;
        ChannelWeights = new long[names.Channels];
        for (int channel = 0; channel < ChannelWeights.Length; channel++)
            ChannelWeights[channel] = Table.Channels.TryGetValue(names.Channel(channel), out long weight)
                ? weight
                : Table.Others;
    }

    private static CompiledRule<RuleFacts>? Compile(string? text, ModelIssues issues, CelType type, bool readsTouch) =>
        text is null ? null : RuleExpression.Compile(text, "", issues, type, readsTouch);
}
