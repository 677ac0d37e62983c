using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Rules;

/// <summary>What the rules of a version read: nothing else goes into records.</summary>
/// <param name="ResponseLists">Those of <paramref name="Lists"/> that rules of the response phase read.</param>
/// <param name="HoldsOut">A rule has a hold-out: records say whom a request belongs to.</param>
internal sealed record ModelUse(
    Feature[] Features,
    int[] Counters,
    int[] Lists,
    int[] ResponseLists,
    bool Customer,
    bool HoldsOut
)
{
    public static ModelUse Of(GateDocument document, GateExpression?[] rules)
    {
        HashSet<string> reads = [.. rules.SelectMany(x => x?.Reads ?? [])];
        bool MayRead(string name) => reads.Any(x => FeatureUse.Touches(x, name));
        HashSet<string> responseReads =
        [
            .. rules.Where((_, i) => document.Rules[i].Phase == RulePhase.Response).SelectMany(x => x?.Reads ?? []),
        ];
        int[] Places(IEnumerable<string> names, HashSet<string> read) =>
            [
                .. names
                    .Select((name, i) => (name, i))
                    .Where(x => read.Any(y => FeatureUse.Touches(y, x.name)))
                    .Select(x => x.i),
            ];
        IEnumerable<string> lists = document.Lists.Select(x => "list." + x.Name);
        return new(
            [.. FeatureTable.All.Where(x => FeatureTable.OfJudge.Contains(x.Id) || x.Paths.Any(MayRead))],
            Places(document.Counters.Select(x => "counter." + x.Name), reads),
            Places(lists, reads),
            Places(lists, responseReads),
            MayRead("customer"),
            document.Rules.Any(x => x.HoldoutPercent > 0 && x.Mode is RuleMode.Canary or RuleMode.Enforce)
        );
    }
}
