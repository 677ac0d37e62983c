using System.Text;
using Throughline.Cel.Types;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Rules;

/// <summary>What of a rule can be wrong although each member has its form: its expressions.</summary>
internal static class RuleCheck
{
    public static void Check(AttributionRule rule, string pointer, ModelIssues issues)
    {
        if (rule.CalendarOffsetMinutes is not null)
            foreach ((string kind, TouchWindow window) in rule.Windows)
                issues.Require(
                    window.Tiers.Select(tier => tier.WithinMs).Append(window.WithinMs).All(IsWholeDays),
                    $"{pointer}/windows{JsonPointer.Segment(Encoding.UTF8.GetBytes(kind))}",
                    "with calendarDays a window is a number of whole days"
                );
        if (rule.Eligible is { } eligible)
            RuleExpression.Compile(eligible, pointer + "/eligible", issues, CelType.Bool, readsTouch: true);
        if (rule.Value is { } value)
            RuleExpression.Compile(value, pointer + "/value", issues, CelType.Int, readsTouch: false);
        if (rule.DedupExpression is { } key)
            RuleExpression.Compile(key, pointer + "/dedup/expression", issues, CelType.String, readsTouch: false);
    }

    private static bool IsWholeDays(long ms) => ms == TouchWindow.None || ms % AttributionRule.DayMs == 0;
}
