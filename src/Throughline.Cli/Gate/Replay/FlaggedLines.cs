using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Gate.Replay;

/// <summary>The file of flagged lines, byte for byte.</summary>
internal sealed class FlaggedLines : IDisposable
{
    private readonly FileStream stream;

    /// <exception cref="CommandException">The file cannot be written.</exception>
    public FlaggedLines(string path)
    {
        try
        {
            stream = new(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    BufferSize = 1 << 16,
                }
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput("file_unwritable", $"'{path}' cannot be written: {error.Message}", error);
        }
    }

    public void Add(ReadOnlySpan<byte> line)
    {
        stream.Write(line);
        stream.WriteByte((byte)'\n');
    }

    public void Dispose() => stream.Dispose();
}
