using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Replay;

/// <summary>Reads the requests of logs and sorts them by their times.</summary>
internal static class LogLines
{
    private const int LinesBetweenLooks = 4096;

    /// <summary>All lines that are requests; the others are passed over. Dispose of what it gives.</summary>
    /// <param name="others">Receives lines that are no requests, with whether they were rejected; null: nobody cares.</param>
    /// <exception cref="CommandLine.CommandException">A file cannot be read.</exception>
    public static SortedLines Sort(
        IReadOnlyList<string> files,
        RequestLines lines,
        CancellationToken cancellation,
        Action<ReadOnlySpan<byte>, bool>? others = null
    )
    {
        SortedLines sorted = new();
        try
        {
            EdgeRequest request = new();
            for (int i = 0; i < files.Count; i++)
                Collect(files[i], i, lines, request, sorted, others, cancellation);
            return sorted;
        }
        catch
        {
            sorted.Dispose();
            throw;
        }
    }

    private static void Collect(
        string file,
        int number,
        RequestLines lines,
        EdgeRequest request,
        SortedLines sorted,
        Action<ReadOnlySpan<byte>, bool>? others,
        CancellationToken cancellation
    )
    {
        try
        {
            using LineReader reader = new(InputFile.Open(file));
            while (reader.TryRead(out ReadOnlySpan<byte> line, out bool tooLong))
            {
                if (reader.Line % LinesBetweenLooks == 0)
                    cancellation.ThrowIfCancellationRequested();
                if (!tooLong && !line.ContainsAnyExcept(" \t\r"u8))
                    continue;
                LineOutcome outcome = tooLong ? LineOutcome.Rejected : lines.ReadTime(line, request);
                if (outcome == LineOutcome.Request)
                    sorted.Add(request.Time, number, reader.Line, line);
                else
                    others?.Invoke(line, outcome == LineOutcome.Rejected);
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }
}
