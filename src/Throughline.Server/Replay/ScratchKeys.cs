using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Server.Replay;

/// <summary>
/// Keys for events that never leave memory: the same on every machine, so that digests of the same events can be compared
/// anywhere. They protect nothing; personal fields are dropped instead of sealed. Not for several threads at once.
/// </summary>
public sealed class ScratchKeys : IEventKeys
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHMAC(
        HashAlgorithmName.SHA256,
        "throughline scratch keys"u8
    );

    public int KeyVersion => 1;

    public Token Tokenise(string type, ReadOnlySpan<byte> normalisedUtf8)
    {
        Span<byte> name = stackalloc byte[EventLimits.IdentifierType + 1];
        int length = Encoding.ASCII.GetBytes(type, name);
        name[length] = 0;
        return HashOf(name[..(length + 1)], normalisedUtf8);
    }

    public Token EventId(ReadOnlySpan<byte> id) => HashOf("event\0"u8, id);

    public Token Content(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> personalJson) => HashOf(clear, personalJson);

    public void Seal(ReadOnlySpan<byte> plain, Token eventId, IBufferWriter<byte> target) { }

    private Token HashOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        hash.AppendData(first);
        hash.AppendData(second);
        Span<byte> full = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(full);
        return Token.Read(full);
    }
}
