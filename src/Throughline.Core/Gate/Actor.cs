using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Gate;

/// <summary>
/// Who acted, as far as one event tells: its device (the least, if several), else its cookie, else its address together
/// with its user agent, else nobody in particular.
/// </summary>
internal static class Actor
{
    /// <summary>Stands for events that name no actor; it never gets a verdict.</summary>
    public static readonly Token Nobody = default;

    public static Token Of(in EventRecord record)
    {
        Token cookie = Nobody;
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            IdentifierEntry entry = record.Identifier(i); // ascending by type, then token
            if (entry.Type == IdentifierType.Device)
                return entry.Token;
            if (entry.Type == IdentifierType.Cookie && cookie == Nobody)
                cookie = entry.Token;
        }
        if (cookie != Nobody || !record.TryGet(EventField.Address, out ReadOnlySpan<byte> address))
            return cookie;
        Token token = Token.Read(address);
        record.TryGet(EventField.UserAgent, out ReadOnlySpan<byte> agent);
        ulong hash = Mix.Bytes(agent);
        return new(Mix.Three(token.High, hash, 1), Mix.Three(token.Low, hash, 2));
    }
}
