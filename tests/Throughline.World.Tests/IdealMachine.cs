using System.Globalization;
using System.Text.Json;
using Throughline.World.Measures;
using Throughline.World.Truth;

namespace Throughline.World.Tests;

/// <summary>
/// A plain reading of the observed events by somebody who is told which events are bots' and which identifiers belong to
/// nobody or to several people, and nothing else: connected identifiers are one customer, the first good identifier owns an
/// event, credit by an own naive reading of the rule. What it reaches is about what the world lets any machine reach.
/// </summary>
internal sealed class IdealMachine
{
    private readonly Dictionary<(string, string), int> known = [];
    private readonly bool[] barred;
    private readonly int[] parent;
    private readonly Dictionary<int, int> firstWith = [];
    private readonly List<(ulong Id, long Time, int Owner, string Campaign, bool Click)> touches = [];
    private readonly List<(ulong Id, long Time, int Owner, long Minor, string? Order, bool Bot)> conversions = [];
    private readonly Dictionary<string, (double Days, bool Linear)> rules;

    /// <param name="barred">What it is told to link nothing by.</param>
    public IdealMachine(SimulatedWorld world, WorldTruth truth, Func<TrueIdentifier, bool> barred)
    {
        rules = world.Campaigns.ToDictionary(
            campaign => campaign.Id,
            campaign =>
            {
                JsonElement document = JsonDocument.Parse(campaign.Document).RootElement;
                string window = document.GetProperty("window").GetString()!;
                return (
                    double.Parse(window[..^1], CultureInfo.InvariantCulture),
                    document.GetProperty("model").GetString() == "linear"
                );
            }
        );
        this.barred = [.. truth.Identifiers.Select(barred)];
        parent = [.. Enumerable.Range(0, truth.Identifiers.Count)];
        for (int i = 0; i < truth.Identifiers.Count; i++)
            known.Add((truth.Identifiers[i].Type, truth.Identifiers[i].Value), i);
    }

    /// <param name="bot">What it is told of the event's actor.</param>
    public void Read(ReadOnlyMemory<byte> line, bool bot)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement json = document.RootElement;
        int owner = -1;
        if (json.TryGetProperty("identifiers", out JsonElement identifiers) && !bot)
        {
            int[] all = [.. identifiers.EnumerateArray().Select(Find)];
            int[] found = [.. all.Where(identifier => !barred[identifier])];
            if (found.Length > 0)
                foreach (int shared in all.Where(identifier => barred[identifier]))
                    firstWith.TryAdd(shared, found[0]);
            for (int i = 1; i < found.Length; i++)
                parent[RootOf(found[0])] = RootOf(found[i]);
            owner = found.Length > 0 ? found[0] : -1;
        }
        long time = DateTimeOffset
            .Parse(json.GetProperty("time").GetString()!, CultureInfo.InvariantCulture)
            .ToUnixTimeMilliseconds();
        string type = json.GetProperty("type").GetString()!;
        Assert.True(WorldIds.TryParseEvent(json.GetProperty("id").GetString(), out ulong id));
        if (type == "conversion")
        {
            JsonElement conversion = json.GetProperty("conversion");
            string? order = conversion.TryGetProperty("orderId", out JsonElement text) ? text.GetString() : null;
            conversions.Add((id, time, owner, MinorOf(conversion.GetProperty("value")), order, bot));
        }
        else if (
            type is not ("request" or "identify" or "consent" or "refund")
            && owner >= 0
            && json.TryGetProperty("campaign", out JsonElement campaign)
        )
            touches.Add((id, time, owner, campaign.GetString()!, type == "click"));
    }

    /// <summary>A customer per identifier, in the order of the truth; what several people share is with whom it was met first.</summary>
    public int[] Customers(WorldTruth truth) =>
        [
            .. Enumerable
                .Range(0, parent.Length)
                .Select(i =>
                    !barred[i] ? RootOf(i)
                    : truth.Identifiers[i].Owners.Count > 1 && firstWith.TryGetValue(i, out int with) ? RootOf(with)
                    : -1
                ),
        ];

    /// <summary>Credit of every conversion, and what the score says of it.</summary>
    public CreditScore Score(WorldTruth truth)
    {
        CreditScore score = new(truth);
        var journeys = touches.DistinctBy(touch => touch.Id).ToLookup(touch => RootOf(touch.Owner));
        HashSet<string> orders = [];
        foreach (
            var conversion in conversions.DistinctBy(conversion => conversion.Id).OrderBy(conversion => conversion.Time)
        )
        {
            bool repeated = conversion.Order is not null && !orders.Add(conversion.Order);
            List<TrueCredit> credits = [];
            if (!repeated && !conversion.Bot && conversion.Owner >= 0)
                credits = CreditOf(journeys[RootOf(conversion.Owner)], conversion.Time, conversion.Minor);
            score.Add(conversion.Id, credits, (repeated ? 0 : conversion.Minor) - credits.Sum(credit => credit.Minor));
        }
        return score;
    }

    private List<TrueCredit> CreditOf(
        IEnumerable<(ulong Id, long Time, int Owner, string Campaign, bool Click)> journey,
        long time,
        long minor
    )
    {
        var eligible = journey
            .Where(touch => touch.Time <= time && time - touch.Time <= rules[touch.Campaign].Days * 86_400_000)
            .OrderBy(touch => touch.Time)
            .ToList();
        if (eligible.Count == 0)
            return [];
        string winner = eligible
            .OrderByDescending(touch => touch.Click)
            .ThenByDescending(touch => touch.Time)
            .First()
            .Campaign;
        var earning = eligible.Where(touch => touch.Campaign == winner).ToList();
        if (!rules[winner].Linear)
            return [new(earning[^1].Id, minor)];
        return
        [
            .. earning.Select(
                (touch, i) => new TrueCredit(touch.Id, minor / earning.Count + (i < minor % earning.Count ? 1 : 0))
            ),
        ];
    }

    private static long MinorOf(JsonElement value)
    {
        if (value.TryGetProperty("minor", out JsonElement minor))
            return minor.GetInt64();
        decimal amount = decimal.Parse(value.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
        return (long)(value.GetProperty("currency").GetString() == "JPY" ? amount : amount * 100);
    }

    private int Find(JsonElement identifier)
    {
        string type = identifier.GetProperty("type").GetString()!;
        string value = identifier.GetProperty("value").GetString()!;
        if (type == "email")
            value = value.ToLowerInvariant();
        if (type == "phone")
            value = value.Replace(" ", "", StringComparison.Ordinal);
        return known[(type, value)];
    }

    private int RootOf(int at)
    {
        while (parent[at] != at)
            at = parent[at] = parent[parent[at]];
        return at;
    }
}
