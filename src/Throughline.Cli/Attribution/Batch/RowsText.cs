using System.Globalization;
using Throughline.Cli.Input;
using Throughline.Cli.Output;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What was read of the files of timelines, for people; the same words whatever the command makes of them.</summary>
internal static class RowsText
{
    /// <param name="figures">How long it took.</param>
    /// <param name="waiting">Refunds whose conversion is not there.</param>
    public static void Print(
        ICommandOutput output,
        string figures,
        IReadOnlyList<InputRejection> rejections,
        long waiting,
        params ReadOnlySpan<(string What, RowsReport? Rows)> files
    )
    {
        void Line(FormattableString text) => output.Line(text.ToString(CultureInfo.InvariantCulture));
        List<string> read = [];
        foreach ((string what, RowsReport? rows) in files)
            if (rows is not null)
                read.Add(string.Create(CultureInfo.InvariantCulture, $"{rows.Read:N0} {what}"));
        Line($"Read {string.Join(", ", read)}; {figures}.");
        if (waiting > 0)
            Line($"{waiting:N0} refunds are of conversions that are not here.");
        foreach ((string what, RowsReport? rows) in files)
        foreach ((string reason, long count) in rows?.Rejected ?? new Dictionary<string, long>())
            Line($"{count:N0} lines of {what} do not count: {reason}");
        foreach (InputRejection rejection in rejections)
            Line($"  {rejection.File}:{rejection.Line}: {rejection.Reason}: {rejection.Message}");
    }

    /// <summary>Seconds that something took.</summary>
    public static string Took(string what, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} in {seconds:0.000} s");
}
