using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Rules;

/// <summary>What the rules of a version read: nothing else goes into records.</summary>
internal sealed record ModelUse(Feature[] Features, int[] Counters, int[] Lists, bool Customer)
{
    public static ModelUse Of(GateDocument document, GateExpression?[] rules)
    {
        HashSet<string> reads = [.. rules.SelectMany(x => x?.Reads ?? [])];
        bool MayRead(string name) => reads.Any(x => FeatureUse.Touches(x, name));
        int[] Places(IEnumerable<string> names) =>
            [.. names.Select((name, i) => (name, i)).Where(x => MayRead(x.name)).Select(x => x.i)];
        return new(
            [.. FeatureTable.All.Where(x => x.Paths.Any(MayRead))],
            Places(document.Counters.Select(x => "counter." + x.Name)),
            Places(document.Lists.Select(x => "list." + x.Name)),
            MayRead("customer")
        );
    }
}
