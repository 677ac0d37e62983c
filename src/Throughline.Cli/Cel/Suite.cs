using System.Text.Json;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Cel;

/// <summary>A folder of conformance tests: <c>index.json</c>, <c>messages.json</c> and a file for each section.</summary>
internal sealed record Suite(IReadOnlyList<SuiteCase> Cases, JsonElement Messages)
{
    /// <summary>Reads the folder; a missing or broken file is a <see cref="CommandException"/>.</summary>
    public static Suite Read(string folder)
    {
        JsonElement index = ReadFile(Path.Combine(folder, "index.json"));
        List<SuiteCase> cases = [];
        string at = "index.json";
        try
        {
            foreach (JsonElement file in index.Items("files"))
            foreach (JsonElement section in file.Items("sections"))
            {
                at = section.Text("path");
                string name = $"{file.Text("file")}/{section.Text("section")}";
                int before = cases.Count;
                foreach (JsonElement test in ReadFile(Path.Combine(folder, at)).Items("tests"))
                    cases.Add(new(name, cases.Count - before, test));
                int promised = section.GetProperty("tests").GetInt32();
                if (promised != cases.Count - before)
                    throw new FormatException($"it holds {cases.Count - before} tests, and the index says {promised}");
            }
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw CommandException.BadInput("suite_damaged", $"{at} of {folder}: {error.Message}", error);
        }
        return new(cases, ReadFile(Path.Combine(folder, "messages.json")));
    }

    private static JsonElement ReadFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(file);
            return document.RootElement.Clone();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("no_suite", $"{path} cannot be read: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw CommandException.BadInput("suite_damaged", $"{path} is no JSON: {error.Message}", error);
        }
    }
}
