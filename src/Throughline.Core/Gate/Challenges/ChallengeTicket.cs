using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Challenges;

/// <summary>
/// A task, carried by the client alone: who it was given to, when, why, and where it comes back to. Form 1, little-endian, under the seal
/// (<see cref="ChallengeSeal"/>):
/// <code>
///  0  u8 form (1)   1 u8 difficulty   2 u32 secret
///  6  u32 edge   10 i64 start   18 i64 sequence         the decision that asked: the task's number
/// 26  i64 issued, ms   34 u32 holds for, ms   38 i32 rule (-1: none)   42 i64 version of the rules
/// 50  u8 family   u8 bits   u64 network   60 u64 user agent   68 the way back, ASCII
/// </code>
/// </summary>
/// <param name="Id">The decision that asked for the proof.</param>
/// <param name="Rule">Place of the rule that asked; -1: the score or the fail policy did.</param>
/// <param name="Agent">Of the user agent, see <see cref="AgentOf"/>.</param>
/// <param name="Return">See <see cref="ReturnPath"/>.</param>
public sealed record ChallengeTicket(
    DecisionId Id,
    int Difficulty,
    long IssuedAt,
    long HoldsMs,
    long Version,
    int Rule,
    AddressRange Range,
    ulong Agent,
    string Return
)
{
    private const byte Form = 1;
    private const int HeadSize = 68;

    /// <summary>A task from the clock of another node may be so much younger than now.</summary>
    private const long SkewMs = 60_000;

    /// <summary>Characters of a ticket at most.</summary>
    public const int TextMax = (HeadSize + ReturnPath.SizeMax + 2) / 3 * 4 + 1 + ChallengeSeal.TextSize;

    /// <summary>Stands for a user agent: 64 bits of its SHA-256, the same on all nodes.</summary>
    public static ulong AgentOf(string? userAgent)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(userAgent ?? ""), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>The task as the client carries it.</summary>
    public string Close(ChallengeSeal seal)
    {
        Span<byte> bytes = stackalloc byte[HeadSize + ReturnPath.SizeMax];
        (bytes[0], bytes[1]) = (Form, (byte)Difficulty);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[2..], seal.KeyId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[6..], Id.Edge);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[10..], Id.Start);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[18..], Id.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[26..], IssuedAt);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[34..], (uint)HoldsMs);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[38..], Rule);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[42..], Version);
        Range.Write(bytes[50..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[60..], Agent);
        int size = HeadSize + Encoding.ASCII.GetBytes(Return, bytes[HeadSize..]);
        return seal.Close(SealUse.Ticket, bytes[..size]);
    }

    /// <summary>What a page has to know of a ticket: the difficulty that it names; null if the text has not the form of one.</summary>
    public static int? DifficultyOf(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[HeadSize + ReturnPath.SizeMax];
        Span<byte> seal = stackalloc byte[ChallengeSeal.Size];
        return
            text.Length <= TextMax
            && ChallengeSeal.TrySplit(text, bytes, seal, out int size)
            && size > HeadSize
            && bytes[0] == Form
            && bytes[1] <= ProofOfWork.DifficultyMax
            ? bytes[1]
            : null;
    }

    /// <summary>
    /// Checks a proof, the cheapest first: its form, then its work by one hash, then the seal. Whether it was used before is another question:
    /// <see cref="SolvedBook"/>.
    /// </summary>
    /// <param name="text">The ticket.</param>
    /// <param name="number">The number that solves it.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="ticket">The ticket, if it is genuine, even if the proof is refused.</param>
    public static ChallengeFault Check(
        ChallengeSeal seal,
        ReadOnlySpan<char> text,
        ReadOnlySpan<char> number,
        IpAddress? address,
        ulong agent,
        long now,
        out ChallengeTicket? ticket
    )
    {
        ticket = null;
        Span<byte> bytes = stackalloc byte[HeadSize + ReturnPath.SizeMax];
        Span<byte> sealBytes = stackalloc byte[ChallengeSeal.Size];
        if (
            text.Length > TextMax
            || !ProofOfWork.IsNumber(number)
            || !ChallengeSeal.TrySplit(text, bytes, sealBytes, out int size)
            || size <= HeadSize
            || bytes[0] != Form
        )
            return ChallengeFault.Malformed;
        int difficulty = bytes[1];
        if (difficulty is < 1 or > ProofOfWork.DifficultyMax)
            return ChallengeFault.Forged;
        if (!ProofOfWork.IsSolution(text[^ChallengeSeal.TextSize..], number, difficulty))
            return ChallengeFault.TooLittleWork;
        uint key = BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]);
        if (!seal.Holds(SealUse.Ticket, key, bytes[..size], sealBytes))
            return ChallengeFault.Forged;
        ticket = Read(bytes[..size]);
        if (!ReturnPath.IsSafe(ticket.Return))
            return ChallengeFault.Malformed; // sealed by ourselves, and still nobody is sent elsewhere
        if (now - ticket.IssuedAt > ticket.HoldsMs || ticket.IssuedAt - now > SkewMs)
            return ChallengeFault.Expired;
        if (!ticket.Range.Contains(address))
            return ChallengeFault.OtherAddress;
        return ticket.Agent == agent ? ChallengeFault.None : ChallengeFault.OtherAgent;
    }

    private static ChallengeTicket Read(ReadOnlySpan<byte> bytes) =>
        new(
            new(
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[10..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[18..])
            ),
            bytes[1],
            BinaryPrimitives.ReadInt64LittleEndian(bytes[26..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[34..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[42..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[38..]),
            AddressRange.Read(bytes[50..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[60..]),
            Encoding.ASCII.GetString(bytes[HeadSize..])
        );
}
