using Throughline.Core.Events;
using Throughline.World.Truth;

namespace Throughline.World.Measures;

/// <summary>Right and wrong verdicts, counted. Positive = a bot, good or bad.</summary>
public readonly record struct GateCounts(
    long TruePositives,
    long FalsePositives,
    long FalseNegatives,
    long TrueNegatives
)
{
    /// <summary>Share of the events called a bot's that were one's; 1 if none was called so.</summary>
    public double Precision => Share(TruePositives, TruePositives + FalsePositives);

    /// <summary>Share of the bots' events that were called so; 1 if there were none.</summary>
    public double Recall => Share(TruePositives, TruePositives + FalseNegatives);

    internal static double Share(long part, long whole) => whole == 0 ? 1 : (double)part / whole;
}

/// <summary>
/// Compares verdicts with the truth, event by event. Only requests, touches and conversions count
/// (<see cref="EventTruth.IsJudged"/>); the verdicts <see cref="Verdict.Bot"/> and <see cref="Verdict.GoodBot"/> say "bot", all others
/// do not. Give each event once, not its resends.
/// </summary>
public sealed class GateScore
{
    private readonly long[] caught = new long[6];
    private readonly long[] missed = new long[6];
    private readonly HashSet<int> people = [];
    private readonly HashSet<int> accused = [];

    public GateCounts Counts { get; private set; }

    /// <summary>Share of people with at least one event that was called a bot's.</summary>
    public double AccusedPeople => people.Count == 0 ? 0 : (double)accused.Count / people.Count;

    public void Add(in EventTruth truth, Verdict verdict)
    {
        if (!truth.IsJudged)
            return;
        bool said = verdict is Verdict.Bot or Verdict.GoodBot;
        if (truth.Kind == ActorKind.Human)
        {
            people.Add(truth.Actor);
            if (said)
                accused.Add(truth.Actor);
            Counts = said
                ? Counts with
                {
                    FalsePositives = Counts.FalsePositives + 1,
                }
                : Counts with
                {
                    TrueNegatives = Counts.TrueNegatives + 1,
                };
            return;
        }
        (said ? caught : missed)[(int)truth.Family]++;
        Counts = said
            ? Counts with
            {
                TruePositives = Counts.TruePositives + 1,
            }
            : Counts with
            {
                FalseNegatives = Counts.FalseNegatives + 1,
            };
    }

    /// <summary>Share of one family's events that were called a bot's; 1 if there were none.</summary>
    public double RecallOf(BotFamily family) =>
        GateCounts.Share(caught[(int)family], caught[(int)family] + missed[(int)family]);
}
