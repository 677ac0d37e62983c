using System.Buffers;
using System.Globalization;
using System.Text;
using Throughline.Core.Events.Identifiers;

namespace Throughline.Core.Events;

/// <summary>What a tenant configures about normalising.</summary>
/// <param name="DefaultCallingCode">
/// Digits of the calling code of phone numbers without one, such as <c>49</c>; null: such numbers are refused.
/// </param>
public sealed record IdentifierRules(string? DefaultCallingCode = null)
{
    /// <summary>No default calling code.</summary>
    public static IdentifierRules Default { get; } = new();

    /// <summary>1 to 3 digits that do not begin with 0.</summary>
    public string? DefaultCallingCode { get; } =
        DefaultCallingCode is null || IsCallingCode(DefaultCallingCode)
            ? DefaultCallingCode
            : throw new ArgumentException(
                "a calling code is 1 to 3 digits and does not begin with 0",
                nameof(DefaultCallingCode)
            );

    /// <summary>The tenant's types as they are configured.</summary>
    public IdentifierCatalog Types { get; init; } = IdentifierCatalog.Default;

    internal static bool IsCallingCode(string text) =>
        text.Length is >= 1 and <= 3 && text[0] != '0' && text.All(char.IsAsciiDigit);
}

/// <summary>
/// Brings an identifier's value to the one form under which it is hashed: an e-mail address trimmed and in small letters, its domain
/// as the domain name system has it (A-labels), a phone number in E.164, any other value trimmed. Trimming takes Unicode white
/// space; small letters are the invariant culture's; of e-mail addresses letters and accents are composed (<see cref="Nfc"/>). A tenant may configure
/// normalisers of its own.
/// </summary>
public static class IdentifierNormaliser
{
    private const int MaxEmail = 254;

    private static readonly IdnMapping Domains = new() { AllowUnassigned = true };

    /// <summary>Bytes that the normalised form of a value of so many bytes fits in.</summary>
    public static int MaxSize(int rawLength) => Math.Max(rawLength * 3 + 16, EventLimits.IdentifierValue * 4);

    /// <summary>
    /// Writes the normalised form of valid UTF-8; null if that worked, else the reason why the value is refused.
    /// </summary>
    /// <param name="type">A type's name, such as <c>email</c>; names that are not well known are custom types.</param>
    /// <param name="target">At least <see cref="MaxSize"/> bytes.</param>
    public static RejectionReason? Normalise(
        string type,
        ReadOnlySpan<byte> raw,
        IdentifierRules rules,
        Span<byte> target,
        out int written
    ) => Normalise(type, raw, rules.Types.NormaliserOf(type), rules.DefaultCallingCode, target, out written);

    internal static RejectionReason? Normalise(
        string type,
        ReadOnlySpan<byte> raw,
        ValueNormaliser? configured,
        string? callingCode,
        Span<byte> target,
        out int written
    )
    {
        written = 0;
        ReadOnlySpan<byte> value = TextRules.Trim(raw);
        if (value.IsEmpty)
            return RejectionReason.Empty;
        if (TextRules.HasControl(value))
            return RejectionReason.ControlCharacter;
        if (TextRules.IsLonger(value, EventLimits.IdentifierValue))
            return RejectionReason.TooLong;
        switch (configured?.Kind ?? KindOf(type))
        {
            case NormaliserKind.Email:
                return TryEmail(value, target, out written) ? null : RejectionReason.BadEmail;
            case NormaliserKind.Phone:
                return PhoneNumber.TryNormalise(value, configured?.CallingCode ?? callingCode, target, out written)
                    ? null
                    : RejectionReason.BadPhone;
            default:
                if (configured is not null)
                    return configured.Normalise(value, target, out written);
                value.CopyTo(target);
                written = value.Length;
                return null;
        }
    }

    /// <summary>The normalised form as new bytes; for look-ups, not for the hot path.</summary>
    public static RejectionReason? Normalise(string type, string raw, IdentifierRules rules, out byte[] normalised)
    {
        normalised = [];
        byte[] utf8;
        try
        {
            utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(raw);
        }
        catch (EncoderFallbackException)
        {
            return RejectionReason.LoneSurrogate;
        }
        var target = new byte[MaxSize(utf8.Length)];
        RejectionReason? reason = Normalise(type, utf8, rules, target, out int written);
        normalised = target[..written];
        return reason;
    }

    /// <summary>True if this may name an identifier type: well known or custom.</summary>
    public static bool IsTypeName(ReadOnlySpan<byte> utf8) =>
        TextRules.IsName(utf8, EventLimits.IdentifierType, dotted: false);

    private static NormaliserKind KindOf(string type) =>
        type switch
        {
            "email" => NormaliserKind.Email,
            "phone" => NormaliserKind.Phone,
            _ => NormaliserKind.Opaque,
        };

    private static bool TryEmail(ReadOnlySpan<byte> value, Span<byte> target, out int written)
    {
        written = 0;
        int at = value.IndexOf((byte)'@');
        if (at <= 0 || at == value.Length - 1 || value[(at + 1)..].Contains((byte)'@'))
            return false;
        if (TextRules.IsLonger(value, MaxEmail))
            return false;
        while (Rune.DecodeFromUtf8(value, out Rune rune, out int used) == OperationStatus.Done)
        {
            if (Rune.IsWhiteSpace(rune))
                return false;
            written += Rune.ToLowerInvariant(rune).EncodeToUtf8(target[written..]);
            value = value[used..];
        }
        if (!Ascii.IsValid(target[..written]))
            written = Encoding.UTF8.GetBytes(Nfc.Of(Encoding.UTF8.GetString(target[..written])), target);
        int domain = target[..written].IndexOf((byte)'@') + 1;
        return Ascii.IsValid(target[domain..written]) || TryALabels(target, domain, ref written);
    }

    /// <summary>A domain in any script as <c>xn--</c> labels: both are one domain, and only these are written in one way.</summary>
    private static bool TryALabels(Span<byte> target, int domain, ref int written)
    {
        try
        {
            string ascii = Domains.GetAscii(Encoding.UTF8.GetString(target[domain..written]));
            written = domain + Encoding.ASCII.GetBytes(ascii.ToLowerInvariant(), target[domain..]);
            return true;
        }
        catch (ArgumentException)
        {
            return false; // no name that a domain can have
        }
    }
}
