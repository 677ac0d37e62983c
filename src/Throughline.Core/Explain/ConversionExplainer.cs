using System.Text.Json;
using Throughline.Core.Attribution;
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
        ConversionCase again = ConversionResult.Read(stored);
        CreditPolicy.Decide(again);
        string? fromRecord = ConversionResult.ContentOf(again) == stored.Content ? null : $"inputs give {again.Status}";
        string? fromEvents =
            lens.Conversions[row].NextQueued != 0 ? "waits to be evaluated again" : CheckEvents(row, stored.Content);
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
                                $"{c.Kind} of {c.Campaign} at {Explainer.Iso(c.Time)} ({Money(c.Minor, conversion.Currency)})"
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
            _ => $"No credit: none of {candidates} was eligible.",
        };
    }

    private Explanation Tree(string id, ConversionCase conversion)
    {
        Explanation tree = new("conversion", id);
        tree.Add("status", Explainer.Snake(conversion.Status));
        tree.Add("kind", conversion.Kind);
        tree.Add("time", Explainer.Iso(conversion.Time));
        tree.Add("value", Money(conversion.Minor, conversion.Currency));
        tree.Add("policy", CreditPolicy.Name);
        if (conversion.DuplicateOf >= 0)
            tree.Add("duplicateOf", Explainer.EventIdAt(history, conversion.DuplicateOf));
        foreach (GroupShare share in conversion.Shares)
        {
            Explanation group = tree.Add("exclusivityGroup", share.Group);
            group.Add("unattributed", Money(share.Unattributed, conversion.Currency));
            group.Add("unattributedAfterRefunds", Money(share.NetUnattributed, conversion.Currency));
        }
        foreach (CampaignRule rule in conversion.Rules)
        {
            Explanation node = tree.Add("rule", $"{rule.Campaign}@{rule.Version}");
            node.Add("windowMs", rule.WindowMs);
            node.Add("model", Explainer.Snake(rule.Model));
            node.Add("priority", rule.Priority);
            node.Add("group", rule.Group);
        }
        foreach (Candidate candidate in conversion.Candidates)
        {
            Explanation node = tree.Add("candidate", Explainer.EventIdAt(history, candidate.Position));
            node.Add("kind", candidate.Kind);
            node.Add("campaign", candidate.Campaign);
            node.Add("time", Explainer.Iso(candidate.Time));
            node.Add("reason", Explainer.Snake(candidate.Reason));
            if (candidate.Rule >= 0)
                node.Add(
                    "rule",
                    $"{conversion.Rules[candidate.Rule].Campaign}@{conversion.Rules[candidate.Rule].Version}"
                );
            if (candidate.Minor != 0)
                node.Add("credit", Money(candidate.Minor, conversion.Currency))
                    .Add("afterRefunds", Money(candidate.Net, conversion.Currency));
        }
        foreach (RefundCase refund in conversion.Refunds)
        {
            EventRecord record = EventRecord.FromTrusted(history.Read(refund.Position));
            record.TryGet(EventField.Currency, out ReadOnlySpan<byte> currency);
            tree.Add("refund", record.Text(EventField.Id))
                .Add(refund.SameCurrency ? "amount" : "ignoredOtherCurrency", Money(refund.Minor, currency));
        }
        return tree;
    }

    // Builds the case anew from events alone: the state only says where they are and which owners are one customer.
    private string? CheckEvents(int row, ulong content)
    {
        ref readonly ConversionRow stored = ref lens.Conversions[row];
        EventRecord record = EventRecord.FromTrusted(history.Read(stored.Position));
        if (record.Id != stored.Id)
            return $"the event at {stored.Position} is another one";
        int canonical = lens.Canonical(row);
        ConversionCase conversion = new()
        {
            Position = stored.Position,
            Time = record.Time,
            Id = record.Id,
            Minor = record.Number(EventField.Minor) ?? 0,
            HasCustomer = graph.CustomerOf(stored.Owner).Size > 0,
            IsCustomerTooLarge = graph.CustomerOf(stored.Owner).Size > ConversionCase.MaxIdentifiers,
            IsBot = !machine.Parts.Verdicts.Counts(stored.Bucket),
            DuplicateOf = canonical == row ? -1 : lens.Conversions[canonical].Position,
        };
        string? currency = record.Text(EventField.Currency); // the record is gone with the next read
        if (canonical != row)
            conversion.DuplicateOfId = EventRecord.FromTrusted(history.Read(conversion.DuplicateOf)).Id;
        else
        {
            AddRefunds(conversion, lens.RefundsOf(stored.Order), currency);
            if (stored.Order == default)
                AddRefunds(conversion, lens.RefundsOf(stored.Id), currency);
            for (int next = lens.FindOrder(stored.Order) + 1; next != 0; next = lens.Conversions[next - 1].NextOfOrder)
                AddRefunds(conversion, lens.RefundsOf(lens.Conversions[next - 1].Id), currency);
            conversion.Refunds.Sort((x, y) => (x.Time, x.Id).CompareTo((y.Time, y.Id)));
        }
        if (conversion is { DuplicateOf: < 0, HasCustomer: true, IsBot: false, IsCustomerTooLarge: false })
            AddCandidates(conversion, stored.Owner);
        CreditPolicy.Decide(conversion);
        return ConversionResult.ContentOf(conversion) == content ? null : $"events give {conversion.Status}";
    }

    private void AddRefunds(ConversionCase conversion, int head, string? currency)
    {
        for (int next = head; next != 0; next = lens.Refunds[next - 1].Next)
        {
            long position = lens.Refunds[next - 1].Position;
            EventRecord refund = EventRecord.FromTrusted(history.Read(position));
            conversion.Refunds.Add(
                new(
                    position,
                    refund.Time,
                    refund.Id,
                    refund.Number(EventField.Minor) ?? 0,
                    refund.Text(EventField.Currency) == currency
                )
            );
        }
    }

    private void AddCandidates(ConversionCase conversion, int owner)
    {
        RuleBook rules = ReadRules();
        List<(Token Id, Candidate Candidate)> found = [];
        long oldest = conversion.Time - rules.WindowAtMs(conversion.Time);
        foreach (int member in graph.Groups.MembersOf(owner))
            for (int next = graph.Identifiers[member].Touches; next != 0; next = lens.Touches[next - 1].NextOfOwner)
            {
                TouchRow row = lens.Touches[next - 1];
                EventRecord touch = EventRecord.FromTrusted(history.Read(row.Position));
                if (touch.Time < oldest || touch.Time > conversion.Time)
                    continue;
                string campaign = touch.Text(EventField.Campaign) ?? "";
                found.Add(
                    (
                        touch.Id,
                        new()
                        {
                            Position = row.Position,
                            IdStart = TouchRow.StartOf(touch.Id),
                            Time = touch.Time,
                            Campaign = campaign,
                            Kind =
                                touch.Type == EventType.Nurture
                                    ? touch.Text(EventField.Name)!
                                    : Explainer.Snake(touch.Type),
                            IsClick = touch.Type == EventType.Click,
                            IsBot = !machine.Parts.Verdicts.Counts(row.Bucket),
                        }
                    )
                );
            }
        found.Sort((x, y) => (x.Candidate.Time, x.Id).CompareTo((y.Candidate.Time, y.Id)));
        foreach ((Token _, Candidate candidate) in found.Skip(found.Count - ConversionCase.MaxCandidates))
            conversion.Candidates.Add(
                candidate with
                {
                    Rule = RuleOf(conversion, rules.For(candidate.Campaign, conversion.Time)),
                }
            );
    }

    private static int RuleOf(ConversionCase conversion, CampaignRule? rule)
    {
        if (rule is null)
            return -1;
        int known = conversion.Rules.IndexOf(rule);
        if (known >= 0)
            return known;
        conversion.Rules.Add(rule);
        return conversion.Rules.Count - 1;
    }

    private RuleBook ReadRules()
    {
        RuleBook rules = new();
        for (int i = 0; i < machine.Parts.Control.Positions.Count; i++)
        {
            long position = machine.Parts.Control.Positions[i];
            EventRecord record = EventRecord.FromTrusted(history.Read(position));
            if (record.Type != EventType.Control || !record.TryGet(EventField.Document, out ReadOnlySpan<byte> json))
                continue;
            using JsonDocument document = JsonDocument.Parse(json.ToArray());
            if (document.RootElement.GetProperty("kind").GetString() == ControlDocument.CampaignKind)
                rules.Add(ControlDocument.ReadCampaign(document.RootElement, record.Time, position), record.Id);
        }
        return rules;
    }

    /// <summary>An amount as people write it, such as <c>12.34 EUR</c>; the code stands in the low three bytes, 0 for none.</summary>
    private static string Money(long minor, int currency) =>
        Money(minor, [(byte)currency, (byte)(currency >> 8), (byte)(currency >> 16)]);

    private static string Money(long minor, ReadOnlySpan<byte> code) =>
        new Money(minor, Currency.TryParse(code, out Currency currency) ? currency : default).ToString();
}
