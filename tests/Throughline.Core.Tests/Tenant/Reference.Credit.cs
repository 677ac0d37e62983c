using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Tests.Attribution.Timeline;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>The credit of all conversions, customer by customer, from scratch: the oracle of the timeline over the oracle of customers.</summary>
internal sealed partial class Reference
{
    /// <summary>Every conversion, as one line of text.</summary>
    public SortedDictionary<string, string> Conversions()
    {
        SortedDictionary<string, string> lines = new(StringComparer.Ordinal);
        Dictionary<byte[], Token?> customerOf = Of([
                EventType.Conversion,
                .. Enum.GetValues<EventType>().Where(type => type.IsTouch()),
            ])
            .ToDictionary(fact => fact, CustomerOf);
        foreach (var customer in Of(EventType.Conversion).GroupBy(fact => customerOf[fact] ?? Record(fact).Id))
        {
            long? firstSeen = customer
                .Concat(
                    customerOf.Where(x => x.Value == customer.Key && ((EventType)x.Key[1]).IsTouch()).Select(x => x.Key)
                )
                .Where(fact => VerdictPolicy.Counts(VerdictOf(fact)))
                .Select(fact => (long?)Record(fact).Time)
                .Min();
            TimelineOracle oracle = null!;
            oracle = new(
                [.. rules.Where(IsReady).Select(Bounded)],
                tables,
                (rule, touch, won, earlier) =>
                    rule.Eligible switch
                    {
                        RandomRules.NoViews => touch.Kind != "view",
                        RandomRules.FirstSale => earlier == 0,
                        RandomRules.Strong => touch.Tier < 2,
                        RandomRules.NewCustomer => earlier == 0,
                        RandomRules.Known => won.Time - firstSeen > 600_000,
                        RandomRules.Busy => oracle.Journey >= 3,
                        RandomRules.Rested => oracle.LastEarlier is not { } last || won.Time - last > 300_000,
                        RandomRules.Young => oracle.FirstEarlier is { } first && won.Time - first < 900_000,
                        _ => true,
                    },
                (rule, won) => Exchanged(rule, won, rule.Value is null ? won.Minor : won.Minor * 2)
            );
            List<byte[]> touches =
            [
                .. customerOf
                    .Where(x => x.Value == customer.Key && ((EventType)x.Key[1]).IsTouch())
                    .Select(x => x.Key)
                    .OrderBy(fact => (Record(fact).Time, Record(fact).Id)),
            ];
            foreach (byte[] fact in customer.OrderBy(fact => (Record(fact).Time, Record(fact).Id)))
                lines.Add(Record(fact).Id.ToString(), Line(fact, touches, oracle));
        }
        return lines;
    }

    /// <summary>The outcome of a case in words that name things by content.</summary>
    public static string Describe(ConversionCase conversion, Func<long, Token> idAt)
    {
        StringBuilder line = new();
        line.Append($"{conversion.Status} {conversion.Minor} refunded {conversion.Refunded}");
        if (conversion.DuplicateOf >= 0)
            line.Append($" of {idAt(conversion.DuplicateOf)}");
        foreach (Candidate c in conversion.Candidates)
        {
            CaseRule? rule = c.Rule < 0 ? null : conversion.Rules[c.Rule];
            line.Append($" | {idAt(c.Position)} {c.Time} {c.Campaign} {c.Kind} {c.IsBot} {c.Reason} {c.Rank}");
            line.Append($" {c.Minor} {c.Net} {rule?.Campaign}@{rule?.Version} {rule?.Published}");
        }
        foreach (RefundCase r in conversion.Refunds)
            line.Append($" | {idAt(r.Position)} {r.Minor} {r.SameCurrency}");
        foreach (GroupShare share in conversion.Shares)
            line.Append(
                $" | {share.Group}: {share.Value} less {share.Unattributed}, left {share.NetValue} less {share.NetUnattributed}"
            );
        return line.ToString();
    }

    private bool ReadRule(string kind, JsonElement document, in EventRecord record)
    {
        if (kind == "campaign")
        {
            CampaignRule rule = new(
                document.GetProperty("campaign").GetString()!,
                document.GetProperty("version").GetInt32(),
                document.GetProperty("windowMs").GetInt64(),
                (CreditModel)document.GetProperty("model").GetInt32(),
                document.GetProperty("priority").GetInt32(),
                document.GetProperty("group").GetString()!,
                document.GetProperty("validFrom").GetInt64(),
                document.GetProperty("validTo").GetInt64(),
                document.GetProperty("restate").GetBoolean(),
                record.Time,
                0
            );
            rules.Add(new(rule.ToRule(), record.Time, record.Id));
        }
        else if (kind == "attribution-rule")
            rules.Add(new(AttributionRuleJson.ReadTrusted(document.GetProperty("rule")), record.Time, record.Id));
        else if (kind == "weight-table")
            (tables["t@1"], tableTime) = (WeightTableJson.ReadTrusted(document.GetProperty("table")), record.Time);
        else if (kind == "exchange-rates")
            rates.Add((record.Time, record.Id, document.GetProperty("table").Clone()));
        else
            return false;
        return true;
    }

    private bool IsReady(PublishedRule rule) => rule.Rule.Model.Kind != ModelKind.DataDriven || tables.Count > 0;

    private string Line(byte[] fact, List<byte[]> touches, TimelineOracle oracle)
    {
        EventRecord record = Record(fact);
        (Token id, long time, string? currency) = (record.Id, record.Time, record.Text(EventField.Currency));
        string? order = OrderOf(fact);
        byte[] canonical = order is null
            ? fact
            : Of(EventType.Conversion)
                .Where(other => OrderOf(other) == order)
                .MinBy(other => (Record(other).Time, Record(other).Id))!;
        List<byte[]> refunds = canonical == fact ? RefundsOf(fact, order) : [];
        Won won = new(
            id.ToString(),
            time,
            record.Number(EventField.Minor) ?? 0,
            record.Text(EventField.Kind) ?? "purchase",
            order ?? "",
            Flags: FlagsOf(fact, canonical),
            Currency: currency ?? ""
        )
        {
            Refunds = [.. refunds.Where(x => IsIn(x, currency)).Select(x => Record(x).Number(EventField.Minor)!.Value)],
        };
        List<Met> met = [.. touches.Select(touch => MetOf(touch, fact))];
        (ConversionStatus status, List<OracleTouch> outcome, List<string> groups) = oracle.Next(met, won);
        long refunded = status == ConversionStatus.DuplicateOrder ? 0 : Math.Min(won.Minor, won.Refunds.Sum());
        StringBuilder line = new($"{status} {won.Minor} refunded {refunded}");
        if (canonical != fact)
            line.Append($" of {Record(canonical).Id}");
        foreach (OracleTouch touch in outcome)
        {
            Met x = met.Single(x => x.Id == touch.Id);
            PublishedRule? rule = oracle.Published(x, won);
            line.Append($" | {x.Id} {x.Time} {x.Campaign} {x.Kind} {x.Bot} {touch.Reason} {touch.Rank}");
            line.Append($" {touch.Minor} {touch.Net} {rule?.Rule.Campaign}@{rule?.Rule.Version} {rule?.Published}");
        }
        foreach (byte[] x in refunds)
            line.Append($" | {Record(x).Id} {Record(x).Number(EventField.Minor)} {IsIn(x, currency)}");
        foreach (string group in groups)
            line.Append($" | {group}");
        return line.ToString();
    }

    private static bool IsIn(byte[] refund, string? currency) => Record(refund).Text(EventField.Currency) == currency;

    private ConversionFlags FlagsOf(byte[] fact, byte[] canonical)
    {
        Token? customer = CustomerOf(fact);
        bool large =
            customer is { } id && founders.Values.Count(founder => founder == id) > ConversionCase.MaxIdentifiers;
        return (canonical == fact ? 0 : ConversionFlags.DuplicateOrder)
            | (customer is null ? ConversionFlags.NoCustomer : 0)
            | (VerdictPolicy.Counts(VerdictOf(fact)) ? 0 : ConversionFlags.Bot)
            | (large ? ConversionFlags.CustomerTooLarge : 0);
    }

    private Met MetOf(byte[] touch, byte[] conversion)
    {
        EventRecord record = Record(touch);
        return new(
            record.Id.ToString(),
            record.Time,
            record.Type == EventType.Nurture
                ? record.Text(EventField.Name)!
                : record.Type.ToString().ToLowerInvariant(),
            record.Text(EventField.Campaign) ?? "",
            record.Text(EventField.Channel) ?? "",
            rules.Exists(rule =>
                rule.Rule.Eligible == RandomRules.Strong || rule.Rule.Windows.Values.Any(x => x.Tiers.Count > 0)
            )
                ? Tier(OwnerOf(touch)!.Value, OwnerOf(conversion)!.Value)
                : 0,
            !VerdictPolicy.Counts(VerdictOf(touch))
        );
    }

    // The least tier whose links, and stronger ones, lead from one to the other.
    private int Tier(Token from, Token to)
    {
        foreach (int tier in joined.Select(link => link.Tier).Append(0).Distinct().Order())
        {
            HashSet<Token> reached = [from];
            while (
                joined.Where(link => link.Tier <= tier && reached.Contains(link.A) != reached.Contains(link.B)).ToList()
                    is { Count: > 0 } more
            )
                reached.UnionWith(more.SelectMany(link => new[] { link.A, link.B }));
            if (reached.Contains(to))
                return tier;
        }
        throw new InvalidOperationException("two owners of one customer without a path");
    }

    private List<byte[]> RefundsOf(byte[] fact, string? order) =>
        [
            .. (ofRefunds ?? this)
                .Of(EventType.Refund)
                .Where(refund => (ofRefunds ?? this).SaleOf(refund) == (order ?? Record(fact).Id.ToString()))
                .OrderBy(refund => (Record(refund).Time, Record(refund).Id)),
        ];

    // What a refund takes back: an order, or a conversion of none. One that names a conversion of an order means the order.
    private string? SaleOf(byte[] refund)
    {
        if (!Record(refund).TryGet(EventField.Conversion, out ReadOnlySpan<byte> id))
            return OrderOf(refund);
        Token named = Token.Read(id);
        byte[]? conversion = Of(EventType.Conversion).FirstOrDefault(fact => Record(fact).Id == named);
        return conversion is null ? null : OrderOf(conversion) ?? named.ToString();
    }

    private static string? OrderOf(byte[] fact)
    {
        string? order = Record(fact).Text(EventField.OrderId);
        return order is null ? null : $"{Record(fact).Text(EventField.Kind) ?? "purchase"}\0{order}";
    }
}
