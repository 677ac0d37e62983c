using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Throughline.Core.Events;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>Reads the texts of cells.</summary>
internal static class RowText
{
    /// <summary>Bytes of the longest id, customer or order id.</summary>
    public const int MaxBytes = 1024;

    private const int TimeDigits = 13; // of every accepted time from 2001-09-09 on

    /// <summary>A time in either form, as milliseconds since 1970.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowReason Time(ReadOnlySpan<byte> text, out long time)
    {
        if (text.Length == TimeDigits && TryDigits(text, out time))
            return EventTime.IsInRange(time) ? RowReason.None : RowReason.TimeOutOfRange;
        return AnyTime(text, out time);
    }

    /// <summary>A whole number from 0 on; an empty cell is 0.</summary>
    public static bool TryMinor(ReadOnlySpan<byte> text, out long minor)
    {
        minor = 0;
        return text.IsEmpty
            || (Utf8Parser.TryParse(text, out minor, out int used) && used == text.Length && minor >= 0);
    }

    /// <summary>A plain whole number of at most 18 digits, as it would be written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWhole(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return text.Length is > 0 and <= 18 && (text.Length == 1 || text[0] != '0') && TryDigits(text, out value);
    }

    private static RowReason AnyTime(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        if (text.IsEmpty)
            return RowReason.TimeInvalid;
        if (
            text[0] != '-'
            && text[0] != '+'
            && Utf8Parser.TryParse(text, out time, out int used)
            && used == text.Length
        )
            return EventTime.IsInRange(time) ? RowReason.None : RowReason.TimeOutOfRange;
        return EventTime.TryParse(text, out time) switch
        {
            TimeStatus.Ok => RowReason.None,
            TimeStatus.OutOfRange => RowReason.TimeOutOfRange,
            _ => RowReason.TimeInvalid,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDigits(ReadOnlySpan<byte> text, out long value)
    {
        ulong sum = 0;
        value = 0;
        foreach (byte digit in text)
        {
            uint number = (uint)digit - '0';
            if (number > 9)
                return false;
            sum = sum * 10 + number;
        }
        value = (long)sum;
        return true;
    }
}
