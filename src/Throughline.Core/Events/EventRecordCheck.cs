using System.Text.Unicode;

namespace Throughline.Core.Events;

/// <summary>Looks for what is wrong with bytes that claim to be an event record of version 1.</summary>
internal static class EventRecordCheck
{
    /// <summary>The first thing that is wrong and where, or null.</summary>
    public static string? Find(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < EventRecord.HeaderSize)
            return $"record of {bytes.Length} bytes is shorter than its header of {EventRecord.HeaderSize}";
        if (bytes[0] != EventRecord.CurrentVersion)
            return $"record version {bytes[0]} is not {EventRecord.CurrentVersion}";
        if (bytes[1] is < (byte)EventType.Request or > (byte)EventType.Holdout)
            return $"event type {bytes[1]} is unknown";
        if ((bytes[2] & ~(EventRecord.BackfillFlag | EventRecord.ErasedFlag)) != 0)
            return $"flags {bytes[2]} are unknown";
        if (bytes[3] > EventRecord.MaxIdentifiers)
            return $"{bytes[3]} identifiers exceed {EventRecord.MaxIdentifiers}";
        int offset = EventRecord.HeaderSize + bytes[3] * EventRecord.IdentifierSize;
        if (bytes.Length < offset)
            return "record ends inside its identifiers";
        if (!EventTime.IsInRange(EventRecord.FromTrusted(bytes).Time))
            return "time is outside 1990 to 2199";
        return FindInFields(bytes, offset) ?? FindInIdentifiers(EventRecord.FromTrusted(bytes));
    }

    private static string? FindInFields(ReadOnlySpan<byte> bytes, int offset)
    {
        int last = 0;
        while (offset < bytes.Length)
        {
            int start = offset;
            int tag = bytes[offset++];
            if (tag <= last)
                return $"field {tag} at byte {start} is out of order";
            last = tag;
            if (
                !Varint.TryRead(bytes[offset..], out ulong length, out int used)
                || length > (ulong)(bytes.Length - offset - used)
            )
                return $"field {tag} at byte {start} runs past the end";
            offset += used;
            if (!HasItsForm((EventField)tag, bytes.Slice(offset, (int)length)))
                return $"field {tag} at byte {start} has not its form";
            offset += (int)length;
        }
        return null;
    }

    private static bool HasItsForm(EventField field, ReadOnlySpan<byte> value) =>
        field switch
        {
            EventField.Address or EventField.Conversion => value.Length == Token.Size,
            EventField.Currency => Currency.TryParse(value, out _),
            EventField.Action => value.Length == 1 && value[0] <= (byte)DecisionAction.Deny,
            EventField.Verdict => value.Length == 1 && value[0] <= (byte)Verdict.Bot,
            EventField.Minor or EventField.Score or EventField.Status or EventField.Bytes => IsNumber(value, out _),
            EventField.From or EventField.To => IsNumber(value, out ulong time) && time < EventTime.End,
            EventField.Sealed or EventField.GateRecord => !value.IsEmpty,
            > EventField.GateRecord => false,
            _ => !value.IsEmpty && Utf8.IsValid(value),
        };

    private static bool IsNumber(ReadOnlySpan<byte> value, out ulong number) =>
        Varint.TryRead(value, out number, out int used) && used == value.Length;

    private static string? FindInIdentifiers(EventRecord record)
    {
        int customTypes = record.TryGet(EventField.CustomTypes, out ReadOnlySpan<byte> names)
            ? names.Count((byte)'\n') + 1
            : 0;
        IdentifierEntry last = default;
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            IdentifierEntry entry = record.Identifier(i);
            bool isKnown = entry.Type is >= IdentifierType.User and <= IdentifierType.Cookie;
            if (!isKnown && (uint)(entry.Type - IdentifierType.FirstCustom) >= customTypes)
                return $"identifier {i} has the unknown type {entry.Type}";
            if (entry.Type < last.Type || (entry.Type == last.Type && entry.Token.CompareTo(last.Token) <= 0))
                return $"identifier {i} is out of order";
            last = entry;
        }
        return null;
    }
}
