using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>
/// Web events to sessions, paths, their summary and the credit of channels, as the fractribution package of Snowplow does, each
/// against the expected table; and path transforms. A path, a row of the summary, a channel's credit and a transform are cases.
/// </summary>
internal static class FractributionSuite
{
    private const double Tolerance = 1e-8;

    public static void Run(ConformanceTally tally)
    {
        foreach (Table events in Table.Find(tally.Root, "event_name", "derived_tstamp", "mkt_medium", "tr_total"))
            Journeys(tally, events);
        foreach (Table table in Table.Find(tally.Root, "raw", "exposure_path", "frequency_path"))
            Transforms(tally, table);
    }

    private static void Journeys(ConformanceTally tally, Table events)
    {
        string folder = Path.GetDirectoryName(events.File)!;
        List<Table> credit = Table.Find(
            folder,
            "conversion_window_start_date",
            "channel",
            "revenue",
            "attribution_type"
        );
        Table settings =
            credit.FirstOrDefault()
            ?? throw CommandException.BadInput("bad_case", $"{folder} has no expected table of credit.");
        WebPaths paths = new(
            events,
            Date(settings, "conversion_window_start_date"),
            Date(settings, "conversion_window_end_date")
        );
        foreach (Table table in Table.Find(folder, "customer_id", "visit_start_tstamp", "channel"))
            Same(tally, table, ["customer_id", "visit_start_tstamp", "channel"], paths.SessionRows());
        foreach (Table table in Table.Find(folder, "customer_id", "path", "transformed_path"))
        {
            bool converted = table.File.EndsWith("paths_to_conversion_expected.csv", StringComparison.Ordinal);
            Same(tally, table, ["customer_id", "path", "transformed_path"], paths.PathRows(converted));
        }
        List<CountedPath> summary = paths.Summary();
        foreach (Table table in Table.Find(folder, "transformed_path", "conversions", "non_conversions", "revenue"))
            Summary(tally, table, summary);
        foreach (Table table in credit.Where(x => !x.File.Contains("report_table", StringComparison.Ordinal)))
            Credit(tally, table, summary);
    }

    // Rows as a set: the tables have no order.
    private static void Same(ConformanceTally tally, Table table, string[] columns, IReadOnlyList<string> found)
    {
        Dictionary<string, int> left = new(StringComparer.Ordinal);
        foreach (string row in found)
            left[row] = left.GetValueOrDefault(row) + 1;
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            string expected = string.Join(" | ", columns.Select(x => Cell(table, row, x)));
            int count = left.GetValueOrDefault(expected);
            left[expected] = count - 1;
            string start = expected[..(expected.IndexOf('|', StringComparison.Ordinal) + 1)];
            string near =
                count > 0
                    ? expected
                    : found.FirstOrDefault(x => x.StartsWith(start, StringComparison.Ordinal), "no such row");
            tally.Check(table.File, Cell(table, row, columns[0]), count > 0, expected, near);
        }
        foreach (string row in left.Where(x => x.Value > 0).Select(x => x.Key).Order(StringComparer.Ordinal))
            tally.Check(table.File, "a row too many", "no such row", row);
    }

    private static void Summary(ConformanceTally tally, Table table, List<CountedPath> summary)
    {
        if (table.Rows.GroupBy(row => Cell(table, row, "transformed_path")).Any(x => x.Count() > 1))
            return; // the same table with the credit of several models beside it
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            string path = Cell(table, row, "transformed_path");
            CountedPath? found = summary.FirstOrDefault(x => string.Join(CountedPath.Separator, x.Channels) == path);
            string expected =
                $"{Number(table, row, "conversions")} of {Number(table, row, "conversions") + Number(table, row, "non_conversions")}, revenue {Number(table, row, "revenue")}";
            string actual = found is null
                ? "no such path"
                : $"{found.Conversions} of {found.Conversions + found.Others}, revenue {found.Value}";
            tally.Check(table.File, path, expected, actual);
        }
    }

    private static void Credit(ConformanceTally tally, Table table, List<CountedPath> summary)
    {
        Fractribution model = new(summary);
        foreach (var rows in table.Rows.GroupBy(row => Cell(table, row, "attribution_type")))
        {
            IReadOnlyList<Rational> Weights(IReadOnlyList<string> channels) =>
                rows.Key == "shapley" ? model.Weights(channels) : ModelNames.Weights(rows.Key, channels) ?? [];
            var conversions = PathCredit.ByTouch(summary, Weights, x => x.Conversions);
            var revenue = PathCredit.ByTouch(summary, Weights, x => x.Value);
            foreach (IReadOnlyList<string> row in rows)
            {
                string channel = Cell(table, row, "channel");
                double[] expected =
                [
                    Number(table, row, "conversions").ToDouble(),
                    Number(table, row, "revenue").ToDouble(),
                ];
                double[] actual =
                [
                    conversions.GetValueOrDefault(channel).ToDouble(),
                    revenue.GetValueOrDefault(channel).ToDouble(),
                ];
                tally.Check(
                    table.File,
                    $"{rows.Key}/{channel}",
                    expected.Zip(actual).All(x => Math.Abs(x.First - x.Second) <= Tolerance),
                    Text(expected),
                    Text(actual)
                );
            }
        }
    }

    private static void Transforms(ConformanceTally tally, Table table)
    {
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            IReadOnlyList<string> raw = CountedPath.Split(table.Get(row, "raw"));
            void Check(string column, IReadOnlyList<string> found) =>
                tally.Check(
                    table.File,
                    $"{column}: {table.Get(row, "raw")}",
                    table.Get(row, column),
                    string.Join(CountedPath.Separator, found)
                );
            Check("trim_last_1", PathTransform.TrimToLast(raw, 1));
            Check("trim_last_2", PathTransform.TrimToLast(raw, 2));
            Check("unique_path", raw);
            Check("frequency_path", PathTransform.Frequency(raw));
            Check("exposure_path", PathTransform.Exposure(raw));
            Check("first_path", PathTransform.First(raw));
            Check("remove_if_not_all_Direct", PathTransform.RemoveIfNotAll(raw, "Direct"));
            Check("remove_if_last_and_not_all_Direct", PathTransform.RemoveIfLastAndNotAll(raw, "Direct"));
        }
    }

    private static string Cell(Table table, IReadOnlyList<string> row, string column)
    {
        string text = table.Get(row, column).Trim();
        return text.EndsWith(".000", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static Rational Number(Table table, IReadOnlyList<string> row, string column)
    {
        string text = Cell(table, row, column);
        return text.Length == 0 ? Rational.Zero
            : Rational.TryParse(text, out Rational value) ? value
            : throw CommandException.BadInput("bad_case", $"{table.File}: '{text}' is no number.");
    }

    private static DateOnly Date(Table table, string column) =>
        DateOnly.TryParse(Cell(table, table.Rows[0], column), CultureInfo.InvariantCulture, out DateOnly date)
            ? date
            : throw CommandException.BadInput("bad_case", $"{table.File}: '{column}' is no date.");

    private static string Text(double[] values) =>
        string.Join(", revenue ", values.Select(x => x.ToString("R", CultureInfo.InvariantCulture)));
}
