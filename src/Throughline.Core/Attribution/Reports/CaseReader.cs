using System.Runtime.InteropServices;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution.Reports;

/// <summary>
/// Reads what reports need of stored conversions, one after another into one case, as <see cref="ConversionResult"/> wrote them. They name
/// the same few campaigns, kinds and rules again and again: each is one object here, so that reading makes none. Not for several threads.
/// </summary>
public sealed class CaseReader
{
    private readonly ConversionCase one = new();
    private readonly TextCache texts = new();
    private readonly Dictionary<long, CaseRule> rules = [];

    /// <summary>
    /// The case of a stored result, until the next is read: its time, kind, money, status, rules and shares, and the candidates that
    /// <see cref="CreditTally.IsAsked"/> names.
    /// </summary>
    public ConversionCase Read(ReadOnlySpan<byte> result)
    {
        Cursor cursor = new(result[ResultRecord.HeaderSize..], texts);
        one.Clear();
        one.Position = cursor.Number();
        one.Time = cursor.Number();
        cursor.Skip(Token.Size);
        one.Kind = cursor.Text();
        one.Minor = cursor.Number();
        one.Currency = (int)cursor.Number();
        cursor.Skip(2 * sizeof(byte)); // what it is said of the customer and the actor
        if (cursor.Number() >= 0) // the position of the one that it repeats
            cursor.Skip(Token.Size);
        for (long left = cursor.Number(); left > 0; left--)
            one.Rules.Add(Rule(ref cursor));
        ReadCandidates(ref cursor);
        for (long left = cursor.Number(); left > 0; left--)
        {
            cursor.SkipNumbers(2); // position, time
            cursor.Skip(Token.Size);
            cursor.SkipNumbers(1);
            cursor.Skip(sizeof(byte));
        }
        one.Status = (ConversionStatus)cursor.Byte();
        one.Refunded = cursor.Number();
        for (long left = cursor.Number(); left > 0; left--)
            one.Shares.Add(Share(ref cursor));
        return one;
    }

    private void ReadCandidates(ref Cursor cursor)
    {
        int count = (int)cursor.Number();
        CollectionsMarshal.SetCount(one.Candidates, count);
        Span<Candidate> candidates = CollectionsMarshal.AsSpan(one.Candidates);
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            ref Candidate candidate = ref candidates[kept];
            candidate = default;
            candidate.Position = cursor.Number();
            cursor.SkipNumbers(1); // start of the id
            candidate.Time = one.Time - cursor.Number();
            (candidate.Campaign, candidate.Kind, candidate.Channel) = cursor.Names();
            cursor.Skip(2 * sizeof(byte)); // flags, tier
            candidate.Rule = (int)cursor.Number();
            cursor.SkipNumbers(1); // tests that failed
            candidate.Reason = (TouchReason)cursor.Byte();
            candidate.Rank = (int)cursor.Number();
            candidate.Weight = cursor.Number();
            candidate.Minor = cursor.Number();
            candidate.Net = cursor.Number();
            if (CreditTally.IsAsked(candidate))
                kept++;
        }
        CollectionsMarshal.SetCount(one.Candidates, kept);
    }

    // The object that was made of it before, if there is one: a publication has one position.
    private CaseRule Rule(ref Cursor cursor)
    {
        (string campaign, string conversion) = (cursor.Text(), cursor.Text());
        (int version, long published, long position) = ((int)cursor.Number(), cursor.Number(), cursor.Number());
        (ulong digest, string group) = ((ulong)cursor.Number(), cursor.Text());
        if (
            rules.TryGetValue(position, out CaseRule? known)
            && known.Digest == digest
            && known.Version == version
            && known.Published == published
            && known.Campaign == campaign
            && known.Conversion == conversion
            && known.Group == group
        )
            return known;
        return rules[position] = new(campaign, conversion, version, published, position, digest, group);
    }

    private static GroupShare Share(ref Cursor cursor)
    {
        GroupShare share = new(
            cursor.Text(),
            (int)cursor.Number(),
            ((Int128)cursor.Number() << 62) | cursor.Number(),
            cursor.Number(),
            (int)cursor.Number(),
            cursor.Number(),
            cursor.Number(),
            cursor.Number(),
            default
        );
        if (cursor.Number() != 0) // version of the rates
        {
            cursor.SkipNumbers(1);
            cursor.Skip(sizeof(byte));
            cursor.SkipNumbers(1);
        }
        return share;
    }

    private ref struct Cursor(ReadOnlySpan<byte> bytes, TextCache texts)
    {
        private readonly ReadOnlySpan<byte> bytes = bytes;
        private int place;

        public byte Byte() => bytes[place++];

        public long Number()
        {
            ulong next = bytes[place++];
            ulong value = next & 0x7f;
            for (int shift = 7; next >= 0x80; shift += 7)
            {
                next = bytes[place++];
                value |= (next & 0x7f) << shift;
            }
            return Varint.UnZigZag(value);
        }

        public string Text()
        {
            int size = (int)Number();
            place += size;
            return texts[bytes.Slice(place - size, size)];
        }

        // Three texts, looked up as one: the same few come together again and again.
        public TouchName Names()
        {
            int first = place;
            for (int i = 0; i < 3; i++)
                Skip((int)Number());
            return texts.Names(bytes[first..place]);
        }

        public void Skip(int size) => place += size;

        public void SkipNumbers(int count)
        {
            for (; count > 0; count--)
                while (bytes[place++] >= 0x80) { }
        }
    }
}
