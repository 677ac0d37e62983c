using System.Collections.Frozen;
using System.Text;

namespace Throughline.Core.Events.Identifiers;

/// <summary>
/// Values that name nobody, whatever the type. Placeholders: what programs write where they have no value (the words that Segment's and
/// Adobe's guides to identity tell to block; runs of zeros and hyphens, among them the advertising id of devices that allow none, as Apple and
/// Google document it; the ANDROID_ID that one line of devices shared, Android issue 10603). Addresses: names of mailboxes that are no
/// person's (RFC 2142, and usage), domains kept for documentation (RFC 2606, RFC 6761), and North American numbers of the exchange 555
/// (ATIS-0300115: directory assistance and fiction).
/// </summary>
public static class BlockedValues
{
    private const int ZerosMin = 8;

    /// <summary>In small letters.</summary>
    public static IReadOnlyList<string> Placeholders { get; } =
    [
        "null",
        "undefined",
        "none",
        "nil",
        "nan",
        "n/a",
        "unknown",
        "anonymous",
        "invalid",
        "empty",
        "not set",
        "not available",
        "(null)",
        "(none)",
        "(not set)",
        "(empty)",
        "<null>",
        "[object object]",
        "[object undefined]",
        "-",
        "--",
        "9774d56d682e549c",
    ];

    /// <summary>Mailboxes, in small letters.</summary>
    public static IReadOnlyList<string> Mailboxes { get; } =
    [
        "noreply",
        "no-reply",
        "no_reply",
        "no.reply",
        "donotreply",
        "do-not-reply",
        "do_not_reply",
        "do.not.reply",
        "test",
        "testing",
        "postmaster",
        "mailer-daemon",
        "hostmaster",
        "webmaster",
        "abuse",
        "nobody",
        "root",
    ];

    /// <summary>Domains, and with them all below.</summary>
    public static IReadOnlyList<string> Domains { get; } =
    ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"];

    private static readonly FrozenSet<string> KnownPlaceholders = Placeholders.ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> KnownMailboxes = Mailboxes.ToFrozenSet(StringComparer.Ordinal);
    private static readonly int LongestPlaceholder = Placeholders.Max(text => text.Length);

    /// <summary>A normalised value is a placeholder.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<byte> value)
    {
        if (value.Length >= ZerosMin && !value.ContainsAnyExcept((byte)'0', (byte)'-'))
            return true;
        if (value.Length > LongestPlaceholder)
            return false;
        Span<char> lower = stackalloc char[value.Length];
        for (int i = 0; i < value.Length; i++)
            lower[i] = char.ToLowerInvariant((char)value[i]);
        return KnownPlaceholders.GetAlternateLookup<ReadOnlySpan<char>>().Contains(lower);
    }

    /// <summary>A normalised e-mail address or phone number is nobody's.</summary>
    public static bool IsNobodys(ReadOnlySpan<byte> value)
    {
        int at = value.IndexOf((byte)'@');
        return at > 0 ? IsMailOfNobody(value[..at], value[(at + 1)..]) : IsFiction(value);
    }

    private static bool IsMailOfNobody(ReadOnlySpan<byte> mailbox, ReadOnlySpan<byte> domain)
    {
        int suffix = mailbox.IndexOf((byte)'+');
        string name = Encoding.UTF8.GetString(suffix > 0 ? mailbox[..suffix] : mailbox);
        string host = Encoding.UTF8.GetString(domain);
        return KnownMailboxes.Contains(name)
            || Domains.Any(known => host == known || host.EndsWith("." + known, StringComparison.Ordinal));
    }

    // +1 NPA 555 xxxx
    private static bool IsFiction(ReadOnlySpan<byte> number) =>
        number.Length == 12 && number.StartsWith("+1"u8) && number[5..].StartsWith("555"u8);
}
