namespace Throughline.Core.Attribution.Models;

/// <summary>Which earlier session a direct session of the same client is credited to, as Google Analytics does.</summary>
public static class LastNonDirect
{
    /// <summary>
    /// For each session (in any order) the index of itself if it is not direct, else of the client's latest one that is not, at
    /// most <paramref name="window"/> earlier (the bound counts, and so does the same instant); -1 if there is none. Times and
    /// window in the same unit. Of sessions at the same time the one with the greater index is the later.
    /// </summary>
    public static int[] Of(IReadOnlyList<(string Client, long Time, bool IsDirect)> sessions, long window)
    {
        int[] order = [.. Enumerable.Range(0, sessions.Count).OrderBy(i => sessions[i].Time)];
        int[] result = new int[sessions.Count];
        Dictionary<string, int> latest = new(StringComparer.Ordinal);
        for (int first = 0; first < order.Length; )
        {
            int end = first;
            for (; end < order.Length && sessions[order[end]].Time == sessions[order[first]].Time; end++)
                if (!sessions[order[end]].IsDirect)
                    latest[sessions[order[end]].Client] = order[end];
            for (; first < end; first++)
            {
                int i = order[first];
                result[i] =
                    !sessions[i].IsDirect ? i
                    : latest.TryGetValue(sessions[i].Client, out int found)
                    && sessions[i].Time - sessions[found].Time <= window
                        ? found
                    : -1;
            }
        }
        return result;
    }
}
