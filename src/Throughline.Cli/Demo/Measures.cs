using Throughline.World.Measures;
using Throughline.World.Truth;

namespace Throughline.Cli.Demo;

/// <summary>How well bots were told from people: shares of judged events.</summary>
internal sealed record GateMeasure(
    double Precision,
    double Recall,
    double AccusedPeople,
    long Bots,
    IReadOnlyDictionary<string, double> RecallByFamily
)
{
    public static GateMeasure Of(GateScore score) =>
        new(
            score.Counts.Precision,
            score.Counts.Recall,
            score.AccusedPeople,
            score.Counts.TruePositives + score.Counts.FalsePositives,
            Enum.GetValues<BotFamily>()
                .Where(family => family != BotFamily.None)
                .ToDictionary(KindNames.NameOf, score.RecallOf)
        );
}

/// <summary>How well identifiers were put together: pairs of identifiers.</summary>
/// <param name="ReachableF1">The F1 with recall taken of the pairs that a partition into people can have: a perfect one has 1.</param>
/// <param name="Attainable">The F1 of one customer per person, which no partition can beat by much: shared devices have several owners.</param>
internal sealed record IdentityMeasure(
    double PairwiseF1,
    double Precision,
    double Recall,
    double Attainable,
    double ReachableF1,
    long Identifiers,
    long Customers
);

/// <summary>How many conversions' credit equals the truth, touch by touch and to the minor unit.</summary>
/// <param name="ExactShareGivenTruth">The same with identity and verdicts set to the truth: must be 1.</param>
/// <param name="Missed">Conversions whose credit is not the truth.</param>
/// <param name="Causes">Why, each conversion once: they add up to <paramref name="Missed"/>.</param>
internal sealed record AttributionMeasure(
    double ExactShare,
    double? ExactShareGivenTruth,
    long Conversions,
    long Attributed,
    long Missed,
    IReadOnlyList<MissCause> Causes
);
