using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Throughline.Core.Gate.Challenges;

/// <summary>
/// The task of a challenge: find a number whose decimal digits, behind the seal of the ticket, have a SHA-256 that begins with so many zero
/// bits. Seal and digits fit into one block, so that checking costs one compression. A client needs 2^difficulty hashes on average.
/// </summary>
public static class ProofOfWork
{
    /// <summary>256 times the usual work: nobody waits for more.</summary>
    public const int DifficultyMax = 24;

    /// <summary>Digits of a number at most: with a seal of 43 characters it is 55 bytes, the most that one block holds.</summary>
    public const int DigitsMax = 12;

    /// <summary>Whether a number solves the task; anything but plain decimal digits without leading zeros is no number.</summary>
    public static bool IsSolution(ReadOnlySpan<char> seal, ReadOnlySpan<char> number, int difficulty)
    {
        if (seal.Length != ChallengeSeal.TextSize || !IsNumber(number))
            return false;
        Span<byte> text = stackalloc byte[ChallengeSeal.TextSize + DigitsMax];
        if (!Ascii.IsValid(seal))
            return false;
        int size = Encoding.ASCII.GetBytes(seal, text);
        size += Encoding.ASCII.GetBytes(number, text[size..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..size], hash);
        return LeadingZeros(hash) >= difficulty;
    }

    /// <summary>Whether a text is a number that may solve a task.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= DigitsMax
        && !text.ContainsAnyExceptInRange('0', '9')
        && (text[0] != '0' || text.Length == 1);

    private static int LeadingZeros(ReadOnlySpan<byte> hash)
    {
        ulong first = BinaryPrimitives.ReadUInt64BigEndian(hash); // more than any difficulty
        return BitOperations.LeadingZeroCount(first);
    }
}
