using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>
/// Counted paths (path, total_conversions, total_conversion_value, total_null) against tables of reference beside them:
/// heuristics exactly, by channel; Markov within 1e-6. A channel of a model is a case.
/// </summary>
internal static class PathDataSuite
{
    private const double MarkovTolerance = 1e-6;

    // The references print values to six decimals.
    private const double PrintTolerance = 1e-6;

    public static void Run(ConformanceTally tally)
    {
        foreach (Table data in Table.Find(tally.Root, "path", "total_conversions", "total_null"))
        {
            List<CountedPath> paths = Paths(data);
            string folder = Path.GetDirectoryName(data.File)!;
            foreach (Table table in Table.Find(folder, "model", "channel", "conversions_exact_fraction"))
                Heuristics(tally, paths, table);
            foreach (Table table in Table.Find(folder, "order", "with_null_paths", "removal_effect"))
                Markov(tally, paths, table);
        }
    }

    private static List<CountedPath> Paths(Table data) =>
        [
            .. data.Rows.Select(row =>
                CountedPath.Parse(
                    data.Get(row, "path"),
                    Number(data, row, "total_conversions"),
                    Number(data, row, "total_null"),
                    Number(data, row, "total_conversion_value")
                )
            ),
        ];

    private static void Heuristics(ConformanceTally tally, List<CountedPath> paths, Table table)
    {
        foreach (var model in table.Rows.GroupBy(row => table.Get(row, "model")))
        {
            SortedDictionary<string, Rational>? conversions = ModelNames.Over(model.Key, paths, x => x.Conversions);
            SortedDictionary<string, Rational>? values = ModelNames.Over(model.Key, paths, x => x.Value);
            foreach (IReadOnlyList<string> row in model)
            {
                string channel = table.Get(row, "channel");
                string name = $"{model.Key}/{channel}";
                if (conversions is null)
                {
                    tally.Check(table.File, name, "a known model", "unknown");
                    continue;
                }
                Rational expected = Number(table, row, "conversions_exact_fraction");
                Rational actual = conversions.GetValueOrDefault(channel);
                double value = Number(table, row, "conversion_value").ToDouble();
                double found = values!.GetValueOrDefault(channel).ToDouble();
                tally.Check(
                    table.File,
                    name,
                    expected == actual && Math.Abs(value - found) <= PrintTolerance,
                    $"{expected}; value {value.ToString(CultureInfo.InvariantCulture)}",
                    $"{actual}; value {found.ToString(CultureInfo.InvariantCulture)}"
                );
            }
        }
    }

    private static void Markov(ConformanceTally tally, List<CountedPath> paths, Table table)
    {
        foreach (var kind in table.Rows.GroupBy(row => (table.Get(row, "order"), table.Get(row, "with_null_paths"))))
        {
            bool withOthers = kind.Key.Item2.Trim() == "1";
            MarkovModel model = new(
                withOthers ? paths : paths.Select(x => x with { Others = Rational.Zero }),
                int.Parse(kind.Key.Item1, CultureInfo.InvariantCulture)
            );
            SortedDictionary<string, double> credit = model.Credit();
            foreach (IReadOnlyList<string> row in kind)
            {
                string channel = table.Get(row, "channel");
                double[] expected =
                [
                    Number(table, row, "baseline_conversion_probability").ToDouble(),
                    Number(table, row, "removal_effect").ToDouble(),
                    Number(table, row, "attributed_conversions").ToDouble(),
                ];
                double[] actual =
                [
                    model.ConversionProbability,
                    model.RemovalEffect(channel),
                    credit.GetValueOrDefault(channel),
                ];
                tally.Check(
                    table.File,
                    $"order {kind.Key.Item1}, {(withOthers ? "with" : "without")} null paths/{channel}",
                    expected.Zip(actual).All(x => Math.Abs(x.First - x.Second) <= MarkovTolerance),
                    Text(expected),
                    Text(actual)
                );
            }
        }
    }

    private static string Text(double[] values) =>
        "probability, effect, conversions: "
        + string.Join(", ", values.Select(x => x.ToString("R", CultureInfo.InvariantCulture)));

    private static Rational Number(Table table, IReadOnlyList<string> row, string column) =>
        Rational.TryParse(table.Get(row, column).Trim(), out Rational value)
            ? value
            : throw CommandException.BadInput(
                "bad_case",
                $"{table.File}: '{table.Get(row, column)}' in column '{column}' is no number."
            );
}
