using System.Diagnostics;
using Throughline.Cli.Identity.Components;
using Throughline.Core.Identity.Components;

namespace Throughline.Cli.Bench;

/// <summary>How many edges a second <c>identity components</c> joins, once they are read: a random graph of two edges an identifier.</summary>
internal static class ComponentsBench
{
    private const int WarmUp = 1_000_000;
    private const int Rounds = 3;
    private const int Batch = 256;

    /// <summary>Edges a second of the median round.</summary>
    public static double Run(int edges, CancellationToken cancellation)
    {
        Measure(WarmUp);
        (IdentifierNumbers identifiers, EdgeList list) = Make(edges);
        List<double> rates = [];
        for (int round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            rates.Add(Measure(identifiers, list));
        }
        rates.Sort();
        return rates[Rounds / 2];
    }

    private static double Measure(int edges)
    {
        (IdentifierNumbers identifiers, EdgeList list) = Make(edges);
        return Measure(identifiers, list);
    }

    private static double Measure(IdentifierNumbers identifiers, EdgeList edges)
    {
        long started = Stopwatch.GetTimestamp();
        ComponentSearch.Run(identifiers, edges, Environment.ProcessorCount);
        return Output.Figures.PerSecond(edges.Count, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static (IdentifierNumbers, EdgeList) Make(int count)
    {
        Random chance = new(1);
        IdentifierNumbers identifiers = new(1);
        EdgeList edges = new();
        var mentions = new Mention[Batch];
        var numbers = new int[Batch];
        while (edges.Count < count)
        {
            foreach (ref Mention mention in mentions.AsSpan())
                mention = Mention.Of(chance.NextInt64(count / 2));
            identifiers.Resolve(default, mentions, numbers);
            for (int i = 0; i < Batch; i += 2)
                edges.Add(numbers[i], numbers[i + 1]);
        }
        return (identifiers, edges);
    }
}
