using System.Globalization;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Backtest;

namespace Throughline.Cli.Gate.Backtest;

/// <summary>
/// An analyst's labels: lines of <c>VALUE,human</c> or <c>VALUE,bot</c>, where the value is an address, the id of a decision or a whole
/// user agent (with commas in double quotes, <c>""</c> for one). Empty lines, lines after <c>#</c> and a first line
/// <c>value,label</c> are passed over.
/// </summary>
internal static class LabelFile
{
    /// <exception cref="CommandException">The file cannot be read, or a line is no label: the message names it.</exception>
    public static IReadOnlyList<(string Value, bool IsBot)> Read(string path, TrafficLabels labels)
    {
        List<(string, bool)> found = [];
        int number = 0;
        foreach (string line in Lines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#' || (number == 1 && text == "value,label"))
                continue;
            int comma = text.LastIndexOf(',');
            string label = comma < 0 ? "" : text[(comma + 1)..].Trim();
            if (label is not ("human" or "bot"))
                throw Bad(path, number, "a line is VALUE,human or VALUE,bot");
            if (ValueOf(text[..comma].Trim()) is not { Length: > 0 } value)
                throw Bad(path, number, "the value is empty, or its quote does not end");
            if (!labels.TryAdd(value, label == "bot"))
                throw Bad(path, number, "the value has the other label further up");
            if (labels.Count > TrafficLabels.LabelsMax)
                throw Bad(
                    path,
                    number,
                    string.Create(CultureInfo.InvariantCulture, $"there are more than {TrafficLabels.LabelsMax} labels")
                );
            found.Add((value, label == "bot"));
        }
        return found;
    }

    private static string? ValueOf(string text)
    {
        if (!text.StartsWith('"'))
            return text;
        return text.Length > 1 && text.EndsWith('"')
            ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
            : null;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw InputFile.CannotRead(path, error);
        }
    }

    private static CommandException Bad(string path, int line, string message) =>
        CommandException.BadInput(
            "labels_invalid",
            string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: {message}.")
        );
}
