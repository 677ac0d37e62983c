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

    /// <summary>A text; empty if it is not there.</summary>
    public string Text(string name, int max) => query.Text(name, max);

    /// <summary>A length of time such as 30m, 12h, 7d; in milliseconds.</summary>
    public long Length(string name, long otherwise, long most)
    {
        string text = query.Text(name, TextMax);
        if (text.Length == 0)
            return otherwise;
        if (LengthOf(text) is { } length && length <= most)
            return length;
        problem ??= GateProblems.Bad(
            name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"a number of seconds, minutes, hours or days (30s, 5m, 1h, 7d), at most {most / DayMs} days"
            )
        );
        return otherwise;
    }

    /// <summary>The time that is asked for.</summary>
    /// <param name="usual">How long it is unless told otherwise.</param>
    public (long From, long To) ReadSpan(long usual = DayMs)
    {
        foreach (string name in context.Request.Query.Keys)
            if (!known.Contains(name, StringComparer.Ordinal))
                problem ??= GateProblems.Unknown(name, known);
        // The next whole second, so that what was just decided is in.
        long now = (clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000 + 1) * 1000;
        long to = Time("to", now);
        long from = Time("from", to - usual);
        if (from >= to)
            problem ??= GateProblems.Bad("from", "before to");
        return (from, to);
    }

    private long Time(string name, long otherwise)
    {
        string text = query.Text(name, TextMax);
        if (text.Length == 0)
            return otherwise;
        if (TimeParameter.TryParse(text, out long time))
            return time;
        problem ??= GateProblems.Bad(name, TimeParameter.Form);
        return otherwise;
    }

    // As 30s, 5m, 1h, 7d; unless told otherwise such that there are 24 or a few more of them.
    private long ReadStep(long span)
    {
        string text = query.Text("step", TextMax);
        if (text.Length == 0)
            return UsualStep(span);
        if (LengthOf(text) is not { } length)
        {
            problem ??= GateProblems.Bad("step", "a number of seconds, minutes, hours or days: 30s, 5m, 1h, 7d");
            return UsualStep(span);
        }
        if ((span + length - 1) / length > ReportOptions.BucketsMax)
            problem ??= GateProblems.Bad("step", $"longer: a report has at most {ReportOptions.BucketsMax} buckets");
        return length;
    }

    private static long? LengthOf(string text)
    {
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
        return unit != 0 && isNumber && number is >= 1 and <= 100_000 ? number * unit : null;
    }

    private static long UsualStep(long span)
    {
        foreach (long step in (long[])[1_000, 10_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000])
            if (span / step <= 60)
                return step;
        return Math.Max(DayMs, (span / 366 + DayMs - 1) / DayMs * DayMs);
    }
}
