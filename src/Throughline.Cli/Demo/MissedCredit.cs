using Throughline.World.Truth;

namespace Throughline.Cli.Demo;

/// <summary>
/// Names each conversion whose credit is not the truth by its cause: its credit is worked out once more with true customers, with true
/// verdicts, and with both. Every miss has one cause, so that the causes add up to the misses.
/// </summary>
internal sealed class MissedCredit(Counterfactual facts)
{
    /// <summary>The causes, the most frequent first.</summary>
    public IReadOnlyList<MissCause> CausesOf(IEnumerable<TrueConversion> missed) =>
        [
            .. missed
                .Select(CauseOf)
                .GroupBy(cause => cause)
                .Select(x => new MissCause(x.Key.Kind, x.Key.Details, x.Count()))
                .OrderByDescending(x => x.Conversions)
                .ThenBy(x => x.Cause)
                .ThenBy(x => x.Details, StringComparer.Ordinal),
        ];

    private (MissKind Kind, string Details) CauseOf(TrueConversion conversion)
    {
        if (facts.Find(conversion.Id) is not { } sold)
            return (MissKind.Other, MissDetails.NotAccepted);
        if (IsExact(conversion, trueCustomers: false, trueVerdicts: false))
            return (MissKind.Other, MissDetails.NotReproduced);
        bool customers = IsExact(conversion, trueCustomers: true, trueVerdicts: false);
        bool verdicts = IsExact(conversion, trueCustomers: false, trueVerdicts: true);
        if (!IsExact(conversion, trueCustomers: true, trueVerdicts: true))
            return (
                MissKind.Other,
                conversion.Credits.Any(credit => facts.Find(credit.Touch) is null)
                    ? MissDetails.NotAccepted
                    : MissDetails.Unclear
            );
        List<FactRow> credited = CreditedBy(conversion);
        string identity = IdentityOf(conversion, sold, credited);
        string verdict = VerdictOf(conversion, sold, credited);
        return (customers, verdicts) switch
        {
            (true, false) => (MissKind.Identity, identity),
            (false, true) => (MissKind.Verdict, verdict),
            (true, true) => (MissKind.Either, $"{identity}, {verdict}"),
            _ => (MissKind.Both, $"{identity}, {verdict}"),
        };
    }

    private bool IsExact(TrueConversion conversion, bool trueCustomers, bool trueVerdicts)
    {
        (List<TrueCredit> credits, long unattributed) = facts.Credit(conversion.Id, trueCustomers, trueVerdicts)!.Value;
        return unattributed == conversion.Unattributed
            && credits
                .OrderBy(credit => credit.Touch)
                .SequenceEqual(conversion.Credits.Where(credit => credit.Minor != 0).OrderBy(credit => credit.Touch));
    }

    private List<FactRow> CreditedBy(TrueConversion conversion) =>
        facts
            .Credit(conversion.Id, trueCustomers: false, trueVerdicts: false)!
            .Value.Credits.ConvertAll(credit => facts.Find(credit.Touch)!);

    private string IdentityOf(TrueConversion conversion, FactRow sold, List<FactRow> credited)
    {
        if (sold.Own < 0)
            return MissDetails.NoCustomer;
        List<FactRow> earned = [.. conversion.Credits.Select(credit => facts.Find(credit.Touch)).OfType<FactRow>()];
        bool isSplit = earned.Exists(touch => touch.Own >= 0 && touch.Own != sold.Own);
        bool isJoined = credited.Exists(touch => touch.Actual != sold.Actual);
        return isSplit && isJoined ? MissDetails.SplitAndJoined
            : isSplit ? MissDetails.Split
            : earned.Exists(touch => touch.Own < 0) ? MissDetails.Nobodys
            : isJoined ? MissDetails.Joined
            : MissDetails.Unclear;
    }

    private string VerdictOf(TrueConversion conversion, FactRow sold, List<FactRow> credited) =>
        sold.IsOwnBot && !sold.IsActualBot ? MissDetails.PersonsConversion
        : sold.IsActualBot && !sold.IsOwnBot ? MissDetails.BotsConversion
        : conversion.Credits.Any(credit => facts.Find(credit.Touch) is { IsOwnBot: true }) ? MissDetails.PersonsTouch
        : credited.Exists(touch => touch.IsActualBot) ? MissDetails.BotsTouch
        : MissDetails.Unclear;
}
