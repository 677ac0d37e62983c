namespace Throughline.Cli.Tests.RealData;

/// <summary>
/// Last touch and linear credit worked out from the rows alone, the plain way: what the product's answer must equal.
/// Amounts are in cents; a linear share's odd cents go to the earliest visits.
/// </summary>
internal static class SnowplowCredit
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(30);

    /// <summary>The visits that compete for a conversion, oldest first.</summary>
    public static List<SnowplowRow> PathOf(SnowplowRow conversion, IEnumerable<SnowplowRow> rows) =>
        [
            .. rows.Where(row => row.IsTouch && row.Cookie == conversion.Cookie)
                .Where(row => row.Time <= conversion.Time && conversion.Time - row.Time <= Window)
                .OrderBy(row => row.Time),
        ];

    public static Dictionary<string, long> ByChannel(List<SnowplowRow> rows, bool linear)
    {
        Dictionary<string, long> credit = [];
        foreach (SnowplowRow conversion in rows.Where(row => row.IsConversion))
        {
            long cents = (long)(conversion.Total!.Value * 100);
            List<SnowplowRow> path = PathOf(conversion, rows);
            for (int i = 0; i < path.Count; i++)
            {
                long last = i == path.Count - 1 ? cents : 0;
                long equal = cents / path.Count + (i < cents % path.Count ? 1 : 0);
                credit[path[i].Channel] = credit.GetValueOrDefault(path[i].Channel) + (linear ? equal : last);
            }
        }
        return credit.Where(channel => channel.Value > 0).ToDictionary();
    }
}
