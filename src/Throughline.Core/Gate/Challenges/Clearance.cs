using System.Buffers.Binary;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Challenges;

/// <summary>
/// The value of the cookie of a client that proved itself. Form 2, little-endian, under the seal (<see cref="ChallengeSeal"/>):
/// <code>
///  0  u8 form (2)   1 u8 difficulty   2 u32 secret   6 u32 edge   10 i64 start   18 i64 sequence
/// 26  i64 given, ms   34 i64 ends, ms   42 u8 family   u8 bits   u64 network   52 u64 user agent
/// </code>
/// </summary>
public static class Clearance
{
    private const byte Form = 2;
    private const int Size = 60;

    /// <summary>Characters of a clearance, all alike.</summary>
    public const int TextSize = Size / 3 * 4 + 1 + ChallengeSeal.TextSize;

    /// <summary>The clearance that a solved task earns.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="holdsMs">From now on.</param>
    public static string Close(ChallengeSeal seal, ChallengeTicket solved, AddressRange range, long now, long holdsMs)
    {
        Span<byte> bytes = stackalloc byte[Size];
        (bytes[0], bytes[1]) = (Form, (byte)solved.Difficulty);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[2..], seal.KeyId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[6..], solved.Id.Edge);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[10..], solved.Id.Start);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[18..], solved.Id.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[26..], now);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[34..], now + holdsMs);
        range.Write(bytes[42..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[52..], solved.Agent);
        return seal.Close(SealUse.Clearance, bytes);
    }

    /// <summary>What a client's clearance is worth.</summary>
    public static ClearanceFacts Read(
        ChallengeSeal seal,
        ReadOnlySpan<char> text,
        IpAddress? address,
        ulong agent,
        long now
    )
    {
        Span<byte> bytes = stackalloc byte[Size];
        Span<byte> sealBytes = stackalloc byte[ChallengeSeal.Size];
        if (
            text.Length != TextSize
            || !ChallengeSeal.TrySplit(text, bytes, sealBytes, out int size)
            || size != Size
            || bytes[0] != Form
            || !seal.Holds(SealUse.Clearance, BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]), bytes, sealBytes)
        )
            return new(ClearanceState.Forged);
        DecisionId id = new(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[10..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[18..])
        );
        ClearanceState state =
            now >= BinaryPrimitives.ReadInt64LittleEndian(bytes[34..]) ? ClearanceState.Expired
            : !AddressRange.Read(bytes[42..]).Contains(address) ? ClearanceState.OtherAddress
            : BinaryPrimitives.ReadUInt64LittleEndian(bytes[52..]) != agent ? ClearanceState.OtherAgent
            : ClearanceState.Valid;
        long age = Math.Max(0, now - BinaryPrimitives.ReadInt64LittleEndian(bytes[26..]));
        return new(state, bytes[1], age, id.ToString());
    }
}
