using System.Text.Json;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>Worked examples over counted paths: heuristics, Shapley, Markov chains, fractribution.</summary>
internal static class WorkedPaths
{
    public static void Run(WorkedExample example)
    {
        if (example.Has("cases"))
            foreach (JsonElement game in example.Get("cases").EnumerateArray())
                if (game.TryGetProperty("paths", out JsonElement of))
                    Credit(example, "shapley_set", Read(example, of), game.GetProperty("expected"));
        if (example.Has("paths"))
            Counted(example, Read(example, example.Get("paths")));
        if (example.Has("path") && example.Has("derived"))
            Pair(example);
    }

    private static List<CountedPath> Read(WorkedExample example, JsonElement paths)
    {
        List<CountedPath> read = [];
        foreach (JsonElement path in paths.EnumerateArray())
        {
            Rational Cell(int at) => at < path.GetArrayLength() ? example.Number(path[at]) : Rational.Zero;
            read.Add(CountedPath.Parse(path[0].GetString()!, Cell(1), Cell(2)));
        }
        return read;
    }

    private static void Counted(WorkedExample example, List<CountedPath> paths)
    {
        if (example.Has("expected"))
            foreach (JsonProperty model in example.Get("expected").EnumerateObject())
                Credit(example, model.Name, paths, model.Value);
        MarkovModel markov = new(paths, 1);
        if (example.Has("expected_transitions"))
            Transitions(example, markov, example.Get("expected_transitions"), withLoops: true);
        if (example.Has("published_transitions_without_loops"))
            Transitions(example, markov, example.Get("published_transitions_without_loops"), withLoops: false);
        if (!example.Has("derived"))
            return;
        foreach (JsonProperty figure in example.Get("derived").EnumerateObject())
            if (figure.Name == "p_conv")
                example.Near(figure.Name, figure.Value, markov.ConversionProbability);
            else if (figure.Name == "removal_effect")
                foreach (JsonProperty channel in figure.Value.EnumerateObject())
                    example.Near($"effect of {channel.Name}", channel.Value, markov.RemovalEffect(channel.Name));
            else if (figure.Name.StartsWith("attributed_of", StringComparison.Ordinal))
                foreach (JsonProperty channel in figure.Value.EnumerateObject())
                    example.Near(
                        $"credit of {channel.Name}",
                        channel.Value,
                        markov.Credit().GetValueOrDefault(channel.Name)
                    );
    }

    private static void Credit(WorkedExample example, string model, List<CountedPath> paths, JsonElement expected)
    {
        SortedDictionary<string, Rational>? credit = ModelNames.Over(model, paths, x => x.Conversions);
        foreach (JsonProperty channel in expected.EnumerateObject())
            if (credit is null)
                example.Check($"{model}/{channel.Name}", "a known model", "unknown");
            else
                example.Exact($"{model}/{channel.Name}", channel.Value, credit.GetValueOrDefault(channel.Name));
    }

    private static void Transitions(WorkedExample example, MarkovModel markov, JsonElement expected, bool withLoops)
    {
        var found = markov.Transitions(withLoops).ToDictionary(x => $"{x.From}>{x.To}", x => x.Probability);
        foreach (JsonProperty step in expected.EnumerateObject())
            example.Exact($"step {step.Name}", step.Value, found.GetValueOrDefault(step.Name));
        string[] more = [.. found.Keys.Where(x => !expected.TryGetProperty(x, out _)).Order(StringComparer.Ordinal)];
        example.Check("steps besides", "", string.Join(' ', more));
    }

    // A path of two touches, given by how likely it and each of its touches alone convert.
    private static void Pair(WorkedExample example)
    {
        JsonElement derived = example.Get("derived");
        IReadOnlyList<string> path = CountedPath.Split(example.Get("path").GetString()!);
        List<CountedPath> paths = [];
        foreach (JsonProperty given in derived.EnumerateObject())
            if (given.Name.StartsWith("p(", StringComparison.Ordinal))
            {
                Rational p = example.Number(given.Value);
                string name = given.Name[2..^1];
                paths.Add(new(name == "path" ? path : [name], p, Rational.One - p, Rational.Zero));
            }
        Fractribution model = new(paths);
        Rational[] marginals = model.Marginals(path);
        Rational[] weights = model.Weights(path);
        for (int i = 0; i < path.Count; i++)
        {
            foreach (JsonProperty figure in derived.EnumerateObject())
                if (Names(figure.Name, "marginal_", path[i]))
                    example.Exact(figure.Name, figure.Value, marginals[i]);
                else if (Names(figure.Name, "share_", path[i]))
                    Digits(example, figure.Name, figure.Value.GetString()!.TrimEnd('.'), weights[i], isCut: true);
            if (example.Has("published_share"))
                foreach (JsonProperty share in example.Get("published_share").EnumerateObject())
                    if (string.Equals(share.Name, path[i], StringComparison.OrdinalIgnoreCase))
                        Digits(example, $"published {share.Name}", share.Value.GetRawText(), weights[i], isCut: false);
        }
    }

    private static bool Names(string figure, string prefix, string channel) =>
        figure.StartsWith(prefix, StringComparison.Ordinal)
        && channel.StartsWith(figure[prefix.Length..], StringComparison.OrdinalIgnoreCase);

    // As many decimals as are printed, cut or rounded.
    private static void Digits(WorkedExample example, string what, string expected, Rational actual, bool isCut)
    {
        int decimals = expected.Length - expected.IndexOf('.', StringComparison.Ordinal) - 1;
        var unit = System.Numerics.BigInteger.Pow(10, decimals);
        Rational printed = Rational.TryParse(expected, out Rational read) ? read : Rational.Zero;
        var found = isCut ? actual.Numerator * unit / actual.Denominator : actual.Round(unit);
        example.Check(what, printed * new Rational(unit, 1) == new Rational(found, 1), expected, actual.ToString());
    }
}
