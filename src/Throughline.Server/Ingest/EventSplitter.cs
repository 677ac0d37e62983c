using System.Buffers;

namespace Throughline.Server.Ingest;

/// <summary>What <see cref="EventSplitter.Next"/> found at the front of the window.</summary>
internal enum SplitStatus
{
    /// <summary>One event's bytes.</summary>
    Event,

    /// <summary>One event's end; the event was longer than allowed and its bytes are gone.</summary>
    Oversized,

    /// <summary>Nothing whole: more bytes are needed.</summary>
    NeedMore,

    /// <summary>The body ended as it should.</summary>
    End,

    /// <summary>The body ended in the middle of an array or event.</summary>
    Truncated,

    /// <summary>The body as a whole is broken here; nothing after it can be told apart.</summary>
    Malformed,
}

/// <summary>
/// Finds where events begin and end in a body that comes in pieces, without parsing them: brackets and quotes of an array
/// are counted, lines are cut at line feeds. What is inside an event is the parser's business, so that a bad event never
/// costs its neighbours. The caller keeps the bytes that were not consumed and calls again with more behind them.
/// </summary>
internal sealed class EventSplitter(BodyForm form, int eventBytesMax)
{
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> Brackets = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> Outside = SearchValues.Create("\"{}[],"u8);

    private Place place = form == BodyForm.Lines ? Place.Line : Place.Start;
    private int scanned; // bytes of the event under way that were looked at already
    private Nesting nesting;
    private bool inString;
    private bool oversized;

    /// <summary>True once the body turned out to be one event and no array.</summary>
    public bool IsSingle { get; private set; }

    /// <param name="window">The bytes that were not consumed yet.</param>
    /// <param name="last">No more bytes will come.</param>
    /// <param name="consumed">How many bytes of the window the caller forgets now.</param>
    /// <param name="found">The event's bytes, for <see cref="SplitStatus.Event"/>.</param>
    public SplitStatus Next(ReadOnlySpan<byte> window, bool last, out int consumed, out ReadOnlySpan<byte> found)
    {
        found = default;
        return place == Place.Line
            ? NextLine(window, last, out consumed, ref found)
            : NextElement(window, last, out consumed, ref found);
    }

    private SplitStatus NextLine(ReadOnlySpan<byte> window, bool last, out int consumed, ref ReadOnlySpan<byte> found)
    {
        consumed = 0;
        while (true)
        {
            int end = window[(consumed + scanned)..].IndexOf((byte)'\n');
            if (end < 0 && !last)
            {
                scanned = window.Length - consumed;
                if (scanned > eventBytesMax + 1)
                    Forget(ref consumed);
                return SplitStatus.NeedMore;
            }
            ReadOnlySpan<byte> line = end < 0 ? window[consumed..] : window.Slice(consumed, scanned + end);
            consumed = end < 0 ? window.Length : consumed + line.Length + 1;
            scanned = 0;
            if (line is [.. ReadOnlySpan<byte> text, (byte)'\r'])
                line = text;
            if (oversized || line.Length > eventBytesMax)
            {
                oversized = false;
                return SplitStatus.Oversized;
            }
            line = Trim(line);
            if (!line.IsEmpty)
            {
                found = line;
                return SplitStatus.Event;
            }
            if (consumed == window.Length)
                return last ? SplitStatus.End : SplitStatus.NeedMore;
        }
    }

    private SplitStatus NextElement(
        ReadOnlySpan<byte> window,
        bool last,
        out int consumed,
        ref ReadOnlySpan<byte> found
    )
    {
        consumed = 0;
        while (place != Place.Element)
        {
            int skipped = window[consumed..].IndexOfAnyExcept(" \t\r\n"u8);
            if (skipped < 0)
            {
                consumed = window.Length;
                if (!last)
                    return SplitStatus.NeedMore;
                return place == Place.Done ? SplitStatus.End : SplitStatus.Truncated;
            }
            consumed += skipped;
            if (!Step(window[consumed], ref consumed))
                return SplitStatus.Malformed;
        }
        ReadOnlySpan<byte> rest = window[consumed..];
        bool ended = ElementEnds(rest, last, ref scanned);
        if (!ended && last && !IsSingle)
            return SplitStatus.Truncated;
        if (!ended && !last)
        {
            if (scanned > eventBytesMax)
                Forget(ref consumed);
            return SplitStatus.NeedMore;
        }
        ReadOnlySpan<byte> element = rest[..scanned];
        consumed += scanned;
        bool tooLong = oversized || element.Length > eventBytesMax;
        place = IsSingle ? Place.Done : Place.AfterElement;
        scanned = 0;
        nesting = default;
        inString = oversized = false;
        found = tooLong ? default : Trim(element);
        return tooLong ? SplitStatus.Oversized : SplitStatus.Event;
    }

    /// <summary>Takes one byte outside of an element; false where the body breaks.</summary>
    private bool Step(byte next, ref int consumed)
    {
        switch (place)
        {
            case Place.Start when next == '[':
                place = Place.FirstElement;
                break;
            case Place.Start:
                IsSingle = true;
                place = Place.Element;
                return true;
            case Place.FirstElement when next == ']':
            case Place.AfterElement when next == ']':
                place = Place.Done;
                break;
            case Place.AfterElement when next == ',':
                place = Place.NextElement;
                break;
            case Place.FirstElement or Place.NextElement when next is not ((byte)',' or (byte)']' or (byte)'}'):
                place = Place.Element;
                return true;
            default:
                return false;
        }
        consumed++;
        return true;
    }

    /// <summary>Looks for the end of the element that starts at 0, from <paramref name="at"/> on; leaves it where it came to.</summary>
    private bool ElementEnds(ReadOnlySpan<byte> bytes, bool last, ref int at)
    {
        while (at < bytes.Length)
        {
            int next = bytes[at..]
                .IndexOfAny(
                    inString ? StringEnds
                    : nesting.IsEmpty ? Outside
                    : Brackets
                );
            if (next < 0)
                break;
            at += next;
            byte found = bytes[at];
            if (found == '\\')
            {
                if (at + 1 == bytes.Length && !last)
                    return false; // the escaped byte comes with the next piece
                at = Math.Min(at + 2, bytes.Length);
                continue;
            }
            if (nesting.IsEmpty && !inString && !IsSingle && found is (byte)',' or (byte)']')
                return true;
            at++;
            if (found == '"')
                inString = !inString;
            else if (found is (byte)'{' or (byte)'[')
                nesting.Open(found == '{');
            else if (!nesting.IsEmpty && found is (byte)'}' or (byte)']' && nesting.Close(found == '}'))
                return true;
        }
        at = bytes.Length;
        return false;
    }

    /// <summary>Drops what was seen of an event that is too long; only its end still matters.</summary>
    private void Forget(ref int consumed)
    {
        consumed += scanned;
        scanned = 0;
        oversized = true;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        int start = text.IndexOfAnyExcept(" \t\r\n"u8);
        return start < 0 ? default : text[start..(text.LastIndexOfAnyExcept(" \t\r\n"u8) + 1)];
    }

    private enum Place
    {
        Line,
        Start,
        FirstElement,
        NextElement,
        Element,
        AfterElement,
        Done,
    }
}
