namespace Throughline.Core.Attribution.Models;

/// <summary>
/// A Markov chain over paths: states are the last k channels; a channel's removal effect is the share of conversions that would
/// be lost if whoever enters it never converted.
/// </summary>
/// <remarks>
/// The linear equations are solved by taking out one state after another (Grassmann, Taksar and Heyman 1985), without a
/// subtraction: the error stays at some hundred units of the last place of a double, and with additions, products and quotients
/// alone it is the same on every machine.
/// </remarks>
public sealed class MarkovModel
{
    private const int Start = 0;
    private const int Conversion = 1;
    private const int Null = 2;
    private const int FirstState = 3;
    private readonly SortedDictionary<string, int> states = new(StringComparer.Ordinal);
    private readonly List<string?> channelOf = [null, null, null];
    private readonly List<SortedDictionary<int, Rational>> counts =
    [
        [],
        [],
        [],
    ];
    private readonly Rational conversions;

    /// <summary>Counts the steps of the paths. Customers who did not convert count as such.</summary>
    public MarkovModel(IEnumerable<CountedPath> paths, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        foreach (CountedPath path in paths)
        {
            if (path.Channels.Count == 0)
                continue;
            Rational customers = path.Conversions + path.Others;
            if (customers.Sign <= 0)
                continue;
            int from = Start;
            for (int i = 0; i < path.Channels.Count; i++)
            {
                int to = State(path.Channels, i, order);
                Count(from, to, customers);
                from = to;
            }
            Count(from, Conversion, path.Conversions);
            Count(from, Null, path.Others);
            conversions += path.Conversions;
        }
        Channels = [.. channelOf.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        ConversionProbability = Probability(null);
    }

    /// <summary>How many states of channels a chain over these paths has.</summary>
    public static int StatesOf(IEnumerable<CountedPath> paths, int order)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (CountedPath path in paths)
            for (int i = 0; i < path.Channels.Count; i++)
                names.Add(NameOf(path.Channels, i, order));
        return names.Count;
    }

    /// <summary>Ordinal order.</summary>
    public IReadOnlyList<string> Channels { get; }

    /// <summary>How likely a path from the start ends in a conversion.</summary>
    public double ConversionProbability { get; }

    /// <summary>How likely each step is, between <c>start</c>, channels, <c>conv</c> and <c>null</c>; of a chain of order 1.</summary>
    public IEnumerable<(string From, string To, Rational Probability)> Transitions(bool withLoops = true)
    {
        for (int from = 0; from < counts.Count; from++)
        {
            var steps = counts[from].Where(x => !x.Value.IsZero && (withLoops || x.Key != from)).ToList();
            Rational all = steps.Aggregate(Rational.Zero, (sum, x) => sum + x.Value);
            foreach ((int to, Rational count) in steps)
                yield return (Name(from), Name(to), count / all);
        }
    }

    /// <summary>1 - P(conversion without the channel) / P(conversion); zero if nothing converts.</summary>
    public double RemovalEffect(string channel) =>
        ConversionProbability > 0 ? 1 - (Probability(channel) / ConversionProbability) : 0;

    /// <summary>All conversions, shared in proportion to the removal effects.</summary>
    public SortedDictionary<string, double> Credit()
    {
        SortedDictionary<string, double> credit = new(StringComparer.Ordinal);
        double sum = 0;
        foreach (string channel in Channels)
            sum += credit[channel] = RemovalEffect(channel);
        foreach (string channel in Channels)
            credit[channel] = sum > 0 ? conversions.ToDouble() * credit[channel] / sum : 0;
        return credit;
    }

    private int State(IReadOnlyList<string> path, int at, int order)
    {
        string name = NameOf(path, at, order);
        if (!states.TryGetValue(name, out int state))
        {
            states[name] = state = counts.Count;
            counts.Add([]);
            channelOf.Add(path[at]);
        }
        return state;
    }

    private static string NameOf(IReadOnlyList<string> path, int at, int order) =>
        order == 1 ? path[at] : string.Join('\n', path.Skip(Math.Max(0, at - order + 1)).Take(Math.Min(order, at + 1)));

    private void Count(int from, int to, Rational customers)
    {
        counts[from].TryGetValue(to, out Rational before);
        counts[from][to] = before + customers;
    }

    private string Name(int state) =>
        state switch
        {
            Start => "start",
            Conversion => "conv",
            Null => "null",
            _ => channelOf[state]!,
        };

    // Entering a removed channel is the same as leaving for good.
    private double Probability(string? removed)
    {
        var step = new SortedDictionary<int, double>[counts.Count];
        for (int from = 0; from < step.Length; from++)
        {
            step[from] = [];
            if (from is Conversion or Null || (removed is not null && channelOf[from] == removed))
                continue;
            foreach ((int to, Rational count) in counts[from])
            {
                int target = removed is not null && channelOf[to] == removed ? Null : to;
                step[from].TryGetValue(target, out double before);
                step[from][target] = before + count.ToDouble();
            }
        }
        for (int state = step.Length - 1; state >= FirstState; state--)
            TakeOut(state, step);
        step[Start].TryGetValue(Conversion, out double converted);
        step[Start].TryGetValue(Null, out double lost);
        return converted + lost > 0 ? converted / (converted + lost) : 0;
    }

    // Whoever came through the state goes on to where it leads, in proportion; staying in it does not matter.
    private static void TakeOut(int state, SortedDictionary<int, double>[] step)
    {
        double leaving = 0;
        foreach ((int to, double count) in step[state])
            if (to != state)
                leaving += count;
        for (int from = 0; from < state; from++)
        {
            if (!step[from].Remove(state, out double coming) || leaving <= 0)
                continue;
            foreach ((int to, double count) in step[state])
            {
                if (to == state)
                    continue;
                step[from].TryGetValue(to, out double before);
                step[from][to] = before + (coming * count / leaving);
            }
        }
    }
}
