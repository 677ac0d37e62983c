using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>
/// Brings free JSON to its canonical form in an arena: no white space, names sorted by their UTF-8 bytes, strings as
/// <see cref="JsonText"/> writes them, numbers as they were written. Refuses what cannot be stored or is ambiguous: names twice, NUL,
/// half surrogate pairs, numbers no double can hold.
/// </summary>
internal sealed class CanonicalJson(ByteArena output)
{
    private readonly JsonMembers members = new(output);
    private readonly ByteArena scratch = new();

    /// <summary>True once something appended looked personal (<see cref="PersonalData"/>); the caller resets it.</summary>
    public bool FoundPersonal { get; set; }

    /// <summary>Why the last call failed; its pointer is relative to the value given.</summary>
    public Rejection Failure { get; private set; }

    /// <summary>Forgets what a call that was broken off left behind.</summary>
    public void Reset() => members.Truncate(0);

    /// <summary>Appends the value that the reader stands on, and leaves the reader on its last token.</summary>
    public bool TryValue(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                return TryObject(ref json);
            case JsonTokenType.StartArray:
                return TryArray(ref json);
            case JsonTokenType.String:
                return TryString(ref json);
            case JsonTokenType.Number:
                return TryNumber(ref json);
            default:
                output.Append(json.ValueSpan); // true, false, null
                return true;
        }
    }

    /// <summary>Appends the name that the reader stands on with its quotes and a colon.</summary>
    public bool TryName(ref Utf8JsonReader json, out int nameLength)
    {
        nameLength = 0;
        if (!TryUnescape(ref json, out ReadOnlySpan<byte> name))
            return false;
        if (name.IsEmpty)
            return Fail(RejectionReason.Empty, "A property has an empty name.");
        if (TextRules.HasControl(name))
            return Fail(RejectionReason.ControlCharacter, "A property's name holds a control character.");
        if (TextRules.IsLonger(name, EventLimits.PropertyName))
            return Fail(
                RejectionReason.TooLong,
                $"A property's name is longer than {EventLimits.PropertyName} characters."
            );
        FoundPersonal = FoundPersonal || PersonalNames.Match(name) || PersonalData.LooksPersonal(name);
        int start = output.Length;
        JsonText.Write(name, output);
        nameLength = output.Length - start - 2;
        output.Append((byte)':');
        return true;
    }

    private bool TryObject(ref Utf8JsonReader json)
    {
        if (!CheckDepth(ref json))
            return false;
        int first = members.Count;
        bool sorted = true;
        output.Append((byte)'{');
        int start = output.Length;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (members.Count > first)
                output.Append((byte)',');
            int at = output.Length;
            if (!TryName(ref json, out int nameLength))
                return false;
            json.Read();
            if (!TryValue(ref json))
                return FailWithin(output[new ByteSlice(at + 1, nameLength)]);
            sorted &= members.Add(new(at, nameLength, output.Length, false), first);
        }
        if (!sorted && !Sort(first, start))
            return false;
        members.Truncate(first);
        output.Append((byte)'}');
        return true;
    }

    private bool TryArray(ref Utf8JsonReader json)
    {
        if (!CheckDepth(ref json))
            return false;
        output.Append((byte)'[');
        for (int index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (index > 0)
                output.Append((byte)',');
            if (TryValue(ref json))
                continue;
            Failure = Failure with { Pointer = JsonPointer.Segment(index) + Failure.Pointer };
            return false;
        }
        output.Append((byte)']');
        return true;
    }

    private bool TryString(ref Utf8JsonReader json)
    {
        if (!TryUnescape(ref json, out ReadOnlySpan<byte> text))
            return false;
        if (text.Contains((byte)0))
            return Fail(RejectionReason.ControlCharacter, "A text holds a NUL character.");
        FoundPersonal = FoundPersonal || PersonalData.LooksPersonal(text);
        JsonText.Write(text, output);
        return true;
    }

    private bool TryNumber(ref Utf8JsonReader json)
    {
        ReadOnlySpan<byte> text = json.ValueSpan;
        if (text.Length > EventLimits.NumberText)
            return Fail(RejectionReason.BadNumber, $"A number is longer than {EventLimits.NumberText} characters.");
        if (text.ContainsAny((byte)'e', (byte)'E') && !(json.TryGetDouble(out double value) && double.IsFinite(value)))
            return Fail(RejectionReason.BadNumber, "A number is beyond what JSON readers can hold.");
        output.Append(text);
        return true;
    }

    /// <summary>Writes the members since <paramref name="start"/> again, in order.</summary>
    private bool Sort(int first, int start)
    {
        if (!members.TrySort(first, out JsonMember twice))
        {
            Fail(RejectionReason.DuplicateField, "A property is there twice.");
            return FailWithin(output[twice.Name]);
        }
        scratch.Clear();
        scratch.Append(output[output.Since(start)]);
        output.Truncate(start);
        foreach (JsonMember member in members.From(first))
        {
            if (output.Length > start)
                output.Append((byte)',');
            output.Append(scratch[new ByteSlice(member.Start - start, member.End - member.Start)]);
        }
        return true;
    }

    private bool TryUnescape(ref Utf8JsonReader json, out ReadOnlySpan<byte> text)
    {
        text = json.ValueSpan;
        if (!json.ValueIsEscaped)
            return true;
        scratch.Clear();
        Span<byte> target = scratch.GetSpan(text.Length);
        if (!JsonText.TryUnescape(text, target, out int written))
            return Fail(RejectionReason.LoneSurrogate, "A text holds half of a surrogate pair.");
        text = target[..written];
        return true;
    }

    private bool CheckDepth(ref Utf8JsonReader json) =>
        json.CurrentDepth < EventLimits.Depth
        || Fail(RejectionReason.TooDeep, $"Objects and arrays are nested more than {EventLimits.Depth} deep.");

    private bool Fail(RejectionReason reason, string message)
    {
        Failure = new(reason, "", message);
        members.Truncate(0);
        return false;
    }

    private bool FailWithin(ReadOnlySpan<byte> canonicalName)
    {
        Span<byte> name = new byte[canonicalName.Length];
        JsonText.TryUnescape(canonicalName, name, out int length);
        Failure = Failure with { Pointer = JsonPointer.Segment(name[..length]) + Failure.Pointer };
        return false;
    }
}
