using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Edge.Publishing;

namespace Throughline.Server.Attribution.Reports;

/// <summary>Reads what is asked for beside an address. The first thing that is wrong is kept.</summary>
internal sealed class CreditQuery
{
    private const int TextMax = 128;
    private const int DaysUsual = 30;

    private readonly GateQuery query;
    private Problem? problem;

    /// <param name="known">Parameters that mean something here; any other is refused.</param>
    public CreditQuery(HttpContext context, params string[] known)
    {
        query = new(context);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Query)
            if (!known.Contains(name, StringComparer.Ordinal))
                Fail(GateProblems.Unknown(name, known));
            else if (values.Count > 1)
                Fail(GateProblems.Bad(name, "there once"));
    }

    public Problem? Problem => problem ?? query.Problem;

    public string? Text(string name, int max = TextMax) => query.Text(name, max) is { Length: > 0 } text ? text : null;

    /// <summary>An instant in milliseconds since 1970; null if it is not there.</summary>
    public long? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (TimeParameter.TryParse(text, out long time))
            return time;
        Fail(GateProblems.Bad(name, TimeParameter.Form));
        return null;
    }

    /// <summary>A whole number between two bounds.</summary>
    public long Number(string name, long otherwise, long min, long max)
    {
        if (query.Number(name) is not { } number)
            return otherwise;
        if (number < min || number > max)
            Fail(GateProblems.Bad(name, $"from {min} to {max}"));
        return Math.Clamp(number, min, max);
    }

    /// <summary>One of some words.</summary>
    public string Word(string name, string otherwise, params string[] words)
    {
        string text = Text(name) ?? otherwise;
        if (!words.Contains(text, StringComparer.Ordinal))
            Fail(GateProblems.Bad(name, $"one of {string.Join(", ", words)}"));
        return text;
    }

    public bool Flag(string name) => Word(name, "false", "true", "false") == "true";

    /// <summary>Parts of a report, separated by commas, each once.</summary>
    public IReadOnlyList<ReportPart> Parts(string name, string otherwise, params ReportPart[] among)
    {
        string text = Text(name) ?? otherwise;
        if (text == "none")
            return [];
        SortedSet<ReportPart> parts = [];
        foreach (string word in text.Split(','))
        {
            ReportPart[] found = [.. among.Where(part => NameOf(part) == word)];
            if (found.Length == 0 || !parts.Add(found[0]))
                Fail(
                    GateProblems.Bad(
                        name,
                        $"none, or of {string.Join(", ", among.Select(NameOf))} some, each once, separated by commas"
                    )
                );
        }
        return [.. parts];
    }

    /// <summary>
    /// The time that is asked for: unless told otherwise the 30 days up to the end of the watermark's day, so that the same events give
    /// the same answer whenever it is asked for.
    /// </summary>
    public static (long From, long To) Span(long? from, long? to, long? watermark)
    {
        const long DayMs = CreditReportOptions.DayMs;
        long end = to ?? ((watermark ?? 0) / DayMs + 1) * DayMs;
        return (from ?? end - DaysUsual * DayMs, end);
    }

    public void Fail(Problem found) => problem ??= found;

    private static string NameOf(ReportPart part) => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString());
}
