using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>
/// Google Analytics 4: default channel groups (columns source, medium, campaign, expected_channel, beside a table of source
/// categories) and last non-direct sessions (an <c>_input</c> and an <c>_expected</c> table). A row is a case.
/// </summary>
internal static class GaSuite
{
    private const int LookbackDays = 30;
    private const string Absent = "(none)";
    private static readonly string[] Credited =
    [
        "source",
        "medium",
        "source_category",
        "campaign",
        "content",
        "term",
        "default_channel_grouping",
    ];

    public static void Run(ConformanceTally tally)
    {
        foreach (Table table in Table.Find(tally.Root, "source", "medium", "campaign", "expected_channel"))
            Groups(tally, table);
        foreach (Table expected in Table.Find(tally.Root, "session_partition_key", "last_non_direct_source"))
            LastNonDirectSessions(tally, expected);
    }

    private static void Groups(ConformanceTally tally, Table table)
    {
        Dictionary<string, string> categories = Categories(tally, table.File);
        List<(string Inputs, string Case, string Expected, string Actual)> rows = [];
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            string Of(string column) => table.Get(row, column).Trim();
            string source = Of("source");
            string category = categories.GetValueOrDefault(source, "");
            // Of a source that is in a category the rules read the category alone, but for these few names.
            string named = category.Length > 0 && ChannelGroup.Of(source, "", "", "") == "Unassigned" ? "" : source;
            rows.Add(
                (
                    string.Join('\n', named, category, Of("medium"), Of("campaign")),
                    $"{source},{Of("medium")},{Of("campaign")}",
                    Of("expected_channel"),
                    ChannelGroup.Of(source, Of("medium"), Of("campaign"), category)
                )
            );
        }
        HashSet<string> held = [.. rows.Where(x => x.Expected == x.Actual).Select(x => x.Inputs)];
        foreach ((string inputs, string name, string expected, string actual) in rows)
            if (expected != actual && held.Contains(inputs))
                tally.Contradicted(table.File, name, expected, actual);
            else
                tally.Check(table.File, name, expected, actual);
    }

    private static Dictionary<string, string> Categories(ConformanceTally tally, string file)
    {
        string folder = Path.GetDirectoryName(file)!;
        List<Table> found = Table.Find(folder, "source", "source_category");
        found.RemoveAll(x => x.Rows.Count == 0);
        if (found.Count == 0)
            found = Table.Find(tally.Root, "source", "source_category");
        Dictionary<string, string> categories = new(StringComparer.Ordinal);
        foreach (Table table in found)
        foreach (IReadOnlyList<string> row in table.Rows)
            categories[table.Get(row, "source").Trim()] = table.Get(row, "source_category").Trim();
        return categories;
    }

    private static void LastNonDirectSessions(ConformanceTally tally, Table expected)
    {
        string inputFile = expected.File.Replace("expected", "input", StringComparison.Ordinal);
        if (inputFile == expected.File || !File.Exists(inputFile))
            throw CommandException.BadInput(
                "bad_case",
                $"{expected.File} has no table of inputs beside it: {inputFile}."
            );
        Table input = Table.Read(inputFile);
        List<(string Client, long Time, bool IsDirect)> sessions =
        [
            .. input.Rows.Select(row =>
                (
                    input.Get(row, "client_key"),
                    Milliseconds(input.Get(row, "session_partition_timestamp"), inputFile),
                    input.Get(row, "non_direct_session_partition_key").Trim().Length == 0
                )
            ),
        ];
        int[] credited = LastNonDirect.Of(sessions, LookbackDays * 86_400_000L);
        for (int i = 0; i < expected.Rows.Count; i++)
        {
            IReadOnlyList<string> row = expected.Rows[i];
            string key = expected.Get(row, "session_partition_key");
            int at = input.Rows.FindIndex(x =>
                input.Get(x, "session_partition_key") == key
                && input.Get(x, "client_key") == expected.Get(row, "client_key")
            );
            string actual = at < 0 ? "no such session" : Credit(input, credited[at]);
            string wanted = string.Join(
                ',',
                Credited
                    .Select(x => expected.Get(row, $"last_non_direct_{x}"))
                    .Prepend(expected.Get(row, "session_partition_key_last_non_direct"))
            );
            tally.Check(expected.File, key, wanted, actual);
        }
    }

    private static string Credit(Table input, int at) =>
        at < 0
            ? string.Join(',', "", "(direct)", Absent, Absent, Absent, Absent, Absent, "Direct")
            : string.Join(
                ',',
                Credited
                    .Select(x => Or(input.Get(input.Rows[at], $"session_{x}"), x))
                    .Prepend(input.Get(input.Rows[at], "non_direct_session_partition_key"))
            );

    private static string Or(string value, string column) =>
        value.Length > 0 ? value
        : column == "source" ? "(direct)"
        : column == "default_channel_grouping" ? "Direct"
        : Absent;

    // Exports give microseconds, milliseconds or seconds: they are told apart by their size.
    private static long Milliseconds(string text, string file) =>
        !long.TryParse(text.Trim(), CultureInfo.InvariantCulture, out long time)
            ? throw CommandException.BadInput("bad_case", $"{file}: '{text}' is no time.")
        : time > 100_000_000_000_000 ? time / 1_000
        : time > 100_000_000_000 ? time
        : time * 1_000;
}
