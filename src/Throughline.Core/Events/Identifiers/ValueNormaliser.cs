using System.Diagnostics.CodeAnalysis;
using System.Text;
using Throughline.Cel.Library;
using Throughline.Cel.Regex;

namespace Throughline.Core.Events.Identifiers;

/// <summary>A compiled <see cref="NormaliserRule"/>: brings a trimmed value to one form, or refuses it.</summary>
internal sealed class ValueNormaliser
{
    private const int UuidDigits = 32;

    private readonly NormaliserRule rule;
    private readonly Re2? pattern;
    private readonly Replacement? replacement;

    private ValueNormaliser(NormaliserRule rule, Re2? pattern, Replacement? replacement) =>
        (this.rule, this.pattern, this.replacement) = (rule, pattern, replacement);

    public NormaliserKind Kind => rule.Kind;

    /// <summary>Of phones: the calling code of numbers without one.</summary>
    public string? CallingCode => rule.CallingCode;

    public static bool TryCreate(
        NormaliserRule rule,
        [NotNullWhen(true)] out ValueNormaliser? normaliser,
        out (string Member, string Message) problem
    )
    {
        normaliser = null;
        problem = default;
        if (rule.Kind == NormaliserKind.Regex == rule.Pattern is null)
            problem = ("normaliser/pattern", "a normaliser of kind regex has one, and no other has");
        else if (rule.Replace is not null && rule.Pattern is null)
            problem = ("normaliser/replace", "stands beside a pattern only");
        else if (rule.CallingCode is not null && rule.Kind != NormaliserKind.Phone)
            problem = ("normaliser/callingCode", "only phone numbers have one");
        else if (rule.CallingCode is { } code && !IdentifierRules.IsCallingCode(code))
            problem = ("normaliser/callingCode", "is 1 to 3 digits and does not begin with 0");
        else if (rule.Letters != LetterCase.Keep && rule.Kind is not (NormaliserKind.Opaque or NormaliserKind.Regex))
            problem = ("normaliser/letters", "only of opaque values and those of a regular expression");
        if (problem.Message is not null)
            return false;
        if (rule.Pattern is null)
        {
            normaliser = new(rule, null, null);
            return true;
        }
        if (!TypeDoor.TryPattern($@"\A(?:{rule.Pattern})\z", out Re2? pattern, out string why))
            problem = ("normaliser/pattern", why);
        else if (rule.Replace is null)
            normaliser = new(rule, pattern, null);
        else if (Replacement.TryParse(rule.Replace, pattern.GroupCount, out Replacement into, out string? wrong))
            normaliser = new(rule, pattern, into);
        else
            problem = ("normaliser/replace", wrong);
        return normaliser is not null;
    }

    /// <summary>Writes the form of a trimmed value; null if that worked, else the reason why it is refused. E-mail addresses and phones are the caller's.</summary>
    public RejectionReason? Normalise(ReadOnlySpan<byte> value, Span<byte> target, out int written)
    {
        if (rule.Kind == NormaliserKind.Uuid)
            return TryUuid(value, target, out written) ? null : RejectionReason.BadValue;
        written = 0;
        if (rule is { Kind: NormaliserKind.Opaque, Letters: LetterCase.Keep })
        {
            value.CopyTo(target);
            written = value.Length;
            return null;
        }
        string text = Encoding.UTF8.GetString(value);
        if (rule.Letters != LetterCase.Keep)
            text = rule.Letters == LetterCase.Lower ? text.ToLowerInvariant() : text.ToUpperInvariant();
        if (pattern is not null && !TryReplace(ref text))
            return RejectionReason.BadValue;
        if (text.Length == 0)
            return RejectionReason.Empty;
        if (text.Length > EventLimits.IdentifierValue)
            return RejectionReason.TooLong;
        written = Encoding.UTF8.GetBytes(text, target);
        return null;
    }

    private bool TryReplace(ref string text)
    {
        int[] groups = new int[2 * (pattern!.GroupCount + 1)];
        if (!pattern.TryMatch(text, 0, groups))
            return false;
        if (replacement is { } into)
        {
            StringBuilder result = new();
            into.AppendTo(result, text, groups);
            text = result.ToString();
        }
        return true;
    }

    private static bool TryUuid(ReadOnlySpan<byte> value, Span<byte> target, out int written)
    {
        written = 0;
        if (value.StartsWith("urn:uuid:"u8))
            value = value["urn:uuid:"u8.Length..];
        else if (value is [(byte)'{', .. var inner, (byte)'}'])
            value = inner;
        bool hyphens = value.Length == UuidDigits + 4;
        if (!hyphens && value.Length != UuidDigits)
            return false;
        int digits = 0;
        for (int i = 0; i < value.Length; i++)
        {
            if (hyphens && i is 8 or 13 or 18 or 23)
            {
                if (value[i] != '-')
                    return false;
                continue;
            }
            if (!char.IsAsciiHexDigit((char)value[i]))
                return false;
            if (digits is 8 or 12 or 16 or 20)
                target[written++] = (byte)'-';
            target[written++] = (byte)char.ToLowerInvariant((char)value[i]);
            digits++;
        }
        return digits == UuidDigits;
    }
}
