using Throughline.World.Behaviour;
using Throughline.World.Truth;

namespace Throughline.World.Bots;

/// <summary>How many bots of each family there are and how many sessions they hold on a day.</summary>
internal sealed class BotPlan
{
    public const int CrawlerBrands = 8;

    // Requests per 1,000 people in 30 days, and per session on average, by family.
    private static readonly int[] RequestsPerThousand = [0, 2_200, 2_500, 1_300, 550, 0];
    private static readonly int[] RequestsPerSession = [1, 14, 190, 70, 2, 31];

    private readonly Stage stage;
    private readonly int[] first = new int[7];

    public BotPlan(Stage stage)
    {
        this.stage = stage;
        int people = stage.Options.People;
        int[] actors =
        [
            0,
            CrawlerBrands,
            Math.Max(1, people / 4_000),
            Math.Max(1, people / 5_000),
            Math.Max(1, people / 4_000),
            Math.Max(1, people / 1_000),
        ];
        for (int family = 1; family < actors.Length; family++)
            first[family + 1] = first[family] + actors[family];
    }

    public int First(BotFamily family) => first[(int)family];

    public int Count(BotFamily family) => first[(int)family + 1] - first[(int)family];

    public int Total => stage.Options.Bots ? first[6] : 0;

    public BotFamily FamilyOf(int actor)
    {
        int family = 1;
        while (first[family + 1] <= actor)
            family++;
        return (BotFamily)family;
    }

    /// <summary>Adds the day's sessions. On the first day each family shows up at least once, however small the world.</summary>
    public void AddSessions(int day, List<Act> acts)
    {
        if (!stage.Options.Bots)
            return;
        Chance chance = Chance.For(stage.Options.Seed, Purpose.BotDay, (ulong)day);
        long start = stage.StartMs + day * Stage.DayMs;
        for (BotFamily family = BotFamily.DeclaredCrawler; family <= BotFamily.ClickFraud; family++)
        {
            long rate = (long)stage.Options.People * RequestsPerThousand[(int)family];
            int sessions = chance.Round(rate, 30_000L * RequestsPerSession[(int)family]);
            for (int i = day == 0 ? Math.Max(1, sessions) : sessions; i > 0; i--)
                acts.Add(
                    new(
                        start + chance.Below((int)Stage.DayMs),
                        First(family) + chance.Below(Count(family)),
                        ActKind.Bot,
                        i
                    )
                );
        }
        // The slow ones keep to their hours, so that no two sessions of one overlap.
        for (
            int actor = First(BotFamily.LowAndSlow);
            actor < First(BotFamily.LowAndSlow) + Count(BotFamily.LowAndSlow);
            actor++
        )
        {
            int phase = Chance.For(stage.Options.Seed, Purpose.BotDay, (ulong)actor + 1_000_000).Below(16 * 3_600_000);
            acts.Add(new(start + phase + chance.Below(2 * 3_600_000), actor, ActKind.Bot, 0));
        }
    }
}
