using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Cli.Output;

namespace Throughline.Cli.Import;

/// <summary>Keeps the first rejections of an import, and writes all of them to a file if one is named.</summary>
internal sealed class RejectionLog : IDisposable
{
    public const int Kept = 100;

    private static readonly Comparer<InputRejection> ByLine = Comparer<InputRejection>.Create(
        (x, y) => (x.File, x.Line).CompareTo((y.File, y.Line))
    );

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
    public IReadOnlyList<InputRejection> First => [.. first.Order(ByLine).Take(Kept)];

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
        first.Add(rejection);
        if (first.Count < 2 * Kept)
            return;
        first.Sort(ByLine);
        first.RemoveRange(Kept, first.Count - Kept);
    }
}
