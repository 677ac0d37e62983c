using System.Buffers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>
/// Takes the personal part out of an event. Of a decision's record its link and its id stay, sealed anew, so that the chain of records goes on
/// over it and no number is missing. Any number of threads.
/// </summary>
internal static class ErasedRecords
{
    /// <summary>Bytes of a record that tell its version, kind and id (<see cref="DecisionRecord.TryReadId"/>).</summary>
    public const int HeadSize = 26;

    private const int KeptSize = RecordChain.LinkSize + HeadSize;

    /// <summary>What the event is to be stored as.</summary>
    /// <param name="keys">Open the record of a decision; without any it goes whole.</param>
    public static ReplacedEvent Strip(long position, ReadOnlySpan<byte> bytes, ITenantKeys? keys)
    {
        EventRecord record = EventRecord.FromTrusted(bytes);
        ArrayBufferWriter<byte> head = new();
        if (keys is not null && record.TryGet(EventField.GateRecord, out ReadOnlySpan<byte> sealedBytes))
            SealHead(sealedBytes, record.Id, keys, head);
        return new(position, ErasedEvent.Strip(record, head.WrittenSpan, out int freeAt), freeAt);
    }

    /// <summary>Opens the link and head of an erased decision's record.</summary>
    /// <exception cref="SealException">It was changed.</exception>
    public static void OpenHead(ITenantKeys keys, ReadOnlySpan<byte> field, Token id, IBufferWriter<byte> target)
    {
        if (field.Length < KeptSize + ITenantKeys.SealedOverhead)
            throw new SealException("an erased record is too short");
        keys.Open(field[..(KeptSize + ITenantKeys.SealedOverhead)], id, target);
    }

    // One that does not open was damaged before: it goes whole, and the verification of the chain says so as it did.
    private static void SealHead(
        ReadOnlySpan<byte> sealedBytes,
        Token id,
        ITenantKeys keys,
        ArrayBufferWriter<byte> head
    )
    {
        ArrayBufferWriter<byte> opened = new();
        try
        {
            keys.Open(sealedBytes, id, opened);
        }
        catch (SealException)
        {
            return;
        }
        if (opened.WrittenCount >= KeptSize)
            keys.Seal(opened.WrittenSpan[..KeptSize], id, head);
    }
}
