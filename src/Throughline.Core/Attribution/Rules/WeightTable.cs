using System.Text;
using Throughline.Core.State;

namespace Throughline.Core.Attribution.Rules;

/// <summary>Weights of channels, fitted in batch (Markov, Shapley, Fractribution) and published under a name and a version.</summary>
/// <param name="Channels">Ordinal by channel; 0 to <see cref="AttributionModel.ShareMax"/>, in any unit.</param>
/// <param name="Others">The weight of a channel that is not named.</param>
public sealed record WeightTable(
    string Name,
    int Version,
    IReadOnlyDictionary<string, long> Channels,
    long Others = 0,
    string Note = ""
)
{
    public const int ChannelsMax = 10_000;

    /// <summary>Names the table by content.</summary>
    public ulong Digest =>
        Channels
            .OrderBy(x => x.Key, StringComparer.Ordinal)
            .Aggregate(
                Mix.Three(Mix.Bytes(Encoding.UTF8.GetBytes(Name)), (ulong)Version, (ulong)Others),
                (hash, x) => Mix.Three(hash, Mix.Bytes(Encoding.UTF8.GetBytes(x.Key)), (ulong)x.Value)
            );
}
