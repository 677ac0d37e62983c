using System.Collections.Frozen;

namespace Throughline.Core.Events;

/// <summary>Which names of properties say that their value is personal. The lists are part of docs/guide/events.md.</summary>
public static class PersonalNames
{
    private const int MaxLength = 256;

    /// <summary>
    /// Personal as a word of a name, or as two words that follow one another: <c>client_ip</c>, <c>billingAddress</c>,
    /// <c>shipping-first-name</c>.
    /// </summary>
    public static readonly FrozenSet<string> Words = Set(
        "addr address authorization bic birth birthdate birthday cellphone cookie dob email familyname fax firstname fullname",
        "givenname iban ip ipv4 ipv6 lastname latitude longitude maidenname middlename msisdn nickname passport passwd password",
        "phone postalcode postcode pwd recipient secret ssn street surname telephone username zip zipcode"
    );

    /// <summary>Personal as the whole name, without case, hyphens, underscores and other separators.</summary>
    public static readonly FrozenSet<string> WholeNames = Set(
        "accountnumber billingname cardnumber cell contact contactname creditcard customername cvc cvv displayname housenumber",
        "lat lng login lon mail mobile mobilenumber name nationalid personname shippingname socialsecuritynumber taxid tel vatid"
    );

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> WordLookup = Words.GetAlternateLookup<
        ReadOnlySpan<char>
    >();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> WholeLookup =
        WholeNames.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>True if a property's name says that its value is personal; also for a name too long to judge.</summary>
    public static bool Match(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            return true;
        Span<char> joined = stackalloc char[MaxLength];
        int length = 0;
        int word = 0;
        int wordBefore = 0;
        for (int i = 0; i < utf8.Length; i++)
        {
            byte unit = utf8[i];
            bool isPart = char.IsAsciiLetterOrDigit((char)unit) || unit >= 0x80;
            if (length > word && (!isPart || StartsWord(utf8, i)))
            {
                if (IsPersonal(joined[wordBefore..length], word - wordBefore))
                    return true;
                (wordBefore, word) = (word, length);
            }
            if (isPart)
                joined[length++] = char.ToLowerInvariant((char)unit);
        }
        return IsPersonal(joined[wordBefore..length], word - wordBefore) || WholeLookup.Contains(joined[..length]);
    }

    /// <summary>The last word, or the last two as one.</summary>
    private static bool IsPersonal(ReadOnlySpan<char> twoWords, int first) =>
        WordLookup.Contains(twoWords[first..]) || WordLookup.Contains(twoWords);

    /// <summary>A capital after a small letter (<c>clientIP</c>), or before one (<c>IPAddress</c>).</summary>
    private static bool StartsWord(ReadOnlySpan<byte> name, int at) =>
        char.IsAsciiLetterUpper((char)name[at])
        && (
            !char.IsAsciiLetterUpper((char)name[at - 1])
            || (at + 1 < name.Length && char.IsAsciiLetterLower((char)name[at + 1]))
        );

    private static FrozenSet<string> Set(params string[] lines) =>
        lines.SelectMany(line => line.Split(' ')).ToFrozenSet(StringComparer.Ordinal);
}
