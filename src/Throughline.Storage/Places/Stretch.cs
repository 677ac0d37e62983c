using System.Globalization;
using System.Numerics;
using Throughline.Core.Events;

namespace Throughline.Storage.Places;

/// <summary>
/// Neighbouring records of a log that have a file of their own. An entry of it is a token's leading bits and the number of a record that shows
/// the token: the more records, the fewer bits of tokens.
/// </summary>
internal readonly record struct Stretch(long First, long Records)
{
    /// <summary>36 bits of a token are left: of 100 look-ups in so many records of 2.5 tokens each one finds a record too many.</summary>
    public const long RecordsMax = 1 << 28;

    private const string Suffix = ".tlpl";

    public long End => First + Records;

    private int OffsetBits => BitOperations.Log2((ulong)(Records - 1)) + 1;

    public ulong PrefixOf(Token token) => token.High >> OffsetBits;

    public ulong PrefixOf(ulong entry) => entry >> OffsetBits;

    public ulong EntryOf(ulong prefix, long number) => (prefix << OffsetBits) | (ulong)(number - First);

    /// <summary>The record that an entry is of.</summary>
    public long NumberOf(ulong entry) => First + (long)(entry & ((1UL << OffsetBits) - 1));

    /// <summary>Whether this one is larger and holds all records of the other.</summary>
    public bool Covers(Stretch other) => Records > other.Records && First <= other.First && other.End <= End;

    public string PathIn(string folder, string name) =>
        Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"places-{name}-{First:d14}-{Records}{Suffix}")
        );

    /// <summary>All files of a name, of whatever stretch and form.</summary>
    public static string[] PathsIn(string folder, string name) =>
        Directory.GetFiles(folder, $"places-{name}-*{Suffix}");

    /// <summary>The stretch that a file is named after.</summary>
    public static bool TryParse(string path, out Stretch stretch)
    {
        string[] parts = Path.GetFileNameWithoutExtension(path).Split('-');
        stretch = default;
        if (
            parts.Length != 4
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            || !long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out long records)
        )
            return false;
        stretch = new(first, records);
        return true;
    }
}
