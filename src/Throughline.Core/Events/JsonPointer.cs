using System.Text;

namespace Throughline.Core.Events;

/// <summary>JSON pointers (RFC 6901), built only when an event is refused.</summary>
internal static class JsonPointer
{
    /// <summary>One segment with its slash, from a field's name.</summary>
    public static string Segment(ReadOnlySpan<byte> name) =>
        "/" + Encoding.UTF8.GetString(name).Replace("~", "~0").Replace("/", "~1");

    /// <summary>One segment with its slash, from a place in an array.</summary>
    public static string Segment(int index) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/{index}");
}
