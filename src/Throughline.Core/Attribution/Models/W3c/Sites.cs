namespace Throughline.Core.Attribution.Models.W3c;

/// <summary>
/// The site of a host: its registrable domain. Public suffixes are taken to be the last label, or the last two where the one
/// before it is a usual second level of a country (<c>co.uk</c>, <c>com.au</c>).
/// </summary>
public static class Sites
{
    /// <summary>The site, in small letters; null if the text is no host, an address in numbers, a suffix itself or this machine.</summary>
    public static string? Of(string host)
    {
        string[] labels = host.ToLowerInvariant().TrimEnd('.').Split('.');
        if (labels.Length < 2 || labels[^1] == "localhost" || !labels.All(IsLabel) || labels[^1].All(char.IsAsciiDigit))
            return null;
        int suffix = labels[^1].Length == 2 && IsSecondLevel(labels[^2]) ? 2 : 1;
        return labels.Length > suffix ? string.Join('.', labels[^(suffix + 1)..]) : null;
    }

    private static bool IsSecondLevel(string label) =>
        label is "co" or "com" or "org" or "net" or "gov" or "edu" or "ac" or "ne" or "or" or "go";

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || c > 127);
}
