using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>Walking objects, reading texts, and saying what is wrong.</summary>
internal ref partial struct EventJsonReader
{
    /// <summary>Checks that the value is an object.</summary>
    private bool Open(string pointer) => json.TokenType == JsonTokenType.StartObject || WrongType(pointer, "an object");

    /// <summary>
    /// Goes to the value of the object's next member. False at the object's end, and also after a failure: check
    /// <see cref="rejection"/> then.
    /// </summary>
    private bool NextName(string pointer, out ReadOnlySpan<byte> name)
    {
        name = default;
        json.Read();
        if (json.TokenType != JsonTokenType.PropertyName || !TryUnescape(pointer, out name))
            return false;
        json.Read();
        return true;
    }

    /// <summary>Notes a member of a section; fails if it is unknown (0) or was there before.</summary>
    private bool See<T>(ref T had, T member, string pointer, ReadOnlySpan<byte> name)
        where T : struct, Enum
    {
        int bit = System.Runtime.CompilerServices.Unsafe.BitCast<T, int>(member);
        int before = System.Runtime.CompilerServices.Unsafe.BitCast<T, int>(had);
        if (bit == 0)
            return Fail(
                RejectionReason.UnknownField,
                pointer + JsonPointer.Segment(name),
                "This object has no such field."
            );
        if ((before & bit) != 0)
            return Fail(
                RejectionReason.DuplicateField,
                pointer + JsonPointer.Segment(name),
                "The field is there twice."
            );
        had = System.Runtime.CompilerServices.Unsafe.BitCast<int, T>(before | bit);
        return true;
    }

    /// <summary>The text that the reader stands on: not too long, no control characters.</summary>
    private bool TryText(string pointer, int max, out ReadOnlySpan<byte> text, bool mayBeEmpty = false)
    {
        text = default;
        if (json.TokenType != JsonTokenType.String)
            return WrongType(pointer, "text");
        if (!TryUnescape(pointer, out text))
            return false;
        if (text.IsEmpty && !mayBeEmpty)
            return Fail(RejectionReason.Empty, pointer, "The field is empty.");
        if (TextRules.IsLonger(text, max))
            return Fail(RejectionReason.TooLong, pointer, $"The field is longer than {max} characters.");
        return !TextRules.HasControl(text)
            || Fail(RejectionReason.ControlCharacter, pointer, "The field holds a control character.");
    }

    /// <summary>The text without escapes; kept in the event's memory only if it had some.</summary>
    private bool TryUnescape(string pointer, out ReadOnlySpan<byte> text)
    {
        text = json.ValueSpan;
        if (!json.ValueIsEscaped)
            return true;
        if (!JsonText.TryUnescape(text, arena.GetSpan(text.Length), out int written))
            return Fail(RejectionReason.LoneSurrogate, pointer, "The text holds half of a surrogate pair.");
        int start = arena.Length;
        arena.Advance(written);
        text = arena[arena.Since(start)];
        return true;
    }

    private bool Missing(string pointer) => Fail(RejectionReason.MissingField, pointer, "A required field is missing.");

    private bool WrongType(string pointer, string expected) =>
        Fail(RejectionReason.WrongType, pointer, $"The field must be {expected}.");

    private bool Fail(RejectionReason reason, string pointer, string message)
    {
        rejection = new(reason, pointer, message);
        return false;
    }
}
