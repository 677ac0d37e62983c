using System.Buffers;
using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Storage.Keys;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>Reads the chain of decisions out of a log: to verify it, or to go on with it.</summary>
internal static class ChainAudit
{
    private const int UnreadableMax = 1000;

    /// <summary>Verifies all records in the order of the log.</summary>
    public static AuditReport Run(
        ITenantLog log,
        ITenantKeys keys,
        ReadOnlySpan<byte> key,
        IReadOnlyList<ExportedHead> exported,
        CancellationToken cancellation
    )
    {
        ChainHead[] heads = [.. exported.Select(ChainFile.HeadOf).OfType<ChainHead>()];
        using ChainVerifier verifier = new(key, heads: heads);
        List<long> unreadable = [];
        ArrayBufferWriter<byte> opened = new();
        log.Scan(
            0,
            (position, bytes) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (!IsRecord(bytes, out EventRecord record, out ReadOnlySpan<byte> sealedBytes))
                    return true;
                if (record.IsErased && TryOpenErased(keys, record.Id, sealedBytes, opened))
                    verifier.AddErased(
                        opened.WrittenSpan[RecordChain.LinkSize..],
                        opened.WrittenSpan[..RecordChain.LinkSize]
                    );
                else if (TryOpen(keys, record.Id, sealedBytes, opened))
                    verifier.Add(
                        opened.WrittenSpan[RecordChain.LinkSize..],
                        opened.WrittenSpan[..RecordChain.LinkSize]
                    );
                else if (unreadable.Count < UnreadableMax)
                    unreadable.Add(position);
                return true;
            }
        );
        return new(verifier.Finish(), heads.Length, unreadable);
    }

    /// <summary>The link of the last record, its id, and how many there are: from the last exported head on.</summary>
    public static (byte[] Link, DecisionId Id, long Records) End(
        ITenantLog log,
        ITenantKeys keys,
        IReadOnlyList<ExportedHead> exported
    )
    {
        byte[] link = [];
        (DecisionId id, long records, long from) = (default, 0L, 0L);
        if (
            exported is [.., { } head]
            && head.Next <= log.NextPosition
            && ChainFile.TryLink(head.Link, out byte[] known)
            && DecisionId.TryParse(head.Id, out DecisionId last)
        )
            (link, id, records, from) = (known, last, head.Records, head.Next);
        ArrayBufferWriter<byte> opened = new();
        log.Scan(
            from,
            (_, bytes) =>
            {
                if (
                    !IsRecord(bytes, out EventRecord record, out ReadOnlySpan<byte> sealedBytes)
                    || !(
                        record.IsErased
                            ? TryOpenErased(keys, record.Id, sealedBytes, opened)
                            : TryOpen(keys, record.Id, sealedBytes, opened)
                    )
                )
                    return true;
                link = opened.WrittenSpan[..RecordChain.LinkSize].ToArray();
                DecisionRecord.TryReadId(opened.WrittenSpan[RecordChain.LinkSize..], out id);
                records++;
                return true;
            }
        );
        return (link, id, records);
    }

    /// <summary>The record of a stored decision; null if it is no decision of the platform's edge, or does not open.</summary>
    public static DecisionRecord? Read(ITenantKeys keys, ReadOnlySpan<byte> bytes)
    {
        ArrayBufferWriter<byte> opened = new();
        return
            IsRecord(bytes, out EventRecord record, out ReadOnlySpan<byte> sealedBytes)
            && TryOpen(keys, record.Id, sealedBytes, opened)
            && DecisionRecord.TryRead(opened.WrittenSpan[RecordChain.LinkSize..], out DecisionRecord? found)
            ? found
            : null;
    }

    private static bool IsRecord(ReadOnlySpan<byte> bytes, out EventRecord record, out ReadOnlySpan<byte> sealedBytes)
    {
        record = EventRecord.FromTrusted(bytes);
        sealedBytes = default;
        return record.Type == EventType.Decision && record.TryGet(EventField.GateRecord, out sealedBytes);
    }

    // Of an erased one its link and its id stay.
    private static bool TryOpenErased(
        ITenantKeys keys,
        Token id,
        ReadOnlySpan<byte> field,
        ArrayBufferWriter<byte> opened
    )
    {
        opened.ResetWrittenCount();
        try
        {
            ErasedRecords.OpenHead(keys, field, id, opened);
            return true;
        }
        catch (SealException)
        {
            return false;
        }
    }

    private static bool TryOpen(
        ITenantKeys keys,
        Token id,
        ReadOnlySpan<byte> sealedBytes,
        ArrayBufferWriter<byte> opened
    )
    {
        opened.ResetWrittenCount();
        try
        {
            keys.Open(sealedBytes, id, opened);
            return opened.WrittenCount > RecordChain.LinkSize;
        }
        catch (SealException)
        {
            return false;
        }
    }
}
