using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Cli.Output;

namespace Throughline.Cli.Import;

/// <summary>Keeps the first rejections of an import, and writes all of them to a file if one is named.</summary>
internal sealed class RejectionLog : IDisposable
{
    public const int Kept = 100;

    private readonly StreamWriter? file;
    private readonly List<InputRejection> first = [];

    public RejectionLog(string? path)
    {
        try
        {
            file = path is null ? null : new(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("file_unwritable", $"'{path}' cannot be written: {error.Message}", error);
        }
    }

    public long Count { get; private set; }

    /// <summary>In the order of their lines.</summary>
    public IReadOnlyList<InputRejection> First => [.. first.Take(Kept)];

    public void Add(InputRejection rejection)
    {
        Count++;
        Keep(rejection);
        file?.WriteLine(JsonSerializer.Serialize(rejection, CommandOutput.JsonForm));
    }

    public void Dispose() => file?.Dispose();

    // Batches settle in any order; what is kept are the first by line, whatever came first.
    private void Keep(InputRejection rejection)
    {
        if (first.Count >= 2 * Kept)
            first.RemoveRange(Kept, first.Count - Kept);
        first.Add(rejection);
        first.Sort((x, y) => (x.File, x.Line).CompareTo((y.File, y.Line)));
    }
}
