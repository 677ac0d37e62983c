using System.Globalization;
using System.Text;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Library;

/// <summary>
/// <c>string.format(list)</c> of the strings extension: clauses %s, %d, %f, %e, %x, %X, %b, %o and %%, with a precision for
/// %f and %e.
/// </summary>
internal static class StringFormat
{
    /// <summary>Decimals that a clause may ask for at most.</summary>
    private const int MaxPrecision = 1000;

    private const int DefaultPrecision = 6;

    public static Value Format(string format, CelList arguments)
    {
        StringBuilder text = new(format.Length + 16);
        int next = 0;
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }
            if (++at < format.Length && format[at] == '%')
            {
                text.Append('%');
                continue;
            }
            if (!TryPrecision(format, ref at, out int precision))
                return Value.Error("could not parse formatting clause: invalid precision");
            if (at >= format.Length)
                return Value.Error("could not parse formatting clause: unexpected end of string");
            if (!"sdfexXbo".Contains(format[at]))
                return Value.Error(
                    $"could not parse formatting clause: unrecognized formatting clause \"{format[at]}\""
                );
            if (next >= arguments.Count)
                return Value.Error($"index {next} out of range");
            string? error = Append(text, format[at], precision, arguments[next++]);
            if (error is not null)
                return Value.Error($"error during formatting: {error}");
        }
        return Value.Of(text.ToString());
    }

    private static bool TryPrecision(string format, ref int at, out int precision)
    {
        precision = DefaultPrecision;
        if (at >= format.Length || format[at] != '.')
            return true;
        int start = ++at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
            at++;
        return int.TryParse(
                format.AsSpan(start, at - start),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out precision
            )
            && precision <= MaxPrecision;
    }

    private static string? Append(StringBuilder text, char clause, int precision, Value x) =>
        clause switch
        {
            's' => AppendText(text, x),
            'd' => AppendDecimal(text, x),
            'f' => AppendDouble(text, x, "fixed-point", number => DoubleText.Fixed(number, precision)),
            'e' => AppendDouble(text, x, "scientific", number => DoubleText.Scientific(number, precision)),
            'b' => AppendBinary(text, x),
            'o' => AppendInteger(text, x, Octal, "octal clause can only be used on integers"),
            _ => AppendHex(text, x, upper: clause == 'X'),
        };

    private static string? AppendText(StringBuilder text, Value x)
    {
        switch (x.Kind)
        {
            case ValueKind.String:
                text.Append(x.String);
                return null;
            case ValueKind.Null:
                text.Append("null");
                return null;
            case ValueKind.Bool:
                text.Append(x.Bool ? "true" : "false");
                return null;
            case ValueKind.Int or ValueKind.Uint:
                return AppendDecimal(text, x);
            case ValueKind.Double:
                text.Append(DoubleText.Plain(x.Double));
                return null;
            case ValueKind.Bytes:
                text.Append(Encoding.UTF8.GetString(x.Bytes()));
                return null;
            case ValueKind.Type:
                text.Append(x.TryGet(out CelType? type) ? type.Name : "");
                return null;
            case ValueKind.Timestamp:
                text.Append(Timestamps.Text(x.Timestamp()));
                return null;
            case ValueKind.Duration:
                text.Append(Durations.Text(x.Duration()));
                return null;
            case ValueKind.List:
                return AppendList(text, x.List());
            case ValueKind.Map:
                return AppendMap(text, x.Map());
            default:
                return "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
                    + $"durations, and timestamps, was given {x.Type}";
        }
    }

    private static string? AppendList(StringBuilder text, CelList list)
    {
        text.Append('[');
        for (int i = 0; i < list.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            if (AppendText(text, list[i]) is { } error)
                return error;
        }
        text.Append(']');
        return null;
    }

    // Entries in the order of the text of their keys.
    private static string? AppendMap(StringBuilder text, CelMap map)
    {
        List<(string Key, string Value)> entries = new(map.Count);
        foreach (Value key in map.Keys)
        {
            map.TryGet(key, out Value value);
            StringBuilder keyText = new();
            StringBuilder valueText = new();
            if ((AppendText(keyText, key) ?? AppendText(valueText, value)) is { } error)
                return error;
            entries.Add((keyText.ToString(), valueText.ToString()));
        }
        entries.Sort((x, y) => ValueOrder.CompareText(x.Key, y.Key));
        text.Append('{').AppendJoin(", ", entries.Select(x => $"{x.Key}: {x.Value}")).Append('}');
        return null;
    }

    private static string? AppendDecimal(StringBuilder text, Value x)
    {
        if (x.IsDouble && !double.IsFinite(x.Double))
            text.Append(DoubleText.Plain(x.Double));
        else if (x.IsInt)
            text.Append(x.Int);
        else if (x.IsUint)
            text.Append(x.Uint);
        else
            return $"decimal clause can only be used on integers, was given {x.Type}";
        return null;
    }

    private static string? AppendDouble(StringBuilder text, Value x, string name, Func<double, string> format)
    {
        if (!Numbers.IsNumber(x))
            return $"{name} clause can only be used on doubles, was given {x.Type}";
        text.Append(
            format(
                x.IsInt ? x.Int
                : x.IsUint ? x.Uint
                : x.Double
            )
        );
        return null;
    }

    private static string? AppendBinary(StringBuilder text, Value x)
    {
        const string error = "only integers and bools can be formatted as binary";
        return AppendInteger(text, x.IsBool ? Value.Of(x.Bool ? 1L : 0L) : x, y => y.ToString("b", null), error);
    }

    private static string? AppendHex(StringBuilder text, Value x, bool upper)
    {
        string format = upper ? "X" : "x";
        if (x.Kind == ValueKind.String)
            x = StandardConversions.ToUtf8(x.String);
        if (x.Kind != ValueKind.Bytes)
            return AppendInteger(
                text,
                x,
                y => y.ToString(format, CultureInfo.InvariantCulture),
                "only integers, byte buffers, and strings can be formatted as hex"
            );
        text.Append(upper ? Convert.ToHexString(x.Bytes()) : Convert.ToHexStringLower(x.Bytes()));
        return null;
    }

    // Negative numbers are a sign and a magnitude.
    private static string? AppendInteger(StringBuilder text, Value x, Func<ulong, string> format, string error)
    {
        if (!x.IsInt && !x.IsUint)
            return $"{error}, was given {x.Type}";
        bool negative = x.IsInt && x.Int < 0;
        text.Append(negative ? "-" : "").Append(format(negative ? unchecked((ulong)-x.Int) : x.Uint));
        return null;
    }

    private static string Octal(ulong number)
    {
        Span<char> digits = stackalloc char[22];
        int at = digits.Length;
        do
        {
            digits[--at] = (char)('0' + (number & 7));
            number >>= 3;
        } while (number != 0);
        return new string(digits[at..]);
    }
}
