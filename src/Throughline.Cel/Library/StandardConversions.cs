using System.Globalization;
using System.Text;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>Conversions between types (specification, "List of Standard Definitions"): what does not fit is an error.</summary>
internal static class StandardConversions
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    public static readonly Function[] Functions =
    [
        Function(
            "int",
            Same("int64_to_int64", CelType.Int),
            Global("uint64_to_int64", [CelType.Uint], CelType.Int, x => FromUint(x[0].Uint)),
            Global("double_to_int64", [CelType.Double], CelType.Int, x => FromDouble(x[0].Double)),
            Global("string_to_int64", [CelType.String], CelType.Int, x => ParseInt(x[0].String), Costs.First),
            Global("timestamp_to_int64", [CelType.Timestamp], CelType.Int, x => Value.Of(x[0].Timestamp().Seconds)),
            Global("duration_to_int64", [CelType.Duration], CelType.Int, x => Nanoseconds(x[0].Duration()))
        ),
        Function(
            "uint",
            Same("uint64_to_uint64", CelType.Uint),
            Global("int64_to_uint64", [CelType.Int], CelType.Uint, x => ToUint(x[0].Int)),
            Global("double_to_uint64", [CelType.Double], CelType.Uint, x => ToUint(x[0].Double)),
            Global("string_to_uint64", [CelType.String], CelType.Uint, x => ParseUint(x[0].String), Costs.First)
        ),
        Function(
            "double",
            Same("double_to_double", CelType.Double),
            Global("int64_to_double", [CelType.Int], CelType.Double, x => Value.Of((double)x[0].Int)),
            Global("uint64_to_double", [CelType.Uint], CelType.Double, x => Value.Of((double)x[0].Uint)),
            Global("string_to_double", [CelType.String], CelType.Double, x => ParseDouble(x[0].String), Costs.First)
        ),
        Function(
            "bool",
            Same("bool_to_bool", CelType.Bool),
            Global("string_to_bool", [CelType.String], CelType.Bool, x => ParseBool(x[0].String))
        ),
        Function(
            "string",
            Same("string_to_string", CelType.String),
            Global("bool_to_string", [CelType.Bool], CelType.String, x => Value.Of(x[0].Bool ? "true" : "false")),
            Global("int64_to_string", [CelType.Int], CelType.String, x => Value.Of(Text(x[0].Int))),
            Global("uint64_to_string", [CelType.Uint], CelType.String, x => Value.Of(Text(x[0].Uint))),
            Global(
                "double_to_string",
                [CelType.Double],
                CelType.String,
                x => Value.Of(DoubleText.General(x[0].Double))
            ),
            Global("bytes_to_string", [CelType.Bytes], CelType.String, x => FromUtf8(x[0].Bytes()), Costs.First),
            Global(
                "timestamp_to_string",
                [CelType.Timestamp],
                CelType.String,
                x => Value.Of(Timestamps.Text(x[0].Timestamp()))
            ),
            Global(
                "duration_to_string",
                [CelType.Duration],
                CelType.String,
                x => Value.Of(Durations.Text(x[0].Duration()))
            )
        ),
        Function(
            "bytes",
            Same("bytes_to_bytes", CelType.Bytes),
            Global(
                "string_to_bytes",
                [CelType.String],
                CelType.Bytes,
                x => OfBytes(Utf8.GetBytes(x[0].String)),
                Costs.First
            )
        ),
        Function(
            "timestamp",
            Same("timestamp_to_timestamp", CelType.Timestamp),
            Global("string_to_timestamp", [CelType.String], CelType.Timestamp, x => ParseTimestamp(x[0].String)),
            Global("int64_to_timestamp", [CelType.Int], CelType.Timestamp, x => Timestamps.Create(x[0].Int, 0))
        ),
        Function(
            "duration",
            Same("duration_to_duration", CelType.Duration),
            Global(
                "string_to_duration",
                [CelType.String],
                CelType.Duration,
                x => ParseDuration(x[0].String),
                Costs.First
            ),
            Global("int64_to_duration", [CelType.Int], CelType.Duration, x => Durations.Create(0, x[0].Int))
        ),
    ];

    /// <summary>Text of UTF-8, or an error if it is not that.</summary>
    public static Value FromUtf8(ReadOnlySpan<byte> data) =>
        System.Text.Unicode.Utf8.IsValid(data)
            ? Value.Of(Encoding.UTF8.GetString(data))
            : Value.Error("invalid UTF-8 in bytes");

    public static Value ToUtf8(string text) => OfBytes(Utf8.GetBytes(text));

    private static Overload Same(string id, CelType type) => Global(id, [type], type, x => x[0]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static Value FromUint(ulong number) =>
        number > long.MaxValue ? OutOfRange("int", Text(number)) : Value.Of((long)number);

    // The ends of the range are excluded: at them a double no longer tells which integer was meant.
    private static Value FromDouble(double number) =>
        number is > -Numbers.TwoTo63 and < Numbers.TwoTo63
            ? Value.Of((long)number)
            : OutOfRange("int", DoubleText.General(number));

    private static Value ToUint(long number) => number < 0 ? OutOfRange("uint", Text(number)) : Value.Of((ulong)number);

    private static Value ToUint(double number) =>
        number is > -1 and < Numbers.TwoTo64 && number >= 0
            ? Value.Of((ulong)number)
            : OutOfRange("uint", DoubleText.General(number));

    private static Value ParseInt(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? Value.Of(number)
            : Invalid("int", text);

    private static Value ParseUint(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? Value.Of(number)
            : Invalid("uint", text);

    private static Value ParseDouble(string text)
    {
        const NumberStyles style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out double number))
            return text.ToLowerInvariant() switch
            {
                "inf" or "+inf" or "+infinity" => Value.Of(double.PositiveInfinity),
                "-inf" => Value.Of(double.NegativeInfinity),
                _ => Invalid("double", text),
            };
        bool tooLarge = double.IsInfinity(number) && text.AsSpan().ContainsAnyInRange('0', '9');
        return tooLarge ? OutOfRange("double", text) : Value.Of(number);
    }

    private static Value ParseBool(string text) =>
        text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => Value.True,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => Value.False,
            _ => Invalid("bool", text),
        };

    private static Value ParseTimestamp(string text) => Timestamps.Parse(text) ?? Invalid("timestamp", text);

    private static Value ParseDuration(string text) => Durations.Parse(text) ?? Invalid("duration", text);

    private static Value Nanoseconds(CelDuration span)
    {
        Int128 nanos = (Int128)span.Seconds * Timestamps.NanosPerSecond + span.Nanos;
        return nanos < long.MinValue || nanos > long.MaxValue
            ? OutOfRange("int", Durations.Text(span))
            : Value.Of((long)nanos);
    }

    private static Value OutOfRange(string type, string number) => Value.Error($"out of the range of {type}: {number}");

    private static Value Invalid(string type, string text) =>
        Value.Error($"no {type}: {ValueText.Quote(text.Length <= 100 ? text : text[..100] + "...")}");
}
