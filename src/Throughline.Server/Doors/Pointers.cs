namespace Throughline.Server.Doors;

/// <summary>JSON pointers (RFC 6901) into messages.</summary>
internal static class Pointers
{
    public static string Join(string pointer, string name) =>
        name.AsSpan().ContainsAny('~', '/')
            ? $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"
            : $"{pointer}/{name}";
}
