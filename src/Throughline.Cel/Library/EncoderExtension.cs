using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>The encoders extension (cel-go, <c>ext/README.md</c>, "Encoders"): base64, with or without padding.</summary>
internal static class EncoderExtension
{
    public static readonly FunctionLibrary Library = new(
        "encoders",
        [
            Function(
                "base64.encode",
                Global(
                    "base64_encode_bytes",
                    [CelType.Bytes],
                    CelType.String,
                    x => Value.Of(Convert.ToBase64String(x[0].Bytes())),
                    Costs.First
                )
            ),
            Function(
                "base64.decode",
                Global("base64_decode_string", [CelType.String], CelType.Bytes, x => Decode(x[0].String), Costs.First)
            ),
        ]
    );

    private static Value Decode(string text)
    {
        string padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        byte[] data = new byte[padded.Length / 4 * 3];
        // .NET skips white space; the extension does not.
        return !text.AsSpan().ContainsAny(" \t\r\n") && Convert.TryFromBase64String(padded, data, out int length)
            ? OfBytes(data[..length])
            : Value.Error("invalid base64");
    }
}
