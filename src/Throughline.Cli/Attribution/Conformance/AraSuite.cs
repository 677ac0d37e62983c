using System.Text.Json;
using Throughline.Cli.Attribution.Conformance.Ara;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>
/// The Attribution Reporting API: files with <c>input</c> and <c>output</c>, settings in the nearest default_config.json, tags in
/// an ara-index.csv beside, above or below the folder. A file is a case, of Chromium's form (registrations) or Android's (sources, triggers).
/// </summary>
internal static class AraSuite
{
    private const string Config = "default_config.json";

    public static void Run(ConformanceTally tally)
    {
        Dictionary<string, string> tags = Tags(tally.Root);
        foreach ((string file, JsonElement document) in JsonCases.Find(tally.Root, "input", "output"))
        {
            if (Path.GetFileName(file) == Config)
                continue;
            bool passed = Run(tally, file, document);
            string tag =
                tags.FirstOrDefault(x => file.EndsWith("/" + x.Key, StringComparison.Ordinal)).Value ?? "untagged";
            TagCount before = tally.ByTag.GetValueOrDefault(tag) ?? new(0, 0);
            tally.ByTag[tag] = passed
                ? before with
                {
                    Passed = before.Passed + 1,
                }
                : before with
                {
                    Failed = before.Failed + 1,
                };
        }
    }

    private static bool Run(ConformanceTally tally, string file, JsonElement document)
    {
        JsonElement? usual = JsonCases.Nearest(file, Config, tally.Root) is { } config ? JsonCases.Read(config) : null;
        try
        {
            (string expected, string actual) = AraAndroid.IsOne(document)
                ? AraAndroid.Run(document)
                : AraInterop.Run(document, usual);
            return tally.Check(file, null, expected, actual);
        }
        catch (Exception e)
            when (e is InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            return tally.Check(file, null, "headers that are understood", e.Message);
        }
    }

    private static Dictionary<string, string> Tags(string root)
    {
        string? index =
            JsonCases.Nearest(Path.Combine(root, "x"), "ara-index.csv", root)
            ?? Table.Files(root, "ara-index.csv").FirstOrDefault();
        string beside = Path.Combine(Path.GetDirectoryName(root.TrimEnd('/'))!, "ara-index.csv");
        index ??= File.Exists(beside) ? beside : null;
        Dictionary<string, string> tags = new(StringComparer.Ordinal);
        if (index is null)
            return tags;
        Table table = Table.Read(index);
        foreach (IReadOnlyList<string> row in table.Rows)
            tags[table.Get(row, "file")] = table.Get(row, "tag");
        return tags;
    }
}
