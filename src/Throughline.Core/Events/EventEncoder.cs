using System.Buffers;

namespace Throughline.Core.Events;

/// <summary>
/// Turns a valid event into its stored record: identifiers and address become tokens, personal fields are sealed, the rest is written
/// in the clear. Reusable, allocates nothing once warm; not for use by several threads at once.
/// </summary>
public sealed class EventEncoder(IEventKeys keys)
{
    private readonly EventRecordWriter writer = new();
    private readonly ByteArena plain = new();
    private readonly ByteArena sealedBytes = new();
    private readonly List<string> customTypes = [];
    private readonly IdentifierEntry[] entries = new IdentifierEntry[EventLimits.Identifiers];

    /// <summary>Appends the record to <paramref name="target"/> and seals it there.</summary>
    /// <param name="backfill">True for an import: the horizon is off for it. Not part of the content hash.</param>
    /// <param name="gateRecord">Of a decision of the platform's own edge: its link and record; see <see cref="EventField.GateRecord"/>.</param>
    public void Encode(RawEvent source, bool backfill, RecordBuffer target, ReadOnlySpan<byte> gateRecord = default)
    {
        writer.Begin(source.Type, source.Time, keys.KeyVersion, backfill: false);
        WriteIdentifiers(source);
        WriteText(source, EventField.Id);
        WriteText(source, EventField.Name);
        if (source.Has(EventField.Address))
            writer.Token(EventField.Address, keys.Tokenise("address", source.Text(EventField.Address)));
        for (EventField field = EventField.UserAgent; field <= EventField.OrderId; field++)
            WriteText(source, field);
        WriteValue(source);
        if (source.Has(EventField.ConversionId))
            writer.Token(EventField.Conversion, keys.EventId(source.Text(EventField.ConversionId)));
        for (EventField field = EventField.ConversionId; field <= EventField.Path; field++)
            WriteText(source, field);
        WriteNumber(EventField.Status, source.Status);
        WriteText(source, EventField.Referrer);
        WriteText(source, EventField.RequestId);
        if (source.Action is { } action)
            writer.Byte(EventField.Action, (byte)action);
        WriteNumber(EventField.Score, source.Score);
        WriteNumber(EventField.From, source.From);
        WriteNumber(EventField.To, source.To);
        if (source.Verdict is { } verdict)
            writer.Byte(EventField.Verdict, (byte)verdict);
        WriteText(source, EventField.Purposes);
        WriteText(source, EventField.Properties);
        WriteCustomTypes();
        WriteNumber(EventField.Bytes, source.Bytes);

        SealedJson.Write(source, plain);
        Token id = keys.EventId(source.Id);
        int personal = plain.Length;
        plain.Append(gateRecord);
        Token content = keys.Content(writer.Written, plain.Written);
        Seal(EventField.Sealed, plain.Written[..personal], id);
        Seal(EventField.GateRecord, gateRecord, id);
        if (backfill)
            writer.MarkBackfill();
        writer.Complete(id, content, target);
        target.Seal();
    }

    private void Seal(EventField field, ReadOnlySpan<byte> bytes, Token id)
    {
        if (bytes.IsEmpty)
            return;
        sealedBytes.Clear();
        keys.Seal(bytes, id, sealedBytes);
        writer.Bytes(field, sealedBytes.Written);
    }

    /// <summary>Identifiers ascend by (code, token); custom types get their codes by their names' order.</summary>
    private void WriteIdentifiers(RawEvent source)
    {
        customTypes.Clear();
        for (int i = 0; i < source.IdentifierCount; i++)
        {
            if (source.Identifier(i).IsBlocked)
                continue;
            string type = source.Identifier(i).Type;
            if (!IdentifierType.TryCodeOf(type, out _) && !customTypes.Contains(type))
                customTypes.Add(type);
        }
        customTypes.Sort(StringComparer.Ordinal);

        int count = 0;
        for (int i = 0; i < source.IdentifierCount; i++)
        {
            RawIdentifier identifier = source.Identifier(i);
            if (identifier.IsBlocked)
                continue;
            if (!IdentifierType.TryCodeOf(identifier.Type, out byte code))
                code = (byte)(IdentifierType.FirstCustom + customTypes.IndexOf(identifier.Type));
            Insert(new(code, keys.Tokenise(identifier.Type, identifier.Normalised)), ref count);
        }
        for (int i = 0; i < count; i++)
            if (i == 0 || entries[i] != entries[i - 1])
                writer.Identifier(entries[i].Type, entries[i].Token);
    }

    private void Insert(IdentifierEntry entry, ref int count)
    {
        int at = count++;
        for (; at > 0 && IsBefore(entry, entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }

    private static bool IsBefore(IdentifierEntry x, IdentifierEntry y) =>
        x.Type != y.Type ? x.Type < y.Type : x.Token.CompareTo(y.Token) < 0;

    private void WriteValue(RawEvent source)
    {
        if (source.Value is not { } value)
            return;
        writer.Number(EventField.Minor, value.Minor);
        Span<byte> code = stackalloc byte[3];
        writer.Bytes(EventField.Currency, code[..value.Currency.Write(code)]);
    }

    private void WriteCustomTypes()
    {
        if (customTypes.Count == 0)
            return;
        Span<byte> names = stackalloc byte[EventLimits.Identifiers * (EventLimits.IdentifierType + 1)];
        int length = 0;
        foreach (string name in customTypes)
        {
            if (length > 0)
                names[length++] = (byte)'\n';
            length += System.Text.Encoding.ASCII.GetBytes(name, names[length..]);
        }
        writer.Bytes(EventField.CustomTypes, names[..length]);
    }

    private void WriteText(RawEvent source, EventField field)
    {
        if (source.Has(field))
            writer.Bytes(field, source.Text(field));
    }

    private void WriteNumber(EventField field, long? value)
    {
        if (value is { } number)
            writer.Number(field, number);
    }
}
