using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Input;

/// <summary>
/// Reads files one after another as one input, in batches of events. Blank lines are passed over and not counted.
/// </summary>
internal sealed class EventInput(IReadOnlyList<string> files, ILineConverter converter) : IDisposable
{
    public const int BatchEvents = 1000;
    public const int BatchBytes = 1024 * 1024;

    private LineReader? reader;
    private int next;

    /// <summary>The next batch, or null at the end of the last file.</summary>
    /// <exception cref="CommandException">A file cannot be read.</exception>
    public InputBatch? Next()
    {
        var batch = new InputBatch();
        while (batch.Count < BatchEvents && batch.Body.Length < BatchBytes && batch.Rejections.Count < BatchEvents)
        {
            if (reader is null && next == files.Count)
                break;
            reader ??= new(InputFile.Open(files[next]));
            if (!AddLine(reader, batch))
            {
                reader.Dispose();
                reader = null;
                next++;
            }
        }
        return batch.Count + batch.Rejections.Count > 0 ? batch : null;
    }

    public void Dispose()
    {
        reader?.Dispose();
        converter.Dispose();
    }

    private static bool IsBlank(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(" \t\r"u8);

    private bool AddLine(LineReader from, InputBatch batch)
    {
        try
        {
            if (!from.TryRead(out ReadOnlySpan<byte> text, out bool tooLong))
                return false;
            if (tooLong || !IsBlank(text))
                batch.Add(converter, text, files[next], from.Line, tooLong);
            return true;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(files[next], error);
        }
    }
}
