namespace Throughline.Core.Events;

/// <summary>
/// An event without its personal part: the sealed fields are zeros, all else is as it was, byte for byte and at the same places, so that a
/// replay gives what it gave. A flag says so.
/// </summary>
public static class ErasedEvent
{
    /// <summary>How many bytes anywhere in the zeros may be anything: whoever stores the event may need a few to tell (<see cref="Strip"/>).</summary>
    public const int FreeBytes = 4;

    /// <summary>The event has a sealed part that was not taken yet.</summary>
    public static bool HasPersonalPart(in EventRecord record)
    {
        if (record.IsErased)
            return false;
        foreach (EventRecord.Field field in record)
            if (field.Tag is EventField.Sealed or EventField.GateRecord)
                return true;
        return false;
    }

    /// <summary>The event without its personal part: as long as before.</summary>
    /// <param name="gateRecord">What stands at the beginning of a decision's record instead; nothing: zeros.</param>
    /// <param name="freeAt">Where <see cref="FreeBytes"/> bytes stand that mean nothing; -1 if there are none.</param>
    public static byte[] Strip(in EventRecord record, ReadOnlySpan<byte> gateRecord, out int freeAt)
    {
        byte[] stripped = record.Bytes.ToArray();
        stripped[EventRecord.FlagsAt] |= EventRecord.ErasedFlag;
        freeAt = -1;
        foreach (EventRecord.Field field in record)
        {
            if (field.Tag is not (EventField.Sealed or EventField.GateRecord))
                continue;
            record.Bytes.Overlaps(field.Value, out int at);
            Span<byte> value = stripped.AsSpan(at, field.Value.Length);
            value.Clear();
            int kept = 0;
            if (field.Tag == EventField.GateRecord)
            {
                gateRecord.CopyTo(value);
                kept = gateRecord.Length;
            }
            if (value.Length - kept >= FreeBytes)
                freeAt = at + value.Length - FreeBytes;
        }
        return stripped;
    }
}
