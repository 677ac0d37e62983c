using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Core.Attribution;

/// <summary>
/// The policy <c>credit/2</c>: a pure function from the inputs of a stored case to its credit, by the kernel that made it: tests in a
/// fixed order, caps, exclusivity within each group (priority, click before other kinds, latest, id), the winner's model, money by
/// largest remainder, refunds over what is left. Outcomes of expressions and what earlier credit left are inputs of the case.
/// </summary>
public static class CreditPolicy
{
    public const string Name = "credit/2";

    /// <summary>Fills the outcome of a case whose rules' documents were looked up.</summary>
    /// <exception cref="InvalidOperationException">A rule's document is not there.</exception>
    public static void Decide(ConversionCase conversion)
    {
        NameNumbers names = new();
        PublishedRule[] documents =
        [
            .. conversion.Rules.Select(rule =>
                rule.Document ?? throw new InvalidOperationException($"{rule.Name} was not looked up")
            ),
        ];
        TimelineTouch[] touches = new TimelineTouch[conversion.Candidates.Count];
        byte[] tiers = new byte[touches.Length + 1];
        for (int i = 0; i < touches.Length; i++)
        {
            Candidate candidate = conversion.Candidates[i];
            touches[i] = new()
            {
                Time = candidate.Time,
                Campaign = names.Campaign(candidate.Campaign),
                Channel = names.Channel(candidate.Channel ?? ""),
                Kind = (ushort)names.TouchKind(candidate.Kind),
                Owner = (ushort)(i + 1),
                Flags =
                    (candidate.IsBot ? TouchFlags.Bot : 0)
                    | (candidate.IsMachineOpen ? TouchFlags.MachineOpen : 0)
                    | (candidate.IsClick ? TouchFlags.Click : 0),
            };
            tiers[i + 1] = (byte)candidate.Tier;
        }
        long[] refunds = [.. conversion.Refunds.Where(x => x.SameCurrency).Select(x => x.Minor)];
        TimelineConversion row = new()
        {
            Time = conversion.Time,
            Minor = conversion.Minor,
            Kind = names.ConversionKind(conversion.Kind),
            Currency = conversion.Currency,
            Refunds = refunds.Length,
            Flags = conversion.Flags,
        };
        CompiledRules rules = new(documents, Tables(documents), names.ToNames());
        int[] places = [.. documents.Select(document => rules.Rules.ToList().IndexOf(document))];
        TimelineKernel kernel = new(rules);
        kernel.Derive(
            new(touches, [row], refunds, tiers, touches.Length + 1),
            new(
                [.. conversion.Candidates.Select(x => x.Rule < 0 ? -1 : places[x.Rule])],
                [.. conversion.Candidates.Select(x => x.Failed)],
                Worth(conversion, places, row)
            )
            {
                Groups = [.. documents.Select(x => rules.Groups.ToList().IndexOf(x.Rule.Group)).Distinct().Order()],
            }
        );
        conversion.Take(kernel, 0, rule => Array.IndexOf(places, rule));
    }

    // Only of rules that have a value or a currency of their own it is asked for; what a rate makes of the value is found again.
    private static RuleWorth[] Worth(ConversionCase conversion, int[] places, in TimelineConversion row)
    {
        var worth = new RuleWorth[places.Length];
        Array.Fill(worth, RuleWorth.Of(row));
        foreach (GroupShare share in conversion.Shares)
            if (share.Rule >= 0)
                worth[places[share.Rule]] =
                    !share.Rate.IsNone && conversion.Rules[share.Rule].Document!.Rule.Value is null
                        ? RuleWorth.Of(row).In(share.Currency, share.Rate) ?? default
                        : new(TouchReason.Credited, share.Value, share.Currency, share.Rate);
        return worth;
    }

    private static IEnumerable<WeightTable> Tables(PublishedRule[] documents) =>
        documents.Select(x => x.Table).OfType<WeightTable>();

    private sealed class NameNumbers
    {
        private readonly List<string> campaigns = [];
        private readonly List<string> touchKinds = [];
        private readonly List<string> conversionKinds = [];
        private readonly List<string> channels = [];

        public int Campaign(string name) => Of(campaigns, name);

        public int TouchKind(string name) => Of(touchKinds, name);

        public int ConversionKind(string name) => Of(conversionKinds, name);

        public int Channel(string name) => Of(channels, name);

        public RuleNames ToNames() => new(campaigns, touchKinds, conversionKinds, channels);

        private static int Of(List<string> names, string name)
        {
            int known = names.IndexOf(name);
            if (known >= 0)
                return known;
            names.Add(name);
            return names.Count - 1;
        }
    }
}
