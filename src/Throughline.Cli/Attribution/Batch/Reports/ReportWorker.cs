using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch.Reports;

/// <summary>One thread's adding up of credit.</summary>
internal sealed class ReportWorker : IPartitionWorker
{
    private readonly PartitionLoader loader;
    private readonly PartitionJourneys journeys;
    private readonly TimelineKernel kernel;
    private readonly RuleGroups groups;
    private readonly BatchFacts facts;
    private readonly BatchNames names;
    private readonly RuleFacts texts = new();
    private readonly ReportCase one = new();
    private readonly HashSet<int> credited = []; // groups of the conversion under way

    public ReportWorker(BatchData data, CompiledRules rules, CreditReportOptions options)
    {
        Cube = new(options);
        names = data.Names;
        loader = new(data, rules.LongestWindowMs, keeps: false);
        journeys = new(loader, data.Names, data.Equal, rules.HasTiers);
        kernel = new(rules);
        groups = new(rules);
        facts = new(loader, data.Names, data.TouchExtras, data.ConversionExtras);
    }

    public CreditCube Cube { get; }

    public int Run(int partition)
    {
        loader.Load(partition);
        journeys.Fill();
        for (int customer = 0; customer < journeys.Customers; customer++)
        {
            facts.Begin(customer, journeys.FirstTouch(customer), journeys.FirstConversion(customer));
            CustomerTimeline timeline = journeys.Of(customer);
            kernel.Evaluate(timeline, facts);
            for (int conversion = 0; conversion < timeline.Conversions.Length; conversion++)
            {
                Fill(timeline, conversion);
                Cube.Add(one);
            }
        }
        return loader.Conversions.Count;
    }

    private void Fill(in CustomerTimeline timeline, int conversion)
    {
        ref readonly ConversionCredit credit = ref kernel.Conversions[conversion];
        ref readonly TimelineConversion row = ref timeline.Conversions[conversion];
        one.Clear();
        one.Time = row.Time;
        one.Kind = names.ConversionKind(row.Kind);
        one.Currency = row.Currency;
        one.NetValue = Math.Max(0, row.Minor - credit.Refunded);
        credited.Clear();
        foreach (
            ref readonly CandidateCredit candidate in kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates)
        )
        {
            bool isCredited = candidate.Reason == TouchReason.Credited;
            if (!isCredited && candidate.Rank == 0)
                continue;
            GroupCredit group = groups.Find(kernel, credit, candidate.Rule);
            if (isCredited)
                credited.Add(group.Group);
            one.Touches.Add(TouchOf(timeline.Touches[candidate.Touch], candidate, group));
        }
        foreach (ref readonly GroupCredit group in kernel.Groups.Slice(credit.FirstGroup, credit.Groups))
            one.Rests.Add(
                new(group.Currency, group.Unattributed, group.NetUnattributed, !credited.Contains(group.Group))
            );
    }

    private ReportTouch TouchOf(in TimelineTouch touch, in CandidateCredit candidate, in GroupCredit group)
    {
        if (Cube.Options.NeedsEvents)
            facts.ReadTouch(candidate.Touch, texts);
        return new()
        {
            Time = touch.Time,
            Campaign = names.Campaign(touch.Campaign),
            Channel = names.Channel(touch.Channel),
            Kind = names.TouchKind(touch.Kind),
            Creative = texts.Creative ?? "",
            Placement = texts.Placement ?? "",
            IsOnPath = candidate.Rank > 0,
            IsCredited = candidate.Reason == TouchReason.Credited,
            Rule = candidate.Rule < 0 ? null : kernel.Rules.Rules[candidate.Rule].Rule,
            Weight = candidate.Weight,
            Weights = group.Weights,
            Minor = candidate.Minor,
            Net = candidate.Net,
            Currency = group.Currency,
        };
    }
}
