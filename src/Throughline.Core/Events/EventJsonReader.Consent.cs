using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>The section of a consent event: purposes with true or false.</summary>
internal ref partial struct EventJsonReader
{
    private bool ReadConsent()
    {
        const string Pointer = "/consent";
        if (!Open(Pointer))
            return false;
        PurposesField had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            if (!See(ref had, name.SequenceEqual("purposes"u8) ? PurposesField.Purposes : 0, Pointer, name))
                return false;
            if (!ReadPurposes(Pointer + "/purposes"))
                return false;
        }
        return rejection.Reason == 0 && (had != 0 || Missing(Pointer + "/purposes"));
    }

    /// <summary>Names with true or false; a copy of the reader looks at them first, then they are brought to canonical form.</summary>
    private bool ReadPurposes(string pointer)
    {
        if (!Open(pointer))
            return false;
        Utf8JsonReader start = json;
        int count = 0;
        for (; NextName(pointer, out ReadOnlySpan<byte> name); count++)
        {
            if (CheckPurpose(name, count))
                continue;
            rejection = rejection with { Pointer = pointer + JsonPointer.Segment(name) };
            return false;
        }
        if (rejection.Reason != 0)
            return false;
        if (count == 0)
            return Fail(RejectionReason.Empty, pointer, "There is no purpose.");
        int from = arena.Length;
        if (!raw.Canonical.TryValue(ref start))
        {
            Rejection inner = raw.Canonical.Failure;
            return Fail(inner.Reason, pointer + inner.Pointer, inner.Message);
        }
        raw.Set(EventField.Purposes, arena.Since(from));
        return true;
    }

    private bool CheckPurpose(ReadOnlySpan<byte> name, int before)
    {
        if (before == EventLimits.Purposes)
            return Fail(RejectionReason.TooManyProperties, "", $"There are more than {EventLimits.Purposes} purposes.");
        if (TextRules.IsLonger(name, EventLimits.PurposeName))
            return Fail(
                RejectionReason.TooLong,
                "",
                $"A purpose's name is longer than {EventLimits.PurposeName} characters."
            );
        return json.TokenType is JsonTokenType.True or JsonTokenType.False || WrongType("", "true or false");
    }

    [Flags]
    private enum PurposesField
    {
        Purposes = 1,
    }
}
