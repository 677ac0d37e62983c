using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;

namespace Throughline.Cli.Gate.Replay;

/// <summary>The file of flagged lines, byte for byte.</summary>
/// <exception cref="CommandException">The file cannot be written.</exception>
internal sealed class FlaggedLines(string path) : IDisposable
{
    private readonly OutputStream stream = OutputStream.Create(path);

    public void Add(ReadOnlySpan<byte> line)
    {
        stream.Write(line);
        stream.Write("\n"u8);
    }

    /// <summary>All that was added is in the file.</summary>
    public void Flush() => stream.Flush();

    public void Dispose() => stream.Dispose();
}
