using System.Numerics;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// How often browsers that nothing speaks against show signs, by the number of their occasions. Whoever has more occasions shows a sign
/// at least as often, so the rate of fewer occasions is a floor for more: heavy visitors that are mostly bots cannot lower it.
/// </summary>
internal sealed class SignRates
{
    /// <summary>Below this rate nothing can be told.</summary>
    public const float TellingMin = 0.05f;
    private const int Steps = 7;
    private const int VisitorsMin = 30;
    private const int FamilyMin = 20;

    private readonly SiteTraffic traffic;
    private readonly float[][] rates = new float[(int)Signs.All + 1][];
    private readonly bool[] isPeople;

    public SignRates(SiteTraffic traffic, Member[] members)
    {
        this.traffic = traffic;
        Member[] browsers =
        [
            .. members.Where(x =>
                x is { Occasions: > 0, IsFlagged: false } && x.IsBot != true && (IsBrowser(x) || !traffic.KnowsAgents)
            ),
        ];
        for (int judged = 1; judged <= (int)Signs.All; judged++)
            rates[judged] = RatesOf((Signs)judged, browsers);
        isPeople = PeopleFamilies(members);
    }

    /// <summary>By member: the rate to expect, and whether its family is one of people that lacks just these signs.</summary>
    public (float[] Expected, bool[] IsOdd) Of(Signs judged, Member[] members)
    {
        float[] expected = [.. members.Select(x => x.Occasions == 0 ? 0 : rates[(int)judged][Step(x.Occasions)])];
        (double Expected, int Shown)[] families = new (double, int)[isPeople.Length];
        for (int i = 0; i < members.Length; i++)
            if (FamilyOf(members[i]) is >= 0 and var family && !members[i].IsFlagged && expected[i] > 0)
                families[family] = (
                    families[family].Expected + expected[i],
                    families[family].Shown + ((members[i].Shown & judged) != 0 ? 1 : 0)
                );
        bool[] isOdd =
        [
            .. members.Select(x =>
                FamilyOf(x) is >= 0 and var family
                && isPeople[family]
                && families[family].Shown < 0.4 * families[family].Expected
            ),
        ];
        return (expected, isOdd);
    }

    private bool IsBrowser(Member member) => traffic.Visitors[member.Visitor].Class == AgentClasses.Browser;

    // Families of declared programs are no people's, whatever they show.
    private int FamilyOf(Member member)
    {
        Visitor visitor = traffic.Visitors[member.Visitor];
        return visitor.Class is AgentClasses.Bot or AgentClasses.GoodBot or AgentClasses.Missing ? -1 : visitor.Family;
    }

    private static float[] RatesOf(Signs judged, Member[] browsers)
    {
        (int All, int Shown)[] counts = new (int, int)[Steps];
        foreach (Member member in browsers)
        {
            ref (int All, int Shown) of = ref counts[Step(member.Occasions)];
            of = (of.All + 1, of.Shown + ((member.Shown & judged) != 0 ? 1 : 0));
        }
        float[] found = new float[Steps];
        float most = 0;
        for (int i = 0; i < Steps; i++)
        {
            if (counts[i].All >= VisitorsMin)
                most = Math.Max(most, (float)counts[i].Shown / counts[i].All);
            found[i] = most;
        }
        return found;
    }

    // A family is people's if it shows at least half of the signs, of whatever kind, that browsers show.
    private bool[] PeopleFamilies(Member[] members)
    {
        int count = traffic.Visitors.Select(x => x.Family + 1).DefaultIfEmpty(0).Max();
        (int All, double Expected, int Shown)[] families = new (int, double, int)[count];
        foreach (Member member in members)
            if (FamilyOf(member) is >= 0 and var family && member is { Occasions: > 0, IsFlagged: false })
            {
                ref (int All, double Expected, int Shown) of = ref families[family];
                of = (
                    of.All + 1,
                    of.Expected + rates[(int)Signs.All][Step(member.Occasions)],
                    of.Shown + (member.Shown != 0 ? 1 : 0)
                );
            }
        return [.. families.Select(x => x.All >= FamilyMin && x.Shown >= 0.5 * x.Expected)];
    }

    // 1, 2, 3-4, 5-8, 9-16, 17-32, more.
    private static int Step(int occasions) => Math.Min(BitOperations.Log2((uint)(2 * occasions - 1)), Steps - 1);
}
