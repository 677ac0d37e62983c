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

    /// <param name="path">Null: none is written.</param>
    /// <param name="others">The command's other files: beginning this one anew would take what stands in them.</param>
    /// <exception cref="CommandException">The file cannot be written, or is one of the others.</exception>
    public RejectionLog(string? path, params IReadOnlyList<string?> others)
    {
        OutputFile.RefuseOneOf(path, "--rejections", others);
        file = path is null ? null : new(OutputStream.Create(path));
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

    /// <summary>All that was added is in the file.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void Flush() => file?.Flush();

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
