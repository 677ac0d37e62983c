using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>The traits of an identify event: names with texts, numbers, true or false. Names are kept in the clear, values are sealed.</summary>
internal ref partial struct EventJsonReader
{
    /// <summary>A copy of the reader looks at them first, then they are brought to canonical form.</summary>
    private bool ReadTraits()
    {
        const string Pointer = "/traits";
        if (!Open(Pointer))
            return false;
        Utf8JsonReader start = json;
        int count = 0;
        for (; NextName(Pointer, out ReadOnlySpan<byte> name); count++)
        {
            if (CheckTrait(name, count))
                continue;
            rejection = rejection with { Pointer = Pointer + JsonPointer.Segment(name) };
            return false;
        }
        if (rejection.Reason != 0)
            return false;
        if (count == 0)
            return Fail(RejectionReason.Empty, Pointer, "There is no trait.");
        int from = arena.Length;
        if (!raw.Canonical.TryValue(ref start))
        {
            Rejection inner = raw.Canonical.Failure;
            return Fail(inner.Reason, Pointer + inner.Pointer, inner.Message);
        }
        raw.TraitsSlice = arena.Since(from);
        raw.Set(EventField.Purposes, NamesOf(raw.TraitsSlice));
        return true;
    }

    private bool CheckTrait(ReadOnlySpan<byte> name, int before)
    {
        if (before == EventLimits.Traits)
            return Fail(RejectionReason.TooManyProperties, "", $"There are more than {EventLimits.Traits} traits.");
        if (TextRules.IsLonger(name, EventLimits.TraitName))
            return Fail(
                RejectionReason.TooLong,
                "",
                $"A trait's name is longer than {EventLimits.TraitName} characters."
            );
        return json.TokenType switch
        {
            JsonTokenType.True or JsonTokenType.False or JsonTokenType.Number => true,
            JsonTokenType.String => TryText("", EventLimits.TraitText, out _),
            _ => WrongType("", "text, a number, true or false"),
        };
    }

    // Taken from the canonical form, so that they are in its order.
    private readonly ByteSlice NamesOf(ByteSlice traits)
    {
        Span<byte> names = arena.GetSpan(traits.Length); // now: the arena moves when it grows
        int length = 0;
        Utf8JsonReader members = new(arena[traits]);
        while (members.Read())
        {
            if (members.TokenType != JsonTokenType.PropertyName)
                continue;
            if (length > 0)
                names[length++] = (byte)'\n';
            JsonText.TryUnescape(members.ValueSpan, names[length..], out int written);
            length += written;
        }
        int start = arena.Length;
        arena.Advance(length);
        return arena.Since(start);
    }
}
