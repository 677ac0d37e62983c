using System.Text;
using System.Text.Unicode;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Import;
using Throughline.Cli.Input;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Reads one file of rows on several threads; what each row means says the <see cref="RowParser"/> of each thread.</summary>
internal static class RowFile
{
    /// <param name="columns">What the header must name.</param>
    /// <param name="parserOf">One for each thread.</param>
    /// <exception cref="CommandException">The file cannot be read, or its header lacks a column.</exception>
    public static RowCounts Read(
        string file,
        IReadOnlyList<string> columns,
        int threads,
        Func<CsvLayout, RowParser> parserOf,
        RejectionLog log,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        try
        {
            using CsvBlocks blocks = new(InputFile.Open(file));
            if (blocks.IsHeaderCut || !Utf8.IsValid(blocks.Header))
                throw CommandException.BadInput("header_invalid", $"{file}:1: this is no header of a CSV file.");
            CsvLayout layout = CsvLayout.Of(blocks.Header, columns, file);
            RowRejections rejections = new(file, log);
            long read = 0;
            void Work()
            {
                RowParser parser = parserOf(layout);
                parser.Run(
                    blocks,
                    layout,
                    rejections,
                    rows => progress.Report(Interlocked.Add(ref read, rows)),
                    cancellation
                );
            }
            Parallels.Run(threads, Work);
            return new(read, rejections);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }
}

/// <summary>What was found in a file.</summary>
/// <param name="Read">Lines but for the header and blank ones, rejected ones too.</param>
internal sealed record RowCounts(long Read, RowRejections Rejections);

/// <summary>One thread's reading of rows.</summary>
internal abstract class RowParser
{
    private readonly List<(long Line, RowReason Reason)> rejected = [];

    /// <summary>Works off blocks until there are no more.</summary>
    /// <param name="report">Told the rows of each block.</param>
    public void Run(
        CsvBlocks blocks,
        CsvLayout layout,
        RowRejections rejections,
        Action<long> report,
        CancellationToken cancellation
    )
    {
        byte[] buffer = CsvBlocks.NewBuffer();
        CsvLine line = new(layout);
        while (blocks.TryTake(buffer, out CsvBlock block))
        {
            cancellation.ThrowIfCancellationRequested();
            rejected.Clear();
            long rows = 0;
            if (block.IsOverLong)
            {
                rejected.Add((block.FirstLine, RowReason.LineTooLong));
                rows = 1;
            }
            else
                rows = ReadBlock(line, buffer, block);
            rejections.Tell(block.Ordinal, rejected);
            report(rows);
        }
        Close();
    }

    /// <summary>Takes a row in, or says why not.</summary>
    /// <param name="isAscii">Nothing in it needs to be checked for being UTF-8.</param>
    protected abstract RowReason Add(CsvLine line, long number, bool isAscii);

    /// <summary>There are no more rows.</summary>
    protected abstract void Close();

    private long ReadBlock(CsvLine line, byte[] buffer, CsvBlock block)
    {
        bool isAscii = Ascii.IsValid(buffer.AsSpan(0, block.Length));
        long number = block.FirstLine;
        long rows = 0;
        line.Begin(buffer, block.Length);
        for (; line.Next(out RowReason reason, out bool isBlank); number++)
        {
            if (isBlank)
                continue;
            rows++;
            if (reason == RowReason.None)
                reason = Add(line, number, isAscii);
            if (reason != RowReason.None)
                rejected.Add((number, reason));
        }
        return rows;
    }
}
