using System.Globalization;
using System.Runtime.InteropServices;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Reports;

/// <summary>What a report is asked for.</summary>
/// <param name="From">The first instant; milliseconds since 1970.</param>
/// <param name="To">The first instant after it.</param>
/// <param name="StepMs">Length of a bucket.</param>
/// <param name="Top">Rules and values of groups that are named.</param>
public sealed record ReportOptions(long From, long To, long StepMs, int Top = ReportOptions.TopUsual)
{
    public const int TopUsual = 20;
    public const int TopMax = 500;

    /// <summary>Buckets of one report at most.</summary>
    public const int BucketsMax = 2_000;
}

/// <summary>A stored decision, as a report takes it in.</summary>
/// <param name="Address">Names the client's address; 0: not known.</param>
/// <param name="Client">Names the address together with the user agent; 0: not known. See <see cref="ReportTally.ClientOf"/>.</param>
/// <param name="Source">The address itself.</param>
/// <param name="Verdict">What its actor was in its 5 minutes.</param>
/// <param name="Rules">The version that judged; null: there is none.</param>
public readonly record struct ReportedDecision(
    DecisionRecord Record,
    ulong Address,
    ulong Client,
    IpAddress? Source,
    string? UserAgent,
    Verdict Verdict,
    GateDocument? Rules
);

/// <summary>
/// Makes a report of stored decisions in one pass and bounded memory, whatever their number: tables of values and clients have a bound,
/// and beyond it say what error they have. The order of decisions changes nothing but which values a full table names.
/// </summary>
public sealed class ReportTally(ReportOptions options)
{
    private const int ValuesMax = 8_192;
    private const int LossesShown = 100;
    private const int TextMax = 256;

    private readonly TrafficTally total = new();
    private readonly SortedDictionary<long, TrafficTally> buckets = [];
    private readonly Dictionary<string, RuleReportTally> rules = new(StringComparer.Ordinal);
    private readonly ClientBook clients = new();
    private readonly LatencyHistogram latency = new();
    private readonly RunLosses losses = new();
    private readonly TopValues addresses = new(ValuesMax);
    private readonly TopValues networks = new(ValuesMax);
    private readonly TopValues agents = new(ValuesMax);
    private readonly TopValues paths = new(ValuesMax);
    private readonly TopValues hosts = new(ValuesMax);
    private long refusedRequests;
    private readonly ChallengeTally challenges = new();
    private long answers;
    private long proofs;

    /// <summary>Whether a time is the report's.</summary>
    public bool Covers(long time) => time >= options.From && time < options.To;

    /// <summary>Names an address together with a user agent.</summary>
    public static ulong ClientOf(Token address, ReadOnlySpan<byte> userAgent) =>
        ClientBook.ClientOf(address, userAgent);

    /// <summary>Takes the id of any decision of an edge, whatever its time: numbers that are missing are losses.</summary>
    public void AddId(DecisionId id, long time) => losses.Add(id, time);

    /// <summary>Takes a decision of the report's time.</summary>
    public void Add(in ReportedDecision decision)
    {
        DecisionRecord record = decision.Record;
        foreach (RuleMatch match in record.Matches)
            if (decision.Rules is { } document && (uint)match.Rule < (uint)document.Rules.Count)
                RuleOf(document.Rules[match.Rule]).Add(document.Rules[match.Rule], match, decision);
        if (record.Kind == RecordKind.Answer)
        {
            answers++;
            return;
        }
        AddChallenge(decision);
        if (record.Kind == RecordKind.Proof)
        {
            proofs++;
            return;
        }
        long time = record.Inputs.Request.Time;
        total.Add(record, decision.Verdict);
        BucketOf(time).Add(record, decision.Verdict);
        bool isBypass = TrafficTally.IsBypass(record);
        if (!isBypass)
            latency.Add(record.LatencyUs);
        bool isRefused = record.Action is DecisionAction.Deny or DecisionAction.Challenge;
        AddGroups(decision, isRefused);
        refusedRequests += isRefused && !isBypass ? 1 : 0;
        if (decision.Client == 0)
            return;
        ClientFacts nobodys = default;
        ref ClientFacts client = ref clients.At(decision.Client, ref nobodys);
        client.IsKnown |= record.Inputs.Customer.Known;
        if (decision.Verdict == Verdict.Human)
            client.LastHuman = Math.Max(client.LastHuman, time);
        if (!isRefused)
            client.LastAllowed = Math.Max(client.LastAllowed, time);
        else if (!isBypass)
        {
            client.Refusals++;
            client.FirstRefused = client.FirstRefused == 0 ? time : Math.Min(client.FirstRefused, time);
        }
    }

    /// <summary>Takes any other event of the report's time: who its client is, and whether it converted.</summary>
    public void AddSighting(in EventRecord record) => clients.See(record);

    /// <summary>Identifiers of clients whose customers <see cref="Finish"/> wants to know.</summary>
    public IReadOnlyList<Token> Identifiers() => clients.Identifiers();

    /// <summary>The report.</summary>
    /// <param name="customers">The customers of <see cref="Identifiers"/>, of those that have one.</param>
    /// <param name="events">Events that were read.</param>
    /// <param name="unreadable">Records that do not open.</param>
    public GateReport Finish(IReadOnlyDictionary<Token, Token> customers, long events, long unreadable)
    {
        clients.Identify(customers);
        RuleReportTally[] matched =
        [
            .. rules
                .Values.Where(x => x.Hits > 0)
                .OrderByDescending(x => x.Hits)
                .ThenBy(x => x.Id, StringComparer.Ordinal),
        ];
        return new(
            EventTime.ToText(options.From),
            EventTime.ToText(options.To),
            options.StepMs / 1000,
            total.Finish(),
            [.. Buckets()],
            [.. matched.Take(options.Top).Select(x => x.Finish(clients))],
            matched.Length,
            new(
                addresses.Finish(options.Top),
                networks.Finish(options.Top),
                agents.Finish(options.Top),
                paths.Finish(options.Top),
                hosts.Finish(options.Top)
            ),
            FalsePositives(),
            challenges.Finish(),
            latency.Finish(),
            Losses(),
            new(events, total.Requests + answers + proofs, answers, unreadable)
        );
    }

    private FalsePositiveFigures FalsePositives()
    {
        long ofCustomers = Math.Min(refusedRequests, clients.RefusalsOfCustomers());
        return new(
            refusedRequests,
            ShareOf(refusedRequests, total.Requests),
            ofCustomers,
            ShareOf(ofCustomers, refusedRequests),
            clients.Refused(),
            ShareOf(total.Bypassed, total.Requests),
            clients.Share
        );
    }

    private LossFigures Losses()
    {
        IReadOnlyList<LostStretch> lost = losses.Finish(options.From, options.To);
        return new(
            lost.Sum(x => x.Last - x.First + 1),
            [
                .. lost.Take(LossesShown)
                    .Select(x => new LossAnswer(
                        x.Edge.ToString("x", CultureInfo.InvariantCulture),
                        x.First,
                        x.Last,
                        EventTime.ToText(x.After),
                        EventTime.ToText(x.Before)
                    )),
            ]
        );
    }

    private IEnumerable<TrafficBucket> Buckets()
    {
        TrafficFigures none = new TrafficTally().Finish();
        for (long time = options.From; time < options.To; time += options.StepMs)
            yield return new(
                EventTime.ToText(time),
                buckets.TryGetValue(time, out TrafficTally? tally) ? tally.Finish() : none
            );
    }

    private TrafficTally BucketOf(long time)
    {
        long start = time - (time - options.From) % options.StepMs;
        if (!buckets.TryGetValue(start, out TrafficTally? tally))
            buckets.Add(start, tally = new());
        return tally;
    }

    private void AddChallenge(in ReportedDecision decision)
    {
        DecisionRecord record = decision.Record;
        challenges.Add(record);
        if (decision.Rules is { } document && (uint)record.DecidingRule < (uint)document.Rules.Count)
            RuleOf(document.Rules[record.DecidingRule]).Challenges.Add(record);
    }

    private RuleReportTally RuleOf(RuleDocument rule)
    {
        ref RuleReportTally? tally = ref CollectionsMarshal.GetValueRefOrAddDefault(rules, rule.Id, out _);
        return tally ??= new(rule.Id);
    }

    private void AddGroups(in ReportedDecision decision, bool isRefused)
    {
        DecisionRecord record = decision.Record;
        bool isFlagged = record.IsFlagged;
        addresses.Add(decision.Source?.Text, isRefused, isFlagged);
        networks.Add(NetworkOf(decision.Source), isRefused, isFlagged);
        agents.Add(Cut(decision.UserAgent), isRefused, isFlagged);
        paths.Add(SegmentOf(record.Inputs.Request), isRefused, isFlagged);
        hosts.Add(Cut(record.Inputs.Request.Host), isRefused, isFlagged);
    }

    private static string? NetworkOf(IpAddress? address)
    {
        if (address is null)
            return null;
        (int length, int host) = address.IsV6 ? (64, 64) : (24, 8);
        return new IpPrefix(IpAddress.Of(address.Bits >> host << host, address.IsV6), length).Text;
    }

    private static string? SegmentOf(RequestFeatures request)
    {
        string path = request.Path.Length > 0 ? request.Path : request.Target;
        if (path.Length == 0)
            return null;
        int query = path.IndexOf('?');
        int end = path.IndexOf('/', Math.Min(1, path.Length));
        if (query >= 0 && (end < 0 || query < end))
            end = query;
        return Cut(end < 0 ? path : path[..end]);
    }

    private static string? Cut(string? text) => text is { Length: > TextMax } ? text[..TextMax] : text;

    private static double ShareOf(long part, long all) =>
        all == 0 ? 0 : Math.Round((double)part / all, 6, MidpointRounding.ToEven);
}
