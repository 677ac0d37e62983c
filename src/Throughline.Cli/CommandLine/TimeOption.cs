using System.CommandLine;
using System.Text;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;

namespace Throughline.Cli.CommandLine;

/// <summary>The options <c>--from</c> and <c>--to</c>: a day, or an instant.</summary>
internal static class TimeOption
{
    public static Option<string?> From(string otherwise) =>
        Create("--from", $"The first instant: a day (2026-06-01), or RFC 3339 with an offset. {otherwise}");

    public static Option<string?> To(string otherwise) => Create("--to", $"The first instant after it. {otherwise}");

    /// <summary>Milliseconds since 1970; null without one.</summary>
    public static long? Of(CommandContext context, Option<string?> option) =>
        context.Get(option) is { } text && TryParse(text, out long time) ? time : null;

    private static Option<string?> Create(string name, string description)
    {
        Option<string?> option = new(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TryParse(text, out _))
                result.AddError($"{name} is a day (2026-06-01), or RFC 3339 text with an offset, in 1990 to 2199.");
        });
        return option;
    }

    private static bool TryParse(string text, out long time)
    {
        if (EventTime.TryParse(Encoding.UTF8.GetBytes(text), out time) == TimeStatus.Ok)
            return true;
        bool isDay = SpendKey.TryDay(text, out int day);
        time = day * CreditReportOptions.DayMs;
        return isDay && EventTime.IsInRange(time);
    }
}
