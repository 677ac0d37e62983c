using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>The exclusivity group of every rule, and the names that results give rules.</summary>
internal sealed class RuleGroups(CompiledRules rules)
{
    private readonly int[] groupOf =
    [
        .. rules.Rules.Select(rule => ((IList<string>)rules.Groups).IndexOf(rule.Rule.Group)),
    ];

    /// <summary>A rule's campaign and kind of conversion.</summary>
    public static string NameOf(AttributionRule rule) => $"{rule.Campaign}/{rule.Conversion}";

    /// <summary>What became of a rule's group of a conversion; default if it did not compete.</summary>
    public GroupCredit Find(TimelineKernel kernel, in ConversionCredit credit, int rule)
    {
        int group = groupOf[rule];
        foreach (ref readonly GroupCredit share in kernel.Groups.Slice(credit.FirstGroup, credit.Groups))
            if (share.Group == group)
                return share;
        return default;
    }
}
