using System.Buffers;

namespace Throughline.Core.Events;

/// <summary>Labels as the platform itself would state them, to be tried in a rehearsal: they are never stored.</summary>
public static class LabelEvents
{
    /// <summary>Calls the actor of an event a bot in the five minutes of the event.</summary>
    /// <param name="number">Tells labels of one rehearsal apart.</param>
    public static byte[] Bot(in EventRecord of, int number)
    {
        EventRecordWriter writer = new();
        writer.Begin(EventType.Label, EventTime.End - 1, keyVersion: 0, backfill: false);
        for (int i = 0; i < of.IdentifierCount; i++)
            if (of.Identifier(i) is { Type: IdentifierType.Device or IdentifierType.Cookie } entry)
                writer.Identifier(entry.Type, entry.Token);
        if (of.TryGet(EventField.Address, out ReadOnlySpan<byte> address))
            writer.Bytes(EventField.Address, address);
        if (of.TryGet(EventField.UserAgent, out ReadOnlySpan<byte> agent))
            writer.Bytes(EventField.UserAgent, agent);
        writer.Number(EventField.From, of.Time);
        writer.Number(EventField.To, of.Time);
        writer.Byte(EventField.Verdict, (byte)Verdict.Bot);
        ArrayBufferWriter<byte> record = new();
        writer.Complete(new Token(ulong.MaxValue, (ulong)number), default, record);
        return record.WrittenSpan.ToArray();
    }
}
