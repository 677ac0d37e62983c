using System.Runtime.InteropServices;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;

namespace Throughline.Core.Gate.Impact;

/// <summary>Clients that were hit, with their sessions.</summary>
internal sealed class HitBook
{
    private const int SamplesMax = 10;

    private readonly Dictionary<ulong, ClientHits> clients = [];
    private readonly List<Session> closed = [];

    public long Hits { get; private set; }

    public IEnumerable<Token> Customers => clients.Values.Select(x => x.Customer).Where(x => x != default);

    public bool Has(ulong client) => clients.ContainsKey(client);

    public void Add(in ImpactHit hit)
    {
        Hits++;
        if (hit.Client == 0)
            return;
        ref ClientHits client = ref CollectionsMarshal.GetValueRefOrAddDefault(clients, hit.Client, out bool known);
        if (!known)
        {
            if (clients.Count > ImpactTally.ClientsMax)
                throw new TooManyHitsException();
            client.First = client.SessionFirst = hit.Time;
        }
        else if (hit.Time - client.Last > ImpactTally.SessionMs)
        {
            closed.Add(new(hit.Client, client.SessionFirst, client.Last));
            client.SessionFirst = hit.Time;
        }
        client.Last = hit.Time;
        client.Count++;
        if (client.Customer == default && hit.Unit is { Kind: UnitKind.Customer } unit)
            client.Customer = unit.Name;
    }

    /// <summary>Whether a session of the client's hits holds an instant, or begins or ends within 30 minutes of it.</summary>
    public bool IsNear(ulong client, long time)
    {
        if (!clients.TryGetValue(client, out ClientHits hits))
            return false;
        if (Near(hits.SessionFirst, hits.Last, time))
            return true;
        ByClient ??= closed.GroupBy(x => x.Client).ToDictionary(x => x.Key, x => x.ToArray());
        return ByClient.TryGetValue(client, out Session[]? before) && before.Any(x => Near(x.First, x.Last, time));
    }

    private Dictionary<ulong, Session[]>? ByClient { get; set; }

    public HitFigures Finish(People people)
    {
        Dictionary<Token, (long First, long Last, long Hits)> customers = [];
        HashSet<SurveyedConversion> found = [];
        foreach ((ulong key, ClientHits client) in clients)
            if (people.CustomerOf(key, client.Customer) is { } customer)
                customers[customer] = customers.TryGetValue(customer, out (long First, long Last, long Hits) had)
                    ? (Math.Min(had.First, client.First), Math.Max(had.Last, client.Last), had.Hits + client.Count)
                    : (client.First, client.Last, client.Count);
            else
                found.UnionWith(people.Conversions.Of(key, client.First, client.Last + people.WindowMs));
        List<(Token Customer, long Hits)> converted = [];
        foreach ((Token customer, (long first, long last, long hits)) in customers)
        {
            SurveyedConversion[] own = [.. people.Conversions.Of(customer, first, last + people.WindowMs)];
            found.UnionWith(own);
            if (own.Length > 0)
                converted.Add((customer, hits));
        }
        Session[] sessions =
        [
            .. closed,
            .. clients.Select(x => new Session(x.Key, x.Value.SessionFirst, x.Value.Last)),
        ];
        return new(
            Hits,
            clients.Count,
            sessions.Length,
            customers.Count,
            sessions.LongCount(x => people.Conversions.Of(x.Client, x.First, x.Last + ImpactTally.SessionMs).Any()),
            converted.Count,
            found.Count,
            OutcomesOf(found),
            [
                .. converted
                    .OrderByDescending(x => x.Hits)
                    .ThenBy(x => x.Customer)
                    .Take(SamplesMax)
                    .Select(x => x.Customer.ToString()),
            ]
        );
    }

    private static OutcomeFigures[] OutcomesOf(HashSet<SurveyedConversion> found) =>
        [
            .. found
                .GroupBy(x => x.Outcome)
                .OrderBy(x => x.Key)
                .Select(x => new OutcomeFigures(
                    Words.Of(x.Key),
                    x.LongCount(),
                    [
                        .. x.GroupBy(y => y.Currency)
                            .Select(y => new OutcomeValue(
                                CreditDifference.CodeOf(y.Key),
                                y.LongCount(),
                                y.Sum(z => z.Minor),
                                y.Sum(z => z.Net)
                            ))
                            .OrderBy(y => y.Currency, StringComparer.Ordinal),
                    ]
                )),
        ];

    private static bool Near(long first, long last, long time) =>
        time >= first - ImpactTally.SessionMs && time <= last + ImpactTally.SessionMs;

    private record struct ClientHits
    {
        public long First;
        public long Last;
        public long SessionFirst;
        public long Count;

        /// <summary>As the edge knew it; default: it did not.</summary>
        public Token Customer;
    }

    private readonly record struct Session(ulong Client, long First, long Last);
}
