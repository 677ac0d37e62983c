using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Fit;

/// <summary>How paths are made ready for a model.</summary>
/// <param name="Transform"><c>none</c>, <c>exposure</c> (repeats of a neighbour are dropped) or <c>first</c> (each channel once, where it was first).</param>
/// <param name="Last">Only so many touches at the end count; 0: all.</param>
/// <param name="Without">A channel that counts only in paths of nothing else.</param>
/// <param name="MinTouches">Channels with fewer touches in all paths are dropped.</param>
/// <param name="ChannelsMax">Of the others the most frequent stay.</param>
internal sealed record PathForm(string Transform, int Last, string? Without, long MinTouches, int ChannelsMax)
{
    public const string None = "none";
    public const string Exposure = "exposure";
    public const string First = "first";
}

/// <summary>Counted paths, ready for a model, and what became of the others.</summary>
/// <param name="Paths">Ordinal by their channels.</param>
/// <param name="Dropped">Channels that were too rare, and how many touches they had.</param>
/// <param name="Empty">Conversions without a touch that counts.</param>
/// <param name="EmptyOthers">Customers who did not convert, without a touch that counts.</param>
internal sealed record FitPaths(
    IReadOnlyList<CountedPath> Paths,
    SortedDictionary<string, long> Touches,
    SortedDictionary<string, long> Dropped,
    long Conversions,
    long Others,
    long Empty,
    long EmptyOthers
)
{
    /// <param name="found">Each path once or more often; the channels of its touches, oldest first.</param>
    public static FitPaths Of(
        IEnumerable<(IReadOnlyList<string> Channels, long Conversions, long Others)> found,
        PathForm form
    )
    {
        List<(IReadOnlyList<string> Channels, long Conversions, long Others)> paths = [];
        Dictionary<string, long> touches = new(StringComparer.Ordinal);
        foreach ((IReadOnlyList<string> channels, long conversions, long others) in found)
        {
            IReadOnlyList<string> path = channels;
            if (form.Without is { } channel)
                path = PathTransform.RemoveIfNotAll(path, channel);
            path = PathTransform.TrimToLast(path, form.Last);
            paths.Add((path, conversions, others));
            foreach (string each in path)
                touches[each] = touches.GetValueOrDefault(each) + conversions + others;
        }
        HashSet<string> stay = new(
            touches
                .Where(x => x.Value >= form.MinTouches)
                .OrderByDescending(x => x.Value)
                .ThenBy(x => x.Key, StringComparer.Ordinal)
                .Take(form.ChannelsMax)
                .Select(x => x.Key),
            StringComparer.Ordinal
        );
        return Count(paths, touches, stay, form);
    }

    private static FitPaths Count(
        List<(IReadOnlyList<string> Channels, long Conversions, long Others)> paths,
        Dictionary<string, long> touches,
        HashSet<string> stay,
        PathForm form
    )
    {
        SortedDictionary<string, (IReadOnlyList<string> Channels, long Conversions, long Others)> counted = new(
            StringComparer.Ordinal
        );
        long empty = 0;
        long emptyOthers = 0;
        foreach ((IReadOnlyList<string> channels, long conversions, long others) in paths)
        {
            IReadOnlyList<string> path = [.. channels.Where(stay.Contains)];
            path = form.Transform switch
            {
                PathForm.Exposure => PathTransform.Exposure(path),
                PathForm.First => PathTransform.First(path),
                _ => path,
            };
            if (path.Count == 0)
            {
                empty += conversions;
                emptyOthers += others;
                continue;
            }
            string key = string.Join('\n', path);
            (_, long before, long othersBefore) = counted.GetValueOrDefault(key);
            counted[key] = (path, before + conversions, othersBefore + others);
        }
        return new(
            [.. counted.Values.Select(x => new CountedPath(x.Channels, x.Conversions, x.Others, Rational.Zero))],
            new(touches.Where(x => stay.Contains(x.Key)).ToDictionary(), StringComparer.Ordinal),
            new(touches.Where(x => !stay.Contains(x.Key)).ToDictionary(), StringComparer.Ordinal),
            counted.Values.Sum(x => x.Conversions),
            counted.Values.Sum(x => x.Others),
            empty,
            emptyOthers
        );
    }
}
