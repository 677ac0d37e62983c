using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Throughline.Cel.Types;

namespace Throughline.Cel.Values;

/// <summary>Values as CEL text, as an expression would write them.</summary>
public static class ValueText
{
    /// <summary>The value as an expression that gives it, as far as there is one.</summary>
    public static string Of(Value value)
    {
        StringBuilder text = new();
        Append(text, value);
        return text.ToString();
    }

    /// <summary>A string as a literal in double quotes.</summary>
    public static string Quote(string value)
    {
        StringBuilder text = new(value.Length + 2);
        AppendQuoted(text, value, controls: true);
        return text.ToString();
    }

    internal static void AppendQuoted(StringBuilder text, string value, bool controls)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            _ = c switch
            {
                '\a' => text.Append("\\a"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\v' => text.Append("\\v"),
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                < ' ' or '\x7f' when controls => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ when char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]) =>
                    text.Append(value, i++, 2),
                _ when char.IsSurrogate(c) => text.Append('\uFFFD'),
                _ => text.Append(c),
            };
        }
        text.Append('"');
    }

    private static void Append(StringBuilder text, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                text.Append("null");
                break;
            case ValueKind.Bool:
                text.Append(value.Bool ? "true" : "false");
                break;
            case ValueKind.Int:
                text.Append(value.Int);
                break;
            case ValueKind.Uint:
                text.Append(value.Uint).Append('u');
                break;
            case ValueKind.Double:
                text.Append(OfDouble(value.Double));
                break;
            case ValueKind.String:
                AppendQuoted(text, value.String, controls: true);
                break;
            case ValueKind.Type:
                text.Append(value.TryGet(out CelType? type) ? type.Name : "");
                break;
            default:
                Append(text, value.Object!);
                break;
        }
    }

    // An integral double keeps a point, so that it reads back as a double.
    private static string OfDouble(double number)
    {
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "double(\"NaN\")"
                : number > 0 ? "double(\"Infinity\")"
                : "double(\"-Infinity\")";
        string text = DoubleText.General(number, exponentFrom: 21);
        return text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
    }

    private static void Append(StringBuilder text, CelObject value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        _ = value switch
        {
            CelBytes bytes => AppendBytes(text, bytes.Data.Span),
            CelList list => AppendAll(text, '[', Elements(list), ']', (t, x) => Append(t, x)),
            CelMap map => AppendAll(text, '{', map.Keys, '}', (t, x) => AppendEntry(t, map, x)),
            CelTimestamp time => text.Append(CultureInfo.InvariantCulture, $"timestamp(\"{Timestamps.Text(time)}\")"),
            CelDuration span => text.Append(CultureInfo.InvariantCulture, $"duration(\"{Durations.Text(span)}\")"),
            CelEnum number => text.Append(CultureInfo.InvariantCulture, $"{number.Type.Name}({number.Number})"),
            CelOptional { HasValue: false } => text.Append("optional.none()"),
            CelOptional optional => AppendAll(text.Append("optional.of"), '(', [optional.Value], ')', Append),
            CelMessage message => AppendMessage(text, message),
            CelError error => text.Append(CultureInfo.InvariantCulture, $"error: {error.Message}"),
            CelUnknown unknown => text.Append(
                CultureInfo.InvariantCulture,
                $"unknown({string.Join(", ", unknown.ExprIds)})"
            ),
            _ => text.Append(value),
        };
    }

    private static StringBuilder AppendMessage(StringBuilder text, CelMessage message) =>
        AppendAll(
            text.Append(message.Type.Name),
            '{',
            message.SetFields,
            '}',
            (t, field) =>
            {
                message.TryGet(field, out Value value);
                t.Append(field).Append(": ");
                Append(t, value);
            }
        );

    private static void AppendEntry(StringBuilder text, CelMap map, Value key)
    {
        map.TryGet(key, out Value value);
        Append(text, key);
        text.Append(": ");
        Append(text, value);
    }

    private static StringBuilder AppendBytes(StringBuilder text, ReadOnlySpan<byte> data)
    {
        text.Append("b\"");
        foreach (byte b in data)
            _ = b is >= 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\'
                ? text.Append((char)b)
                : text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        return text.Append('"');
    }

    private static StringBuilder AppendAll<T>(
        StringBuilder text,
        char open,
        IEnumerable<T> items,
        char close,
        Action<StringBuilder, T> append
    )
    {
        text.Append(open);
        bool first = true;
        foreach (T item in items)
        {
            if (!first)
                text.Append(", ");
            first = false;
            append(text, item);
        }
        return text.Append(close);
    }

    private static IEnumerable<Value> Elements(CelList list) => Enumerable.Range(0, list.Count).Select(i => list[i]);
}
