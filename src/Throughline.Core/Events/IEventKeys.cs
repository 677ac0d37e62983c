using System.Buffers;

namespace Throughline.Core.Events;

/// <summary>
/// One tenant's keys in one version: how personal values become tokens and are sealed. Core holds no key; Storage/Keys implements
/// this. An instance never changes its version, so that one record's tokens all belong to it.
/// </summary>
public interface IEventKeys
{
    /// <summary>1 to 65,535; stored in every record.</summary>
    int KeyVersion { get; }

    /// <summary>The keyed hash of an identifier's type and normalised value; addresses have the type <c>address</c>.</summary>
    Token Tokenise(string type, ReadOnlySpan<byte> normalisedUtf8);

    /// <summary>The keyed hash of a sender's event id.</summary>
    Token EventId(ReadOnlySpan<byte> id);

    /// <summary>The keyed hash of what an event says: its fields in the clear, then the plain JSON of its sealed ones.</summary>
    Token Content(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> personalJson);

    /// <summary>Encrypts and authenticates so that it opens for this event alone; appends the result.</summary>
    void Seal(ReadOnlySpan<byte> plain, Token eventId, IBufferWriter<byte> target);
}
