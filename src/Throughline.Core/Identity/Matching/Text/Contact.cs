namespace Throughline.Core.Identity.Matching.Text;

/// <summary>Forms of e-mail addresses, phone numbers and numbers of documents in which they are compared.</summary>
internal static class Contact
{
    private const int PhoneMin = 7;
    private const int NumberMin = 3;

    /// <summary>
    /// An address in small letters, without display name, angle brackets, <c>mailto:</c> and <c>+tag</c>, and for Gmail without dots;
    /// empty if there is none. Comparing is all it is for: identifiers of events have their own rules.
    /// </summary>
    public static string Email(string text)
    {
        int open = text.LastIndexOf('<');
        int close = text.LastIndexOf('>');
        if (open >= 0 && close > open)
            text = text[(open + 1)..close];
        text = text.Trim().ToLowerInvariant();
        if (text.StartsWith("mailto:", StringComparison.Ordinal))
            text = text[7..];
        int at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1 || text.Contains(' ', StringComparison.Ordinal))
            return "";
        string local = text[..at];
        string domain = text[(at + 1)..];
        int plus = local.IndexOf('+', StringComparison.Ordinal);
        if (plus > 0)
            local = local[..plus];
        if (domain is "gmail.com" or "googlemail.com")
            (local, domain) = (local.Replace(".", "", StringComparison.Ordinal), "gmail.com");
        return local.Length == 0 ? "" : $"{local}@{domain}";
    }

    /// <summary>The part before the @.</summary>
    public static string LocalPart(string email) => email[..email.LastIndexOf('@')];

    /// <summary>The digits without leading zeros; empty if there are fewer than seven or all are the same.</summary>
    public static string Phone(string text)
    {
        string digits = string.Concat(text.Where(char.IsAsciiDigit)).TrimStart('0');
        return digits.Length < PhoneMin || IsOneDigit(digits) ? "" : digits;
    }

    /// <summary>
    /// Letters and digits of a number; empty if there are fewer than three, if none is a digit, or if all are the same.
    /// </summary>
    public static string Number(string text)
    {
        string compact = PlainText.Compact(text);
        return compact.Length < NumberMin || IsOneDigit(compact) || !compact.Any(char.IsAsciiDigit) ? "" : compact;
    }

    private static bool IsOneDigit(string text) => !text.AsSpan().ContainsAnyExcept(text[0]);
}
