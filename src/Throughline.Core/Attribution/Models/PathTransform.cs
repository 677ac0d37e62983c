using System.Globalization;

namespace Throughline.Core.Attribution.Models;

/// <summary>What may be done to a path before paths are counted; the names are those of Google's fractribution.</summary>
public static class PathTransform
{
    /// <summary>Repeats of a neighbour are dropped.</summary>
    public static IReadOnlyList<string> Exposure(IReadOnlyList<string> path) =>
        [.. path.Where((channel, i) => i == 0 || channel != path[i - 1])];

    /// <summary>Each channel once, where it was first.</summary>
    public static IReadOnlyList<string> First(IReadOnlyList<string> path) => [.. path.Distinct(StringComparer.Ordinal)];

    /// <summary>Each channel once, where it was first, with how often it was there: <c>a(3)</c>.</summary>
    public static IReadOnlyList<string> Frequency(IReadOnlyList<string> path) =>
        [
            .. path.Distinct(StringComparer.Ordinal)
                .Select(channel =>
                    string.Create(CultureInfo.InvariantCulture, $"{channel}({path.Count(x => x == channel)})")
                ),
        ];

    /// <summary>Without a channel, unless the path is of nothing else.</summary>
    public static IReadOnlyList<string> RemoveIfNotAll(IReadOnlyList<string> path, string channel) =>
        path.All(x => x == channel) ? path : [.. path.Where(x => x != channel)];

    /// <summary>Without a channel at the end, unless the path is of nothing else.</summary>
    public static IReadOnlyList<string> RemoveIfLastAndNotAll(IReadOnlyList<string> path, string channel)
    {
        int keep = path.Count;
        while (keep > 0 && path[keep - 1] == channel)
            keep--;
        return keep == 0 ? path : [.. path.Take(keep)];
    }

    /// <summary>The last <paramref name="steps"/> touches; all of them if it is zero.</summary>
    public static IReadOnlyList<string> TrimToLast(IReadOnlyList<string> path, int steps) =>
        steps == 0 ? path : [.. path.TakeLast(steps)];
}
