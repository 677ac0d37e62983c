using Throughline.Core.Gate.Reports;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Backtest;

/// <summary>Counts what one rule of a draft does.</summary>
internal sealed class RuleBacktest(LackedFeature names)
{
    private const int KeysMax = 8_192;

    private readonly KeySample<bool> addresses = new(KeysMax);
    private readonly KeySample<bool> clients = new(KeysMax);
    private readonly LabelTally hits = new();
    private readonly SortedDictionary<int, long> overlaps = [];
    private readonly SortedDictionary<string, long> lacked = new(StringComparer.Ordinal);

    public void Add(ulong address, ulong client, bool isDeclared, bool? analyst)
    {
        hits.Add(isDeclared, analyst);
        addresses.Add(address);
        if (client != 0)
            clients.Add(client);
    }

    public void Overlap(int other) => overlaps[other] = overlaps.GetValueOrDefault(other) + 1;

    /// <summary>It failed for want of a feature.</summary>
    public void Lack(string? error) => LackName(names.Of(error));

    /// <summary>It was not tried for want of a feature.</summary>
    public void LackName(string name, long requests = 1)
    {
        if (requests > 0)
            lacked[name] = lacked.GetValueOrDefault(name) + requests;
    }

    public BacktestRule Finish(
        RuleDocument rule,
        GateModel? today,
        TrafficLabels labels,
        LabelTally all,
        KeySample<bool>? trapped,
        ClientBook? book
    ) =>
        new(
            Words.Of(rule.Mode),
            hits.Matched,
            addresses.Distinct,
            book?.CustomersOf(clients, _ => true),
            LabelTally.ShareOf(hits.Declared, hits.Matched),
            LabelTally.ShareOf(hits.Declared, all.Declared),
            hits.Figures(labels, all, addresses, trapped),
            overlaps
                .OrderByDescending(x => x.Value)
                .ThenBy(x => x.Key)
                .ToDictionary(x => today!.Document.Rules[x.Key].Id, x => x.Value, StringComparer.Ordinal),
            lacked
        );
}
