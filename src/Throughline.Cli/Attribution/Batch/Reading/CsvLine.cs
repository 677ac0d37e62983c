using System.Runtime.CompilerServices;
using Throughline.Cli.Input;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>
/// Takes the lines of a block apart into cells. A cell in double quotes may hold separators, and a quote as two; it ends on its
/// line, so that one open quote costs one line.
/// </summary>
internal sealed class CsvLine(CsvLayout layout)
{
    private readonly int[] marks = new int[CsvBlocks.NewBuffer().Length];
    private readonly int[] starts = new int[layout.Cells];
    private readonly int[] ends = new int[layout.Cells];
    private byte[] buffer = [];
    private int length;
    private int found;
    private int mark;
    private int at;

    /// <summary>A cell of the line under way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Cell(int cell) => new(buffer, starts[cell], ends[cell] - starts[cell]);

    /// <summary>Starts a block.</summary>
    public void Begin(byte[] bytes, int count)
    {
        (buffer, length, mark, at) = (bytes, count, 0, 0);
        found = CsvMarks.Find(bytes.AsSpan(0, count), layout.Separator, marks);
    }

    /// <summary>The next line; false at the block's end. A blank one has the reason <see cref="RowReason.None"/> and is blank.</summary>
    public bool Next(out RowReason reason, out bool isBlank)
    {
        reason = RowReason.None;
        isBlank = false;
        if (at == length)
            return false;
        int lineStart = at;
        int lineMark = mark;
        for (int cell = 0; mark < found; cell++)
        {
            int place = marks[mark++];
            byte kind = buffer[place];
            if (kind == '"')
            {
                (mark, at) = (lineMark, lineStart);
                return Slow(out reason, out isBlank);
            }
            bool last = kind == '\n';
            if (cell < starts.Length)
            {
                starts[cell] = at;
                ends[cell] = last && place > at && buffer[place - 1] == '\r' ? place - 1 : place;
            }
            at = place + 1;
            if (!last)
                continue;
            isBlank = cell == 0 && !Cell(0).ContainsAnyExcept((byte)' ', (byte)'\t');
            reason =
                at - lineStart > LineReader.MaxLineBytes + 1 ? RowReason.LineTooLong
                : cell + 1 == starts.Length || isBlank ? RowReason.None
                : RowReason.CellsInvalid;
            return true;
        }
        throw new InvalidOperationException("a block ends with a line feed");
    }

    // A line with quotes, up to its line feed.
    private bool Slow(out RowReason reason, out bool isBlank)
    {
        isBlank = false;
        while (buffer[marks[mark]] != '\n')
            mark++;
        int end = marks[mark++];
        int start = at;
        at = end + 1;
        if (end > start && buffer[end - 1] == '\r')
            end--;
        reason = at - start > LineReader.MaxLineBytes + 1 ? RowReason.LineTooLong : TakeApart(start, end);
        return true;
    }

    private RowReason TakeApart(int from, int end)
    {
        int cell = 0;
        while (true)
        {
            int start = from;
            int stop;
            if (from < end && buffer[from] == '"')
            {
                if (!Unquote(ref from, end, out start, out stop))
                    return RowReason.QuoteOpen;
                if (from < end && buffer[from] != layout.Separator)
                    return RowReason.CellsInvalid;
            }
            else
            {
                int next = buffer.AsSpan(from, end - from).IndexOf(layout.Separator);
                from = stop = next < 0 ? end : from + next;
            }
            if (cell == starts.Length)
                return RowReason.CellsInvalid;
            (starts[cell], ends[cell]) = (start, stop);
            cell++;
            if (from == end)
                return cell == starts.Length ? RowReason.None : RowReason.CellsInvalid;
            from++;
        }
    }

    // Doubled quotes are made one in the buffer, so a line is taken apart once.
    private bool Unquote(ref int from, int end, out int start, out int stop)
    {
        start = stop = ++from;
        while (true)
        {
            int quote = buffer.AsSpan(from, end - from).IndexOf((byte)'"');
            if (quote < 0)
                return false;
            buffer.AsSpan(from, quote).CopyTo(buffer.AsSpan(stop));
            stop += quote;
            from += quote + 1;
            if (from == end || buffer[from] != '"')
                return true;
            buffer[stop++] = (byte)'"';
            from++;
        }
    }
}
