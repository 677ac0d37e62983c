using System.Text;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>
/// The stored form of a conversion's result: the case's inputs and outcome, both whole, so that it can be derived again. A rule is named
/// by its publication in the log and by the digest of its document.
/// </summary>
internal static class ConversionResult
{
    private const byte BotFlag = 1;
    private const byte MachineFlag = 2;
    private const byte InverseFlag = 0x80;

    /// <summary>Names inputs and outcome by content, never by position or arrival: equal for equal sets of events.</summary>
    public static ulong ContentOf(ConversionCase conversion)
    {
        ulong hash = Mix.Three((ulong)conversion.Status, (ulong)conversion.Minor, (ulong)conversion.Refunded);
        if (conversion.DuplicateOf >= 0)
            hash = Mix.Three(hash, conversion.DuplicateOfId.High, conversion.DuplicateOfId.Low);
        foreach (CaseRule rule in conversion.Rules)
            hash = Mix.Three(hash, rule.Digest, (ulong)rule.Published);
        foreach (Candidate candidate in conversion.Candidates)
        {
            hash = Mix.Three(hash, (ulong)candidate.Time, HashOf(candidate.Campaign));
            ulong kind = (ulong)candidate.IdStart << 16 | (ulong)FlagsOf(candidate) << 8 | (ulong)candidate.Reason;
            hash = Mix.Three(hash, HashOf(candidate.Kind), kind);
            hash = Mix.Three(hash, (ulong)candidate.Failed << 32 | (uint)candidate.Rank, (ulong)candidate.Weight);
            hash = Mix.Three(hash, (ulong)candidate.Minor, (ulong)candidate.Net ^ (ulong)candidate.Tier << 56);
        }
        foreach (RefundCase refund in conversion.Refunds)
        {
            hash = Mix.Three(hash, refund.Id.High, refund.Id.Low);
            hash = Mix.Three(hash, (ulong)refund.Minor, refund.SameCurrency ? 1UL : 0);
        }
        foreach (GroupShare share in conversion.Shares)
        {
            hash = Mix.Three(
                hash,
                HashOf(share.Group),
                Mix.Two((ulong)share.Unattributed, (ulong)share.NetUnattributed)
            );
            hash = Mix.Three(hash, (ulong)share.Value, (ulong)share.NetValue ^ (ulong)share.Currency << 32);
            if (!share.Rate.IsNone)
                hash = Mix.Three(
                    Mix.Two(hash, (ulong)share.Rate.Version << 32 | (uint)share.Rate.Day),
                    (ulong)share.Rate.Rate.Mantissa,
                    ScaleOf(share.Rate)
                );
        }
        return hash;
    }

    private static byte FlagsOf(in Candidate candidate) =>
        (byte)((candidate.IsBot ? BotFlag : 0) | (candidate.IsMachineOpen ? MachineFlag : 0));

    private static ulong HashOf(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> utf8 = most <= 512 ? stackalloc byte[512] : new byte[most];
        return Mix.Bytes(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    public static void Write(ConversionCase conversion, ref ResultWriter writer)
    {
        writer.Number(conversion.Position);
        writer.Number(conversion.Time);
        writer.Token(conversion.Id);
        writer.Text(conversion.Kind);
        writer.Number(conversion.Minor);
        writer.Number(conversion.Currency);
        writer.Byte((byte)((conversion.HasCustomer ? 1 : 0) | (conversion.IsCustomerTooLarge ? 2 : 0)));
        writer.Byte(conversion.IsBot ? (byte)1 : (byte)0);
        writer.Number(conversion.DuplicateOf);
        if (conversion.DuplicateOf >= 0)
            writer.Token(conversion.DuplicateOfId);
        writer.Number(conversion.Rules.Count);
        foreach (CaseRule rule in conversion.Rules)
        {
            writer.Text(rule.Campaign);
            writer.Text(rule.Conversion);
            writer.Number(rule.Version);
            writer.Number(rule.Published);
            writer.Number(rule.Position);
            writer.Number((long)rule.Digest);
            writer.Text(rule.Group);
        }
        writer.Number(conversion.Candidates.Count);
        foreach (Candidate candidate in conversion.Candidates)
        {
            writer.Number(candidate.Position);
            writer.Number(candidate.IdStart);
            writer.Number(conversion.Time - candidate.Time);
            writer.Text(candidate.Campaign);
            writer.Text(candidate.Kind);
            writer.Text(candidate.Channel ?? "");
            writer.Byte(FlagsOf(candidate));
            writer.Byte((byte)candidate.Tier);
            writer.Number(candidate.Rule);
            writer.Number(candidate.Failed);
            writer.Byte((byte)candidate.Reason);
            writer.Number(candidate.Rank);
            writer.Number(candidate.Weight);
            writer.Number(candidate.Minor);
            writer.Number(candidate.Net);
        }
        writer.Number(conversion.Refunds.Count);
        foreach (RefundCase refund in conversion.Refunds)
        {
            writer.Number(refund.Position);
            writer.Number(refund.Time);
            writer.Token(refund.Id);
            writer.Number(refund.Minor);
            writer.Byte(refund.SameCurrency ? (byte)1 : (byte)0);
        }
        writer.Byte((byte)conversion.Status);
        writer.Number(conversion.Refunded);
        writer.Number(conversion.Shares.Count);
        foreach (GroupShare share in conversion.Shares)
        {
            writer.Text(share.Group);
            writer.Number(share.Rule);
            writer.Number((long)(share.Weights >> 62));
            writer.Number((long)(share.Weights & ((Int128.One << 62) - 1)));
            writer.Number(share.Value);
            writer.Number(share.Currency);
            writer.Number(share.Unattributed);
            writer.Number(share.NetValue);
            writer.Number(share.NetUnattributed);
            writer.Number(share.Rate.Version);
            if (share.Rate.IsNone)
                continue;
            writer.Number(share.Rate.Rate.Mantissa);
            writer.Byte(ScaleOf(share.Rate));
            writer.Number(share.Rate.Day);
        }
    }

    public static ConversionCase Read(ResultRecord record)
    {
        PayloadReader reader = record.Payload;
        ConversionCase conversion = new()
        {
            Position = reader.Number(),
            Time = reader.Number(),
            Id = reader.Token(),
            Kind = reader.Text(),
            Minor = reader.Number(),
            Currency = (int)reader.Number(),
        };
        byte customer = reader.Byte();
        conversion.HasCustomer = (customer & 1) != 0;
        conversion.IsCustomerTooLarge = (customer & 2) != 0;
        conversion.IsBot = reader.Byte() != 0;
        conversion.DuplicateOf = reader.Number();
        if (conversion.DuplicateOf >= 0)
            conversion.DuplicateOfId = reader.Token();
        for (long left = reader.Number(); left > 0; left--)
            conversion.Rules.Add(
                new(
                    reader.Text(),
                    reader.Text(),
                    (int)reader.Number(),
                    reader.Number(),
                    reader.Number(),
                    (ulong)reader.Number(),
                    reader.Text()
                )
            );
        for (long left = reader.Number(); left > 0; left--)
            conversion.Candidates.Add(ReadCandidate(ref reader, conversion.Time));
        for (long left = reader.Number(); left > 0; left--)
            conversion.Refunds.Add(
                new(reader.Number(), reader.Number(), reader.Token(), reader.Number(), reader.Byte() != 0)
            );
        conversion.Status = (ConversionStatus)reader.Byte();
        conversion.Refunded = reader.Number();
        for (long left = reader.Number(); left > 0; left--)
            conversion.Shares.Add(
                new(
                    reader.Text(),
                    (int)reader.Number(),
                    ((Int128)reader.Number() << 62) | reader.Number(),
                    reader.Number(),
                    (int)reader.Number(),
                    reader.Number(),
                    reader.Number(),
                    reader.Number(),
                    ReadRate(ref reader)
                )
            );
        return conversion;
    }

    // The scale, and in its highest bit whether the rate is of the other direction.
    private static byte ScaleOf(in RateUse rate) => (byte)(rate.Rate.Scale | (rate.IsInverse ? InverseFlag : 0));

    private static RateUse ReadRate(ref PayloadReader reader)
    {
        int version = (int)reader.Number();
        if (version == 0)
            return default;
        long mantissa = reader.Number();
        byte scale = reader.Byte();
        bool isInverse = (scale & InverseFlag) != 0;
        return new(ExchangeRate.FromTrusted(mantissa, scale & ~InverseFlag), isInverse, (int)reader.Number(), version);
    }

    private static Candidate ReadCandidate(ref PayloadReader reader, long conversion)
    {
        Candidate candidate = new()
        {
            Position = reader.Number(),
            IdStart = (ushort)reader.Number(),
            Time = conversion - reader.Number(),
            Campaign = reader.Text(),
            Kind = reader.Text(),
            Channel = reader.Text(),
        };
        byte flags = reader.Byte();
        candidate.IsBot = (flags & BotFlag) != 0;
        candidate.IsMachineOpen = (flags & MachineFlag) != 0;
        candidate.IsClick = candidate.Kind == "click";
        candidate.Tier = reader.Byte();
        candidate.Rule = (int)reader.Number();
        candidate.Failed = (uint)reader.Number();
        candidate.Reason = (TouchReason)reader.Byte();
        candidate.Rank = (int)reader.Number();
        candidate.Weight = reader.Number();
        candidate.Minor = reader.Number();
        candidate.Net = reader.Number();
        return candidate;
    }
}
