using System.Globalization;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>The names that case files give to models.</summary>
internal static class ModelNames
{
    /// <summary>Weights of touches by place; null if the name is of no such model.</summary>
    public static Rational[]? Weights(string model, IReadOnlyList<string> channels) =>
        model switch
        {
            "first" or "first_touch" => PositionWeights.First(channels.Count),
            "last" or "last_touch" => PositionWeights.Last(channels.Count),
            "last_non_direct" => PositionWeights.LastNonDirect([.. channels.Select(x => x is "direct" or "(direct)")]),
            "linear" or "linear_per_touch" => PositionWeights.Linear(channels.Count),
            "linear_unique" or "shapley_set" or "shapley" => PositionWeights.LinearUnique(channels),
            "u_shaped" or "u_40_20_40" or "position_40_20_40" or "position_based" => PositionWeights.UShaped(
                channels.Count
            ),
            "j_shaped" or "j_20_20_60" or "position_20_20_60" => PositionWeights.JShaped(channels.Count),
            "inverse_j" or "inverse_j_60_20_20" or "position_60_20_20" => PositionWeights.InverseJ(channels.Count),
            _ => null,
        };

    /// <summary>Credit by channel over paths; null if the name is of no such model.</summary>
    public static SortedDictionary<string, Rational>? Over(
        string model,
        IReadOnlyList<CountedPath> paths,
        Func<CountedPath, Rational> amount
    ) =>
        model == "participation" ? PathCredit.Participation(paths, amount)
        : Weights(model, ["a"]) is null ? null
        : PathCredit.ByTouch(paths, channels => Weights(model, channels)!, amount);

    /// <summary>The half-life in days of a name such as <c>time_decay_7d</c>; 0 if it is of no time decay.</summary>
    public static int HalfLifeDays(string model)
    {
        string[] parts = model.Split('_');
        string? days = parts.FirstOrDefault(x => x.Length > 1 && x[^1] == 'd' && char.IsAsciiDigit(x[0]));
        return
            model.StartsWith("time_decay", StringComparison.Ordinal)
            && int.TryParse(days?[..^1], CultureInfo.InvariantCulture, out int count)
            ? count
            : 0;
    }
}
