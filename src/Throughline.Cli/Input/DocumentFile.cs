using System.Text;
using Throughline.Cli.CommandLine;
using Throughline.Server.Edge.Rules;

namespace Throughline.Cli.Input;

/// <summary>Documents that people write and commands publish: read, and what is wrong with one told with its places.</summary>
internal static class DocumentFile
{
    private const int IssuesShown = 20;

    /// <param name="what">What it holds, one word of error codes.</param>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static string ReadText(string path, string what)
    {
        try
        {
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput($"{what}_unreadable", $"Cannot read {path}: {e.Message}");
        }
    }

    /// <summary>The error of a document that is not valid.</summary>
    public static CommandException Invalid(string what, IReadOnlyList<YamlIssue> issues) =>
        CommandException.BadInput(
            $"{what}_invalid",
            $"The {what} are not valid:\n"
                + string.Join('\n', issues.Take(IssuesShown).Select(x => "  " + x))
                + (issues.Count > IssuesShown ? $"\n  and {issues.Count - IssuesShown} more" : "")
        );
}
