using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Impact;

/// <summary>What impact is asked for.</summary>
/// <param name="From">The first instant of decisions; milliseconds since 1970.</param>
/// <param name="To">The first instant after them.</param>
/// <param name="WindowMs">So long after a hit a conversion counts as its.</param>
/// <param name="Rule">The only rule that is looked at; null: all.</param>
public sealed record ImpactOptions(long From, long To, long WindowMs = ImpactOptions.WindowUsual, string? Rule = null)
{
    public const long WindowUsual = 7L * 86_400_000;
    public const long WindowMax = 90L * 86_400_000;
}

/// <summary>A decision that a rule matched.</summary>
/// <param name="Client">Names the address together with the user agent (<see cref="Reports.ReportTally.ClientOf"/>).</param>
/// <param name="Version">Of the rules that judged.</param>
/// <param name="Unit">Whom it belongs to in hold-outs; null: not recorded.</param>
public readonly record struct ImpactHit(
    long Time,
    ulong Client,
    long Version,
    HoldoutUnit? Unit,
    bool Enforced,
    bool HeldOut
);

/// <summary>A time hits more clients than are counted exactly.</summary>
public sealed class TooManyHitsException() : Exception($"more than {ImpactTally.ClientsMax} clients were hit");

/// <summary>
/// Takes in who rules hit, in the order of time; once all is read, tells what those people converted. Exact: it refuses what it could not
/// count so.
/// </summary>
public sealed class ImpactTally
{
    /// <summary>Clients that one rule may hit.</summary>
    public const int ClientsMax = 1_000_000;

    /// <summary>A pause of so long ends a session.</summary>
    public const long SessionMs = 30L * 60_000;

    private readonly ImpactOptions options;
    private readonly SortedDictionary<string, RuleHits> rules = new(StringComparer.Ordinal);
    private readonly HitBook together = new();
    private readonly Dictionary<ulong, ulong> clientOfConversion = [];
    private readonly Dictionary<ulong, Token> identifiers = [];

    public ImpactTally(ImpactOptions options) => this.options = options;

    /// <summary>Whether a rule is looked at.</summary>
    public bool Wants(RuleDocument rule) => options.Rule is null || options.Rule == rule.Id;

    /// <summary>Takes a match in; not before one that is earlier.</summary>
    /// <exception cref="TooManyHitsException">There are too many clients.</exception>
    public void AddHit(RuleDocument rule, in ImpactHit hit)
    {
        if (!rules.TryGetValue(rule.Id, out RuleHits? hits))
            rules.Add(rule.Id, hits = new(rule));
        hits.Add(rule, hit);
    }

    /// <summary>Takes in, once, a decision that at least one of the rules matched.</summary>
    public void AddHitByAny(in ImpactHit hit) => together.Add(hit);

    /// <summary>Takes an event in that is no decision, of the time or up to a window later: who a client is, and where conversions come from.</summary>
    public void AddSighting(in EventRecord record)
    {
        bool isConversion = record.Type == EventType.Conversion;
        if (
            (!isConversion && record.IdentifierCount == 0)
            || !record.TryGet(EventField.Address, out ReadOnlySpan<byte> address)
        )
            return;
        record.TryGet(EventField.UserAgent, out ReadOnlySpan<byte> agent);
        ulong client = Reports.ReportTally.ClientOf(Token.Read(address), agent);
        if (isConversion)
            clientOfConversion[record.Id.Low] = client;
        // The least one, so that the order of events changes nothing.
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            Token found = record.Identifier(i).Token;
            if (!identifiers.TryGetValue(client, out Token least) || found.CompareTo(least) < 0)
                identifiers[client] = found;
        }
    }

    /// <summary>Whether a client was hit so close to an instant that what it did then belongs to the hit session.</summary>
    public bool IsHitNear(ulong client, long time) => together.IsNear(client, time);

    /// <summary>Identifiers of clients that were hit, whose customers <see cref="Finish"/> wants to know; ascending.</summary>
    public IReadOnlyList<Token> Identifiers() =>
        [.. identifiers.Where(x => together.Has(x.Key)).Select(x => x.Value).Distinct().Order()];

    /// <summary>Ids of customers that were recorded with hits; whom they name now <see cref="Finish"/> wants to know. Ascending.</summary>
    public IReadOnlyList<Token> Customers() =>
        [.. rules.Values.SelectMany(x => x.Customers).Concat(together.Customers).Distinct().Order()];

    /// <summary>All figures.</summary>
    /// <param name="source">What the hits are: <c>stored</c> or <c>draft</c>.</param>
    /// <param name="customers">The customers of <see cref="Identifiers"/>, of those that have one.</param>
    /// <param name="current">Whom <see cref="Customers"/> name now.</param>
    /// <param name="conversions">Those from the first instant on, ascending by time.</param>
    /// <param name="end">The last instant of which the log knows anything.</param>
    public ImpactReport Finish(
        string source,
        long decisions,
        IReadOnlyDictionary<Token, Token> customers,
        IReadOnlyDictionary<Token, Token> current,
        IReadOnlyList<Tenant.SurveyedConversion> conversions,
        long end,
        ImpactCredit? credit
    )
    {
        Dictionary<ulong, Token> owners = [];
        foreach ((ulong client, Token identifier) in identifiers)
            if (customers.TryGetValue(identifier, out Token customer))
                owners.Add(client, customer);
        ConversionIndex index = new(conversions, id => clientOfConversion.TryGetValue(id.Low, out ulong x) ? x : 0);
        People people = new(owners, current, index, options.WindowMs);
        return new(
            EventTime.ToText(options.From),
            EventTime.ToText(options.To),
            options.WindowMs / 1000,
            source,
            decisions,
            [
                .. rules
                    .Values.OrderByDescending(x => x.Hits)
                    .ThenBy(x => x.Id, StringComparer.Ordinal)
                    .Select(x => x.Finish(people, end)),
            ],
            together.Finish(people),
            credit
        );
    }
}
