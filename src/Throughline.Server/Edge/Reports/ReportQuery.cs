using System.Globalization;
using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Gate.Reports;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;

namespace Throughline.Server.Edge.Reports;

/// <summary>Reads what a report is asked for. The first thing that is wrong is kept.</summary>
internal sealed class ReportQuery(HttpContext context, TimeProvider clock, params string[] known)
{
    private const long DayMs = 86_400_000;
    private const int TextMax = 64;

    private readonly GateQuery query = new(context);
    private Problem? problem;

    public Problem? Problem => problem ?? query.Problem;

    /// <summary>The last 24 hours by the hour unless told otherwise; means something if there is no problem.</summary>
    public ReportOptions Read()
    {
        (long from, long to) = ReadSpan();
        long step = ReadStep(to - from);
        long top = query.Number("top") ?? ReportOptions.TopUsual;
        if (top is < 1 or > ReportOptions.TopMax)
            problem ??= GateProblems.Bad("top", $"from 1 to {ReportOptions.TopMax}");
        if (!context.Request.Query.ContainsKey("from"))
            from -= from % step; // buckets begin at full hours then
        return new(from, to, step, (int)Math.Min(top, ReportOptions.TopMax));
    }

    /// <summary>The time that is asked for.</summary>
    public (long From, long To) ReadSpan()
    {
        foreach (string name in context.Request.Query.Keys)
            if (!known.Contains(name, StringComparer.Ordinal))
                problem ??= GateProblems.Bad(name, $"one of {string.Join(", ", known)}");
        // The next whole second, so that what was just decided is in.
        long now = (clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000 + 1) * 1000;
        long to = Time("to", now);
        long from = Time("from", to - DayMs);
        if (from >= to)
            problem ??= GateProblems.Bad("from", "before to");
        return (from, to);
    }

    private long Time(string name, long otherwise)
    {
        string text = query.Text(name, TextMax);
        if (text.Length == 0)
            return otherwise;
        if (EventTime.TryParse(Encoding.UTF8.GetBytes(text), out long time) == TimeStatus.Ok)
            return time;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out time) && EventTime.IsInRange(time))
            return time;
        problem ??= GateProblems.Bad(
            name,
            "RFC 3339 text with an offset (2026-06-01T12:00:00Z) or milliseconds, in 1990 to 2199"
        );
        return otherwise;
    }

    // As 30s, 5m, 1h, 7d; unless told otherwise such that there are 24 or a few more of them.
    private long ReadStep(long span)
    {
        string text = query.Text("step", TextMax);
        if (text.Length == 0)
            return UsualStep(span);
        long unit = text[^1] switch
        {
            's' => 1_000,
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => DayMs,
            _ => 0,
        };
        bool isNumber = long.TryParse(
            text.AsSpan(0, text.Length - 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long number
        );
        if (unit == 0 || !isNumber || number is < 1 or > 100_000)
        {
            problem ??= GateProblems.Bad("step", "a number of seconds, minutes, hours or days: 30s, 5m, 1h, 7d");
            return UsualStep(span);
        }
        if ((span + number * unit - 1) / (number * unit) > ReportOptions.BucketsMax)
            problem ??= GateProblems.Bad("step", $"longer: a report has at most {ReportOptions.BucketsMax} buckets");
        return number * unit;
    }

    private static long UsualStep(long span)
    {
        foreach (long step in (long[])[1_000, 10_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000])
            if (span / step <= 60)
                return step;
        return Math.Max(DayMs, (span / 366 + DayMs - 1) / DayMs * DayMs);
    }
}
