using Throughline.Cel.Library;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Backtest;

/// <summary>What somebody knows of requests: an analyst's word by decision, address or user agent, and paths that no person asks for.</summary>
public sealed class TrafficLabels
{
    /// <summary>Labels of one backtest at most.</summary>
    public const int LabelsMax = 200_000;
    public const int HoneypotsMax = 100;

    private readonly Dictionary<DecisionId, bool> decisions = [];
    private readonly Dictionary<UInt128, bool> v4 = [];
    private readonly Dictionary<UInt128, bool> v6 = [];
    private readonly Dictionary<string, bool> agents = new(StringComparer.Ordinal);
    private readonly List<string> honeypots = [];

    /// <summary>How many values have a label.</summary>
    public int Count => decisions.Count + v4.Count + v6.Count + agents.Count;

    public IReadOnlyList<string> Honeypots => honeypots;

    /// <summary>Labels a value: the id of a decision, else an address, else a user agent as a whole.</summary>
    /// <returns>False if the value has the other label already.</returns>
    public bool TryAdd(string value, bool isBot)
    {
        if (DecisionId.TryParse(value, out DecisionId id))
            return TryAdd(decisions, id, isBot);
        if (IpAddress.TryParse(value, out IpAddress address, out _))
            return TryAdd(address.IsV6 ? v6 : v4, address.Bits, isBot);
        return TryAdd(agents, value, isBot);
    }

    /// <summary>Names a path: whoever asks for what begins so is a bot.</summary>
    public void AddHoneypot(string prefix) => honeypots.Add(prefix);

    /// <summary>Whether an analyst calls a request a bot's; null: nobody says. The narrowest label holds.</summary>
    public bool? Of(DecisionId? decision, RequestFeatures request)
    {
        if (decision is { } id && decisions.TryGetValue(id, out bool isBot))
            return isBot;
        if (request.Address is { } address && (address.IsV6 ? v6 : v4).TryGetValue(address.Bits, out isBot))
            return isBot;
        return agents.TryGetValue(request.Agent.Text, out isBot) ? isBot : null;
    }

    /// <summary>Whether a request is for a honeypot.</summary>
    public bool IsTrapped(RequestFeatures request)
    {
        foreach (string prefix in honeypots)
            if (
                request.Target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                || request.Path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            )
                return true;
        return false;
    }

    private static bool TryAdd<T>(Dictionary<T, bool> labels, T key, bool isBot)
        where T : notnull => labels.TryAdd(key, isBot) || labels[key] == isBot;
}
