using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>Damaged records are refused, or are records: nothing that passes the check throws when it is read.</summary>
public sealed class EventRecordCorruptionTests
{
    private static readonly byte[][] Records = [.. EventSamples.All.Values.Select(json => EventSamples.Encode(json))];

    [Fact]
    public void TryFromUntrusted_CutOffAnywhere_IsRefusedOrReadable()
    {
        int refused = 0;
        foreach (byte[] record in Records)
        {
            for (int length = 0; length < record.Length; length++)
                refused += ReadIfAccepted(record.AsSpan(0, length)) ? 0 : 1;
        }
        Assert.True(refused > Records.Sum(record => record.Length) * 8 / 10, $"{refused} refused");
    }

    [Fact]
    public void TryFromUntrusted_EveryBitFlipped_IsRefusedOrReadable()
    {
        foreach (byte[] record in Records)
        {
            for (int bit = 0; bit < record.Length * 8; bit++)
            {
                record[bit / 8] ^= (byte)(1 << (bit % 8));
                ReadIfAccepted(record);
                record[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void TryFromUntrusted_RandomMutations_AreRefusedOrReadable()
    {
        Random random = Seeds.Random();
        int rounds = LongTests.Rounds(20_000, 1_000_000);
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] record = [.. Records[random.Next(Records.Length)]];
            for (int change = random.Next(1, 6); change > 0; change--)
                record = Mutate(record, random);
            refused += ReadIfAccepted(record) ? 0 : 1;
        }
        Assert.InRange(refused, rounds / 10, rounds);
    }

    [Theory]
    [InlineData(0, 2, "version 2")]
    [InlineData(1, 0, "type 0")]
    [InlineData(1, 16, "type 16")]
    [InlineData(2, 4, "flags 4")]
    [InlineData(3, 11, "11 identifiers")]
    [InlineData(48, 0, "unknown type 0")]
    [InlineData(48, 6, "unknown type 6")]
    [InlineData(48, 200, "unknown type 200")]
    [InlineData(48, 5, "out of order")]
    [InlineData(15, 127, "time")]
    public void TryFromUntrusted_DamagedByte_SaysWhat(int at, byte value, string part)
    {
        byte[] record = [.. Records[0]];
        record[at] = value;
        Assert.False(EventRecord.TryFromUntrusted(record, out _, out string error));
        Assert.Contains(part, error);
    }

    private static byte[] Mutate(byte[] record, Random random)
    {
        int at = random.Next(record.Length);
        switch (random.Next(4))
        {
            case 0:
                record[at] = (byte)random.Next(256);
                return record;
            case 1:
                return [.. record[..at], (byte)random.Next(256), .. record[at..]];
            case 2:
                return record.Length > 1 ? [.. record[..at], .. record[(at + 1)..]] : record;
            default:
                return record[..Math.Max(1, at)];
        }
    }

    /// <summary>True if the bytes pass as a record; then everything of it has been read.</summary>
    private static bool ReadIfAccepted(ReadOnlySpan<byte> bytes)
    {
        if (!EventRecord.TryFromUntrusted(bytes, out EventRecord record, out string error))
        {
            Assert.NotEqual("", error);
            return false;
        }
        Assert.Equal("", error);
        for (int i = 0; i < record.IdentifierCount; i++)
            Assert.NotEqual(0, record.Identifier(i).Type);
        foreach (EventRecord.Field field in record)
        {
            Assert.True(record.TryGet(field.Tag, out ReadOnlySpan<byte> value));
            Assert.True(value.SequenceEqual(field.Value));
            if (field.Tag is EventField.Minor or EventField.Score or EventField.Status or EventField.Bytes)
                Assert.NotNull(record.Number(field.Tag));
            else if (field.Tag is EventField.From or EventField.To)
                Assert.Equal(24, EventTime.ToText(record.Number(field.Tag) ?? 0).Length);
            else
                Assert.NotNull(record.Text(field.Tag));
        }
        return true;
    }
}
