namespace Throughline.Core.Events;

/// <summary>
/// The plain form of an event's sealed part, canonical so that it can be hashed: identifiers in the order of (type, normalised
/// value), absent members left out, nothing at all if all are absent.
/// <code>
/// {"identifiers":[{"type","value"}],"address":…,"query":…,"referrerQuery":…,"properties":{…},"traits":{…}}
/// </code>
/// </summary>
internal static class SealedJson
{
    public static void Write(RawEvent source, ByteArena target)
    {
        target.Clear();
        WriteIdentifiers(source, target);
        WriteMember("address"u8, source.Text(EventField.Address), target);
        WriteMember("query"u8, source.Query, target);
        WriteMember("referrerQuery"u8, source.ReferrerQuery, target);
        if (!source.PersonalProperties.IsEmpty)
        {
            Open("properties"u8, target);
            target.Append(source.PersonalProperties);
        }
        if (!source.Traits.IsEmpty)
        {
            Open("traits"u8, target);
            target.Append(source.Traits);
        }
        if (target.Length > 0)
            target.Append((byte)'}');
    }

    private static void WriteIdentifiers(RawEvent source, ByteArena target)
    {
        int count = source.IdentifierCount;
        while (count > 0 && source.Identifier(count - 1).IsDerived)
            count--; // they come last, and follow from the event again
        if (count == 0)
            return;
        Span<int> order = stackalloc int[EventLimits.Identifiers];
        order = order[..count];
        for (int i = 0; i < order.Length; i++)
        {
            int at = i;
            for (; at > 0 && Compare(source, i, order[at - 1]) < 0; at--)
                order[at] = order[at - 1];
            order[at] = i;
        }
        Open("identifiers"u8, target);
        for (int i = 0; i < order.Length; i++)
        {
            RawIdentifier identifier = source.Identifier(order[i]);
            target.Append(i == 0 ? "[{\"type\":\""u8 : ",{\"type\":\""u8);
            target.AppendAscii(identifier.Type);
            target.Append("\",\"value\":"u8);
            JsonText.Write(identifier.Value, target);
            target.Append((byte)'}');
        }
        target.Append((byte)']');
    }

    private static int Compare(RawEvent source, int x, int y)
    {
        RawIdentifier left = source.Identifier(x);
        RawIdentifier right = source.Identifier(y);
        int type = string.CompareOrdinal(left.Type, right.Type);
        return type != 0 ? type : left.Normalised.SequenceCompareTo(right.Normalised);
    }

    private static void WriteMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ByteArena target)
    {
        if (value.IsEmpty)
            return;
        Open(name, target);
        JsonText.Write(value, target);
    }

    private static void Open(ReadOnlySpan<byte> name, ByteArena target)
    {
        target.Append(target.Length == 0 ? "{\""u8 : ",\""u8);
        target.Append(name);
        target.Append("\":"u8);
    }
}
