using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>Reads case files of JSON, which may hold comments and commas at the end of a list.</summary>
internal static class JsonCases
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 128,
    };

    /// <summary>Every file below the folder whose document is an object with all these members.</summary>
    public static IEnumerable<(string File, JsonElement Document)> Find(string folder, params string[] members)
    {
        foreach (string file in Table.Files(folder, "*.json"))
        {
            JsonElement document = Read(file);
            if (
                document.ValueKind == JsonValueKind.Object
                && members.All(member => document.TryGetProperty(member, out _))
            )
                yield return (file, document);
        }
    }

    public static JsonElement Read(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(TextOf(file), Options);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw CommandException.BadInput("bad_json", $"{file} is not JSON: {e.Message}", e);
        }
    }

    /// <exception cref="CommandException">It cannot be read; the message names it.</exception>
    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }

    /// <summary>The nearest file of this name beside a case or above it, up to the root; null if there is none.</summary>
    public static string? Nearest(string caseFile, string name, string root)
    {
        for (
            DirectoryInfo? folder = new FileInfo(caseFile).Directory;
            folder is not null && folder.FullName.StartsWith(Path.GetFullPath(root), StringComparison.Ordinal);
            folder = folder.Parent
        )
        {
            string file = Path.Combine(folder.FullName, name);
            if (File.Exists(file))
                return file;
        }
        return null;
    }

    /// <summary>A number, or a fraction as text.</summary>
    public static Rational Fraction(this JsonElement element, string file)
    {
        string text = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
        return Rational.TryParse(text, out Rational value)
            ? value
            : throw CommandException.BadInput("bad_case", $"{file}: '{text}' is no number.");
    }
}
