namespace Throughline.Core.Events;

/// <summary>
/// The rules of an event's id, which its sender gives: 1 to 128 characters, no control characters. Ids are compared byte for byte:
/// nothing is trimmed, folded or normalised.
/// </summary>
public static class EventId
{
    /// <summary>In Unicode code points.</summary>
    public const int MaxLength = 128;

    /// <summary>The reason why this UTF-8 text is no id, or null if it is one.</summary>
    public static RejectionReason? Check(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return RejectionReason.Empty;
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            return RejectionReason.InvalidUtf8;
        if (TextRules.HasControl(utf8))
            return RejectionReason.ControlCharacter;
        return TextRules.IsLonger(utf8, MaxLength) ? RejectionReason.TooLong : null;
    }
}
