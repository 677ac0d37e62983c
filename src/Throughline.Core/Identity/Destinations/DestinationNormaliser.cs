using System.Text;
using Throughline.Core.Events;

namespace Throughline.Core.Identity.Destinations;

/// <summary>
/// Brings an e-mail address or phone number to the form that an advertising platform hashes, step by step as that platform's
/// documentation says. The forms differ from one another and from our own (<see cref="IdentifierNormaliser"/>), which tokens are made
/// of: these are made at the edge only, of the clear value, and compared with nothing here.
/// </summary>
/// <remarks>
/// Sources: UID2 and EUID, "Normalization and encoding" and the operator's behaviour; Google, "Format your data" of the Data Manager
/// API; Meta and Snap, "Customer information parameters" of their Conversions APIs.
/// </remarks>
public static class DestinationNormaliser
{
    private const int Sha256Bytes = 32;
    private const int Md5Digits = 32;
    private const int LeastUid2Digits = 10;
    private const int MostDigits = 15;

    /// <summary>The form of one value.</summary>
    /// <param name="callingCode">
    /// Digits of the calling code of phone numbers without one, such as <c>49</c>; null: such numbers are refused.
    /// </param>
    public static DestinationValue Normalise(
        DestinationProfile profile,
        DestinationKind kind,
        string raw,
        string? callingCode = null
    )
    {
        if (!IsUnicode(raw))
            return DestinationValue.Refused(DestinationRefusal.LoneSurrogate);
        if (string.IsNullOrWhiteSpace(raw))
            return DestinationValue.Refused(DestinationRefusal.Empty);
        if (kind == DestinationKind.Hash)
            return OfHash(profile, raw);
        string? normalised = kind switch
        {
            DestinationKind.Email => EmailOf(profile, raw),
            DestinationKind.Phone => PhoneOf(profile, raw, callingCode),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind"),
        };
        if (normalised is not null)
            return DestinationValue.OfText(normalised, IsUid2(profile));
        return DestinationValue.Refused(
            kind == DestinationKind.Email ? DestinationRefusal.BadEmail : DestinationRefusal.BadPhone
        );
    }

    private static bool IsUid2(DestinationProfile profile) =>
        profile is DestinationProfile.Uid2 or DestinationProfile.Euid;

    private static string? EmailOf(DestinationProfile profile, string raw)
    {
        // UID2 lowers A to Z alone and trims the space character alone; the others do both as Unicode has it.
        string text = profile switch
        {
            DestinationProfile.Uid2 or DestinationProfile.Euid => AsciiLower(raw.Trim(' ')),
            DestinationProfile.Google => string.Concat(raw.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant(),
            _ => raw.Trim().ToLowerInvariant(),
        };
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0 || at == text.Length - 1 || text.LastIndexOf('@') != at)
            return null;
        string local = LocalOf(profile, text[..at], text[(at + 1)..]);
        return local.Length == 0 ? null : local + text[at..];
    }

    private static string LocalOf(DestinationProfile profile, string local, string domain)
    {
        bool isGmail = domain == "gmail.com";
        if (IsUid2(profile) && isGmail)
            return local.Split('+')[0].Replace(".", "", StringComparison.Ordinal);
        if (profile == DestinationProfile.Google && (isGmail || domain == "googlemail.com"))
            return local.Replace(".", "", StringComparison.Ordinal);
        return local;
    }

    private static string? PhoneOf(DestinationProfile profile, string raw, string? callingCode)
    {
        // UID2 takes a number with a plus only as it must be; the platforms themselves take separators away.
        string? number =
            IsUid2(profile) && raw.StartsWith('+') ? raw : E164Of(IsNorthAmerican(raw) ? "+" + raw : raw, callingCode);
        if (number is null || number.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
            return null;
        int digits = number.Length - 1;
        if (digits > MostDigits || (IsUid2(profile) && digits < LeastUid2Digits))
            return null;
        return profile is DestinationProfile.Meta or DestinationProfile.Snap ? number[1..] : number;
    }

    // "1 (234) 567-8901": what is in brackets is an area code, so the 1 before it is the calling code.
    private static bool IsNorthAmerican(string raw)
    {
        string text = string.Concat(raw.Where(c => c is not (' ' or '-' or '.')));
        return text.Length == "1(234)5678901".Length
            && text.StartsWith("1(", StringComparison.Ordinal)
            && text[5] == ')'
            && text.Count(char.IsAsciiDigit) == 11;
    }

    private static string? E164Of(string raw, string? callingCode)
    {
        var target = new byte[IdentifierNormaliser.MaxSize(MostDigits)];
        return PhoneNumber.TryNormalise(Encoding.UTF8.GetBytes(raw), callingCode, target, out int written)
            ? Encoding.ASCII.GetString(target, 0, written)
            : null;
    }

    private static DestinationValue OfHash(DestinationProfile profile, string raw)
    {
        if (raw.Length == Sha256Bytes * 2 && raw.All(char.IsAsciiHexDigit))
            return DestinationValue.OfHash(Convert.FromHexString(raw), IsUid2(profile));
        bool takesMd5 = profile is DestinationProfile.Meta or DestinationProfile.Snap;
        if (takesMd5 && raw.Length == Md5Digits && raw.All(char.IsAsciiHexDigit))
            return DestinationValue.OfMd5(raw.ToLowerInvariant());
        var hash = new byte[Sha256Bytes];
        bool isBase64 =
            !takesMd5
            && raw.Length == (Sha256Bytes + 2) / 3 * 4
            && Convert.TryFromBase64String(raw, hash, out int written)
            && written == Sha256Bytes;
        return isBase64
            ? DestinationValue.OfHash(hash, IsUid2(profile))
            : DestinationValue.Refused(DestinationRefusal.BadHash);
    }

    private static string AsciiLower(string text) =>
        string.Create(
            text.Length,
            text,
            static (target, source) =>
            {
                for (int i = 0; i < target.Length; i++)
                    target[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
            }
        );

    private static bool IsUnicode(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || ++i == text.Length || !char.IsLowSurrogate(text[i]))
                return false;
        }
        return true;
    }
}
