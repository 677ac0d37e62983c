using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>Why a conversion's credit went where it went, down to the last losing touch.</summary>
internal sealed class ConversionExplainer(TenantMachine machine, IHistory history, Func<long, byte[]> readResult)
{
    private readonly AttributionLens lens = machine.Parts.Attribution;
    private readonly IdentityGraph graph = machine.Parts.Graph;

    /// <summary>The last result of a conversion, as it was stored, or null.</summary>
    public static ConversionCase? Read(TenantMachine machine, Func<long, byte[]> readResult, Token id, out int revision)
    {
        revision = 0;
        int row = machine.Parts.Attribution.FindConversion(id);
        if (row < 0 || !machine.Parts.Attribution.Conversions[row].Result.Exists)
            return null;
        ResultRecord stored = ResultRecord.FromTrusted(
            readResult(machine.Parts.Attribution.Conversions[row].Result.Sequence)
        );
        revision = stored.Revision;
        return ConversionResult.Read(stored);
    }

    public Why? Explain(string id, Token token)
    {
        int row = lens.FindConversion(token);
        if (row < 0 || !lens.Conversions[row].Result.Exists)
            return null;
        ResultRecord stored = ResultRecord.FromTrusted(readResult(lens.Conversions[row].Result.Sequence));
        ConversionCase conversion = ConversionResult.Read(stored);
        string? fromRecord = CheckRecord(ConversionResult.Read(stored), stored.Content);
        string? fromEvents = lens.IsWaiting(row) ? "waits to be evaluated again" : CheckEvents(row, stored.Content);
        return new(
            "conversion",
            id,
            stored.Id,
            stored.Revision,
            stored.Cause,
            Sentence(conversion),
            Tree(id, conversion),
            fromRecord,
            fromEvents
        );
    }

    // From the record alone, with the documents of the rules that it names.
    private string? CheckRecord(ConversionCase conversion, ulong content)
    {
        for (int i = 0; i < conversion.Rules.Count; i++)
        {
            CaseRule named = conversion.Rules[i];
            if (machine.Parts.Control.Rules.Find(named) is not { } known)
                return $"there is no rule {named.Name} as it was then";
            conversion.Rules[i] = known;
        }
        CreditPolicy.Decide(conversion);
        return ConversionResult.ContentOf(conversion) == content ? null : $"inputs give {conversion.Status}";
    }

    private string Sentence(ConversionCase conversion)
    {
        List<Candidate> credited = conversion
            .Candidates.Where(c => c.Reason == TouchReason.Credited && c.Minor > 0)
            .ToList();
        string candidates =
            $"{conversion.Candidates.Count} candidate touch{(conversion.Candidates.Count == 1 ? "" : "es")}";
        return conversion.Status switch
        {
            ConversionStatus.Attributed when credited.Count > 0 =>
                $"{Money(conversion.Minor, conversion.Currency)} of {candidates} to "
                    + string.Join(
                        ", ",
                        credited
                            .Take(5)
                            .Select(c =>
                                $"{c.Kind} of {c.Campaign} at {Explainer.Iso(c.Time)} ({Money(c.Minor, conversion.ShareOf(c).Currency)})"
                            )
                    )
                    + (credited.Count > 5 ? $" and {credited.Count - 5} more." : "."),
            ConversionStatus.Attributed => $"Worth nothing, earned by a touch of {candidates}.",
            ConversionStatus.DuplicateOrder =>
                $"No credit: the order was counted before, by {Explainer.EventIdAt(history, conversion.DuplicateOf)}.",
            ConversionStatus.CustomerTooLarge =>
                $"No credit: its customer has more than {ConversionCase.MaxIdentifiers} identifiers, which is no person; block the value that joins them.",
            ConversionStatus.Bot => "No credit: its actor was a bot.",
            ConversionStatus.NoCustomer => "No credit: it names nobody (no identifier, or blocked ones only).",
            _ when conversion.Candidates.Count == 0 =>
                "No credit: its customer had no touch that any rule's window reaches.",
            _ => $"No credit: none of {candidates} was eligible ({ReasonsOf(conversion)}).",
        };
    }

    // The most frequent first: "outside_window 300, no_rule 212".
    private static string ReasonsOf(ConversionCase conversion) =>
        string.Join(
            ", ",
            conversion
                .Candidates.GroupBy(c => c.Reason)
                .OrderByDescending(reasons => reasons.Count())
                .ThenBy(reasons => reasons.Key)
                .Select(reasons => $"{Explainer.Snake(reasons.Key)} {reasons.Count()}")
        );

    private Explanation Tree(string id, ConversionCase conversion)
    {
        Explanation tree = new("conversion", id);
        tree.Add("status", Explainer.Snake(conversion.Status));
        tree.Add("kind", conversion.Kind);
        tree.Add("time", Explainer.Iso(conversion.Time));
        tree.Add("value", Money(conversion.Minor, conversion.Currency));
        tree.Add("policy", CreditPolicy.Name);
        if (machine.Finality.RestateForMs is not null)
            tree.Add(machine.IsFinal(conversion.Time) ? "final" : "open", "to what is said later than")
                .Add("end", Explainer.Iso(machine.Finality.EndOf(conversion.Time)));
        if (conversion.DuplicateOf >= 0)
            tree.Add("duplicateOf", Explainer.EventIdAt(history, conversion.DuplicateOf));
        foreach (GroupShare share in conversion.Shares)
        {
            Explanation group = tree.Add("exclusivityGroup", share.Group);
            group.Add("value", Money(share.Value, share.Currency));
            if (!share.Rate.IsNone)
                AddRate(group, conversion, share);
            if (share.Rule >= 0)
                group.Add("winner", conversion.Rules[share.Rule].Name);
            group.Add("unattributed", Money(share.Unattributed, share.Currency));
            group.Add("unattributedAfterRefunds", Money(share.NetUnattributed, share.Currency));
        }
        foreach (CaseRule rule in conversion.Rules)
            AddRule(tree.Add("rule", rule.Name), rule);
        foreach (Candidate candidate in conversion.Candidates)
            AddCandidate(
                tree.Add("candidate", Explainer.EventIdAt(history, candidate.Position)),
                candidate,
                conversion
            );
        foreach (RefundCase refund in conversion.Refunds)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(refund.Position));
            record.TryGet(EventField.Currency, out ReadOnlySpan<byte> currency);
            tree.Add("refund", record.Text(EventField.Id))
                .Add(refund.SameCurrency ? "amount" : "ignoredOtherCurrency", Money(refund.Minor, currency));
        }
        return tree;
    }

    private static void AddRate(Explanation group, ConversionCase conversion, in GroupShare share)
    {
        string from = CreditDifference.CodeOf(share.Rate.IsInverse ? share.Currency : conversion.Currency);
        string to = CreditDifference.CodeOf(share.Rate.IsInverse ? conversion.Currency : share.Currency);
        Explanation rate = group.Add("rate", $"1 {from} = {share.Rate.Rate} {to}");
        rate.Add("day", RateTable.TextOf(share.Rate.Day));
        rate.Add("table", share.Rate.Version);
    }

    private void AddRule(Explanation node, CaseRule named)
    {
        node.Add("published", Explainer.Iso(named.Published));
        if (machine.Parts.Control.Rules.Find(named)?.Document is not { } document)
            return;
        AttributionRule rule = document.Rule;
        foreach ((string kind, TouchWindow window) in rule.Windows)
        {
            Explanation length = node.Add("window", kind);
            length.Add("within", window.WithinMs < 0 ? "none" : DurationText.Of(window.WithinMs));
            foreach ((int tier, long ms) in window.Tiers)
                length.Add("fromTier", tier).Add("within", ms < 0 ? "none" : DurationText.Of(ms));
        }
        node.Add("model", ModelJson.Write(rule.Model).ToString());
        foreach ((string kind, int priority) in rule.Priorities)
            node.Add("priority", kind).Add("is", priority);
        node.Add("group", rule.Group);
        if (rule.Note.Length > 0)
            node.Add("note", rule.Note);
    }

    private void AddCandidate(Explanation node, in Candidate candidate, ConversionCase conversion)
    {
        node.Add("kind", candidate.Kind);
        node.Add("campaign", candidate.Campaign);
        if (candidate.Channel.Length > 0)
            node.Add("channel", candidate.Channel);
        node.Add("time", Explainer.Iso(candidate.Time));
        node.Add("reason", Explainer.Snake(candidate.Reason));
        if (candidate.Tier > 0)
            node.Add("matchTier", candidate.Tier);
        if (candidate.Rule >= 0)
            node.Add("rule", conversion.Rules[candidate.Rule].Name);
        if (candidate.Rank > 0)
            node.Add("rank", candidate.Rank);
        GroupShare share = conversion.ShareOf(candidate);
        if (candidate.Weight > 0)
            node.Add("weight", $"{candidate.Weight}/{share.Weights}");
        if (candidate.Minor != 0)
            node.Add("credit", Money(candidate.Minor, share.Currency))
                .Add("afterRefunds", Money(candidate.Net, share.Currency));
    }

    // Builds the case anew with statements read from their events, and holds every row that it read against its event.
    private string? CheckEvents(int row, ulong content)
    {
        long position = lens.Conversions[row].Position;
        if (EventRecord.FromTrusted(history.Read(position)).Id != lens.Conversions[row].Id)
            return $"the event at {position} is another one";
        ConversionCase conversion = new CaseBuilder(
            lens,
            machine.Parts.Verdicts,
            graph,
            machine.Parts.Names,
            ReadStatements(),
            history,
            machine.Finality
        ).Build(row);
        EventRecord record = EventRecord.FromTrusted(history.Read(position));
        if (record.Time != conversion.Time || (record.Number(EventField.Minor) ?? 0) != conversion.Minor)
            return "its event has another time or value";
        foreach (Candidate candidate in conversion.Candidates)
            if (!IsAsItsEvent(candidate))
                return $"the touch at {candidate.Position} is not as its event";
        foreach (RefundCase refund in conversion.Refunds)
        {
            EventRecord taken = EventRecord.FromTrusted(history.Read(refund.Position));
            if (taken.Time != refund.Time || taken.Id != refund.Id || taken.Number(EventField.Minor) != refund.Minor)
                return $"the refund at {refund.Position} is not as its event";
        }
        return ConversionResult.ContentOf(conversion) == content ? null : $"events give {conversion.Status}";
    }

    private bool IsAsItsEvent(in Candidate candidate)
    {
        EventRecord touch = EventRecord.FromTrusted(history.Read(candidate.Position));
        string? kind = touch.Type == EventType.Nurture ? touch.Text(EventField.Name) : Explainer.Snake(touch.Type);
        return touch.Time == candidate.Time
            && kind == candidate.Kind
            && (touch.Text(EventField.Campaign) ?? "") == candidate.Campaign
            && (touch.Text(EventField.Channel) ?? "") == candidate.Channel
            && MachineOpens.Says(touch) == candidate.IsMachineOpen;
    }

    private ControlBook ReadStatements()
    {
        ControlBook book = new(machine.Parts.Names, machine.Finality);
        for (int i = 0; i < machine.Parts.Control.Positions.Count; i++)
            book.Reload(history, machine.Parts.Control.Positions[i]);
        return book;
    }

    /// <summary>An amount as people write it, such as <c>12.34 EUR</c>; the code stands in the low three bytes, 0 for none.</summary>
    private static string Money(long minor, int currency) =>
        Money(minor, [(byte)currency, (byte)(currency >> 8), (byte)(currency >> 16)]);

    private static string Money(long minor, ReadOnlySpan<byte> code) =>
        new Money(minor, Currency.TryParse(code, out Currency currency) ? currency : default).ToString();
}
