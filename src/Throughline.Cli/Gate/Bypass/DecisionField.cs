using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Gate.Lines;

namespace Throughline.Cli.Gate.Bypass;

/// <summary>
/// Finds the id of the gate's decision in a line of an access log: in the n-th field after the user agent of the combined format, or in a
/// member of a JSON object (<c>resp_headers.X-Throughline-Decision</c>: of a list its first entry).
/// </summary>
internal sealed class DecisionField
{
    private readonly int place;
    private readonly string[] path;

    private DecisionField(int place, string[] path) => (this.place, this.path) = (place, path);

    /// <summary>Reads a number from 1, or the name of a member; null if it is neither.</summary>
    public static DecisionField? Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number is >= 1 and <= 100 ? new(number, []) : null;
        string[] names = text.Split('.');
        return names.Any(x => x.Length == 0) ? null : new(0, names);
    }

    /// <summary>The id.</summary>
    /// <param name="id">Empty: the request has none, it went past the gate.</param>
    /// <returns>False if the line has no such field at all: it says nothing of the gate.</returns>
    public bool TryRead(ReadOnlySpan<byte> line, out string id)
    {
        ReadOnlySpan<byte> text = ContainerPrefix.Strip(line);
        bool isJson = text.StartsWith((byte)'{');
        id = "";
        bool found = isJson ? path.Length > 0 && TryMember(text, out id) : path.Length == 0 && TryField(text, out id);
        if (id is "-" or "null")
            id = "";
        return found;
    }

    private bool TryMember(ReadOnlySpan<byte> json, out string id)
    {
        id = "";
        try
        {
            Utf8JsonReader reader = new(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement element = document.RootElement;
            for (int i = 0; i < path.Length; i++)
            {
                if (element.ValueKind != JsonValueKind.Object)
                    return false;
                // A header that was not sent is missing among the headers; but there are headers.
                if (!element.TryGetProperty(path[i], out element))
                    return i > 0 && i == path.Length - 1;
            }
            if (element.ValueKind == JsonValueKind.Array)
                element = element.GetArrayLength() > 0 ? element[0] : default;
            id = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // Request, referrer and user agent are the quoted fields before it.
    private bool TryField(ReadOnlySpan<byte> line, out string id)
    {
        id = "";
        ReadOnlySpan<byte> rest = line;
        for (int quoted = 0; quoted < 3; quoted++)
        {
            int open = rest.IndexOf((byte)'"');
            if (open < 0 || !TryQuoted(rest[open..], out _, out int length))
                return false;
            rest = rest[(open + length)..];
        }
        for (int field = 1; ; field++)
        {
            rest = rest.TrimStart((byte)' ');
            if (rest.IsEmpty)
                return false;
            if (!TryQuoted(rest, out ReadOnlySpan<byte> value, out int length))
            {
                int end = rest.IndexOf((byte)' ');
                value = end < 0 ? rest : rest[..end];
                length = value.Length;
            }
            rest = rest[length..];
            if (field != place)
                continue;
            id = Encoding.UTF8.GetString(value).Trim();
            return true;
        }
    }

    private static bool TryQuoted(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> value, out int length)
    {
        value = default;
        length = 0;
        if (!text.StartsWith((byte)'"'))
            return false;
        for (int at = 1; at < text.Length; at++)
        {
            if (text[at] == '\\')
                at++;
            else if (text[at] == '"')
            {
                value = text[1..at];
                length = at + 1;
                return true;
            }
        }
        return false;
    }
}
