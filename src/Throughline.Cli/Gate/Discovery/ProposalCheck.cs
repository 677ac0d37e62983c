using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Gate.Backtest;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Discovery;

/// <summary>Counts what the proposals match when the gate itself runs them: nothing that is reported is taken from the mining.</summary>
internal sealed class ProposalCheck(
    DiscoveryResult discovery,
    GateModel proposed,
    SiteTraffic traffic,
    ForceHits inForce,
    SaleLines sales
)
{
    private const long DayMs = 86_400_000;
    private const int SamplesMax = 5;
    private const int SampleLength = 400;

    private readonly Tally[] tallies = [.. discovery.Proposals.Select(_ => new Tally())];
    private readonly HashSet<string> seenSales = new(StringComparer.Ordinal);
    private int row;

    public TrafficLabels Labels { get; init; } = new();
    public ProposalTruth? Truth { get; init; }

    /// <summary>Takes the next request, as the proposals judged it.</summary>
    public void Add(ReadOnlySpan<byte> line, RequestFeatures request, GateDecision decision)
    {
        bool isHeldOut = discovery.Split is { } split && row >= split.Place;
        int visitor = traffic.VisitorAt(row);
        long day = request.Time / DayMs;
        foreach (RuleMatch match in decision.Matches)
            if (match.Outcome == MatchOutcome.Matched)
                tallies[PlaceOf(match.Rule)]
                    .Hit(row, visitor, day, isHeldOut, inForce, Labels.Of(null, request), line, request);
        Truth?.Add(line, isHeldOut, decision, PlaceOf);
        if (sales.SaleOf(line) is { } sale && seenSales.Add(sale.Id))
            foreach (Tally tally in tallies)
                tally.Sold(visitor, day, sale, sales.IsRefunded(sale));
        row++;
    }

    public IReadOnlyList<ProposalFinding> Findings() =>
        [.. discovery.Proposals.Select((x, i) => tallies[i].Finding(x, Truth?.Of(i)))];

    // The document's rules are the proposals, in their order.
    private int PlaceOf(int rule) =>
        proposed.Document.Rules.Count == tallies.Length
            ? rule
            : throw new InvalidOperationException("the rules are not the proposals");

    private sealed class Tally
    {
        private readonly HashSet<int> visitors = [];
        private readonly HashSet<string> addresses = new(StringComparer.Ordinal);
        private readonly Dictionary<int, long> lastDays = [];
        private readonly SortedDictionary<string, long> overlap = new(StringComparer.Ordinal);
        private readonly List<string> samples = [];
        private readonly HashSet<int> sampled = [];
        private readonly SortedDictionary<string, Money> values = new(StringComparer.Ordinal);
        private (long All, long HeldOut, long Flagged) requests;
        private (long Bots, long Humans) labelled;
        private (long Standing, long Refunded) sold;

        public void Hit(
            int row,
            int visitor,
            long day,
            bool isHeldOut,
            ForceHits inForce,
            bool? isBot,
            ReadOnlySpan<byte> line,
            RequestFeatures request
        )
        {
            requests = (
                requests.All + 1,
                requests.HeldOut + (isHeldOut ? 1 : 0),
                requests.Flagged + (inForce.IsFlagged(row) ? 1 : 0)
            );
            visitors.Add(visitor);
            lastDays[visitor] = day;
            if (request.Address is { } address)
                addresses.Add(address.Text);
            foreach (string rule in inForce.RulesOf(row))
                overlap[rule] = overlap.GetValueOrDefault(rule) + 1;
            labelled = (labelled.Bots + (isBot == true ? 1 : 0), labelled.Humans + (isBot == false ? 1 : 0));
            // Of different visitors, each further apart than the one before.
            if (
                isHeldOut
                && samples.Count < SamplesMax
                && sampled.Count < visitors.Count / (1 << samples.Count)
                && sampled.Add(visitor)
            )
                samples.Add(Encoding.UTF8.GetString(line[..Math.Min(line.Length, SampleLength)]));
        }

        // At risk is what a visitor bought on a day on which the rule hit it.
        public void Sold(int visitor, long day, in Sale sale, bool isRefunded)
        {
            if (!lastDays.TryGetValue(visitor, out long last) || last != day)
                return;
            sold = (sold.Standing + (isRefunded ? 0 : 1), sold.Refunded + (isRefunded ? 1 : 0));
            if (isRefunded || sale.Value.Currency.IsNone)
                return;
            string currency = sale.Value.Currency.ToString();
            values[currency] = new(values.GetValueOrDefault(currency).Minor + sale.Value.Minor, sale.Value.Currency);
        }

        public ProposalFinding Finding(Proposal proposal, ProposalTruthFigures? truth) =>
            new(
                proposal,
                requests.All,
                requests.HeldOut,
                visitors.Count,
                addresses.Count,
                requests.Flagged,
                overlap,
                labelled.Bots + labelled.Humans == 0 ? null : LabelPrecision.Of(labelled.Bots, labelled.Humans),
                new(sold.Standing, sold.Refunded, values.ToDictionary(x => x.Key, x => x.Value.ToString())),
                samples,
                truth
            );
    }
}

/// <summary>What one proposal matches, by the gate itself.</summary>
/// <param name="Flagged">Requests that the rules in force flag already.</param>
/// <param name="Overlap">Rules in force that matched the same requests, with how many.</param>
internal sealed record ProposalFinding(
    Proposal Proposal,
    long Requests,
    long HeldOutRequests,
    int Visitors,
    int Addresses,
    long Flagged,
    IReadOnlyDictionary<string, long> Overlap,
    LabelPrecision? Labels,
    SalesAtRisk Conversions,
    IReadOnlyList<string> Samples,
    ProposalTruthFigures? Truth
);

/// <summary>Conversions of visitors on days on which a rule hit them before.</summary>
/// <param name="Count">That stand.</param>
/// <param name="Refunded">That were taken back, in whole or in part.</param>
/// <param name="Values">Of those that stand, by currency.</param>
internal sealed record SalesAtRisk(long Count, long Refunded, IReadOnlyDictionary<string, string> Values);

/// <summary>Matched requests with an analyst's label; the interval is Wilson's, 95 %.</summary>
internal sealed record LabelPrecision(long Bots, long Humans, double Precision, double Low, double High)
{
    public static LabelPrecision Of(long bots, long humans)
    {
        const double z = 1.959964;
        double n = bots + humans;
        double share = bots / n;
        double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
        double half = z / (1 + z * z / n) * Math.Sqrt(share * (1 - share) / n + z * z / (4 * n * n));
        return new(bots, humans, Round(share), Round(Math.Max(0, middle - half)), Round(Math.Min(1, middle + half)));
    }

    private static double Round(double value) => Math.Round(value, 4, MidpointRounding.ToEven);
}
