using System.Globalization;
using System.Text;

namespace Throughline.Core.Attribution.Examples;

/// <summary>A data card as a page of Markdown, for people.</summary>
public static class DataCardText
{
    private const int CampaignsMax = 40;

    public static string Write(DataCard card)
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# Examples of touches");
        Line($"");
        Line($"Each row is a touch as it was when it happened, and what became of it. Schema {card.Schema}.");
        Line($"");
        Line($"| | |");
        Line($"|---|---|");
        Line($"| touches | {card.First ?? "none"} to {card.Last ?? "none"} |");
        Line(
            $"| asked for | {card.From ?? "the beginning"} to {card.To ?? "the end"}, {Kinds(card)}, {Campaign(card)} |"
        );
        Line(
            $"| as of | {card.AsOf ?? "no event"}, position {card.AsOfPosition}{(card.Settled ? "" : "; some conversions wait to be evaluated again")} |"
        );
        Line($"| late events | up to {card.Horizon} |");
        Line($"| bots and machines | {(card.Invalid ? "included, `valid` is 0" : "left out, by what is known now")} |");
        Line(
            $"| sampling | {(card.OneIn == 1 ? "everything is kept" : $"all with credit, of the others one in {card.OneIn} with weight {card.OneIn}, seed {card.Seed}")} |"
        );
        Line($"| rules | {(card.Rules.Count == 0 ? "none" : Cell(string.Join(", ", card.Rules)))} |");
        Line($"");
        Line(
            $"| | rows | positive | negative | without label | weighted negative | weighted without label | positive rate |"
        );
        Line($"|---|---|---|---|---|---|---|---|");
        Counts(text, "all", card.Total);
        foreach (CardPeriod period in card.Periods)
            Counts(text, $"from {period.From}", period.Counts);
        foreach (CardGroup kind in card.ByKind)
            Counts(text, $"kind {Cell(kind.Name)}", kind.Counts);
        foreach (CardGroup campaign in card.Campaigns.Take(CampaignsMax))
            Counts(
                text,
                campaign.Name.Length == 0 ? "no campaign" : $"campaign {Cell(campaign.Name)}",
                campaign.Counts
            );
        Line($"");
        if (card.Campaigns.Count > CampaignsMax)
        {
            Line($"And {card.Campaigns.Count - CampaignsMax} more campaigns: the card in JSON has all.");
            Line($"");
        }
        Line($"Weighted by state: {string.Join(", ", card.States.Select(x => $"{x.Key} {x.Value}"))}.");
        foreach (CardEarned sum in card.Credit)
            Line(
                $"Credit {(sum.Currency.Length == 0 ? "without value" : sum.Currency)}: {sum.Credited} credits, {sum.CreditedMinor} minor units, {sum.NetMinor} after refunds."
            );
        Line($"");
        Line($"## Drift from the first period to the second");
        Line($"");
        Line($"| feature | PSI | by chance about | bins | missing | missing later |");
        Line($"|---|---|---|---|---|---|");
        foreach (CardFeature feature in card.Features)
            Line(
                $"| {feature.Name} | {feature.Psi:0.######} | {feature.PsiByChance:0.######} | {feature.Bins} | {feature.Missing} | {feature.MissingLater} |"
            );
        Line($"");
        Line($"## Limits");
        Line($"");
        foreach (string limit in Limits)
            Line($"- {limit}");
        return text.ToString();
    }

    /// <summary>What whoever learns from examples must know.</summary>
    public static IReadOnlyList<string> Limits { get; } =
    [
        "Features go by event time: an event that was told of late counts from when it happened, so a service that scores live may know a little less.",
        "A touch's history is what shows one of its own identifiers. Who was linked to whom is not used: links are known with hindsight.",
        $"Of a history the newest {TouchHistory.EventsMax} events are counted.",
        "`customer` is who the touch belongs to now. Split by it, do not learn from it.",
        "Which touches are bots' is known with hindsight: it chooses rows (`valid`), never features.",
        "Labels are the credit of the rules above, not what a touch caused: hold-outs tell that.",
        "Rows in state `open` have no label, credited or not: of those whose outcome is known early all would be positive.",
        "Rows in state `late` are labelled by what is known so far; refunds, labels, merges and restating rules may change final ones too.",
        "What was erased is in no history, as if it had never been.",
    ];

    private static void Counts(StringBuilder text, string name, ExampleCounts counts) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {counts.Rows} | {counts.Positive} | {counts.Negative} | {counts.Unlabelled} | {counts.WeightedNegative} | {counts.WeightedUnlabelled} | {counts.PositiveRate} |\n"
        );

    private static string Kinds(DataCard card) =>
        card.Kinds.Count == 0 ? "every kind" : Cell(string.Join(", ", card.Kinds));

    private static string Campaign(DataCard card) =>
        card.Campaign is { } name ? $"campaign {Cell(name)}" : "every campaign";

    // Clients choose names: none may end a cell, begin markup or be taken for HTML.
    private static string Cell(string name)
    {
        StringBuilder text = new();
        foreach (char letter in name)
            if (letter is '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '&' or '#' or '!')
                text.Append('\\').Append(letter);
            else
                text.Append(char.IsControl(letter) ? ' ' : letter);
        return text.ToString();
    }
}
