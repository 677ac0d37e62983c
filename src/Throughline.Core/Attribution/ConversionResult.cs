using System.Text;
using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>The stored form of a conversion's result: the case's inputs and outcome, both whole, so that it can be derived again.</summary>
internal static class ConversionResult
{
    /// <summary>Names inputs and outcome by content, never by position or arrival: equal for equal sets of events.</summary>
    public static ulong ContentOf(ConversionCase conversion)
    {
        ulong hash = Mix.Three((ulong)conversion.Status, (ulong)conversion.Minor, (ulong)conversion.Refunded);
        if (conversion.DuplicateOf >= 0)
            hash = Mix.Three(hash, conversion.DuplicateOfId.High, conversion.DuplicateOfId.Low);
        foreach (CampaignRule rule in conversion.Rules)
        {
            hash = Mix.Three(hash, HashOf(rule.Campaign), (ulong)rule.Version);
            hash = Mix.Three(hash, (ulong)rule.Published, (ulong)rule.WindowMs);
        }
        foreach (Candidate candidate in conversion.Candidates)
        {
            hash = Mix.Three(hash, (ulong)candidate.Time, HashOf(candidate.Campaign));
            ulong kind = (ulong)candidate.IdStart << 16 | (candidate.IsBot ? 256UL : 0) | (ulong)candidate.Reason;
            hash = Mix.Three(hash, HashOf(candidate.Kind), kind);
            hash = Mix.Three(hash, (ulong)candidate.Minor, (ulong)candidate.Net);
        }
        foreach (RefundCase refund in conversion.Refunds)
        {
            hash = Mix.Three(hash, refund.Id.High, refund.Id.Low);
            hash = Mix.Three(hash, (ulong)refund.Minor, refund.SameCurrency ? 1UL : 0);
        }
        foreach (GroupShare share in conversion.Shares)
            hash = Mix.Three(
                hash,
                HashOf(share.Group),
                Mix.Two((ulong)share.Unattributed, (ulong)share.NetUnattributed)
            );
        return hash;
    }

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
        foreach (CampaignRule rule in conversion.Rules)
        {
            writer.Text(rule.Campaign);
            writer.Number(rule.Version);
            writer.Number(rule.WindowMs);
            writer.Byte((byte)rule.Model);
            writer.Number(rule.Priority);
            writer.Text(rule.Group);
            writer.Number(rule.ValidFrom);
            writer.Number(rule.ValidTo);
            writer.Byte(rule.Restate ? (byte)1 : (byte)0);
            writer.Number(rule.Published);
            writer.Number(rule.Position);
        }
        writer.Number(conversion.Candidates.Count);
        foreach (Candidate candidate in conversion.Candidates)
        {
            writer.Number(candidate.Position);
            writer.Number(candidate.IdStart);
            writer.Number(conversion.Time - candidate.Time);
            writer.Text(candidate.Campaign);
            writer.Text(candidate.Kind);
            writer.Byte(candidate.IsBot ? (byte)1 : (byte)0);
            writer.Number(candidate.Rule);
            writer.Byte((byte)candidate.Reason);
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
            writer.Number(share.Unattributed);
            writer.Number(share.NetUnattributed);
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
                    (int)reader.Number(),
                    reader.Number(),
                    (CreditModel)reader.Byte(),
                    (int)reader.Number(),
                    reader.Text(),
                    reader.Number(),
                    reader.Number(),
                    reader.Byte() != 0,
                    reader.Number(),
                    reader.Number()
                )
            );
        for (long left = reader.Number(); left > 0; left--)
        {
            Candidate candidate = new()
            {
                Position = reader.Number(),
                IdStart = (ushort)reader.Number(),
                Time = conversion.Time - reader.Number(),
                Campaign = reader.Text(),
                Kind = reader.Text(),
                IsBot = reader.Byte() != 0,
                Rule = (int)reader.Number(),
                Reason = (TouchReason)reader.Byte(),
                Minor = reader.Number(),
                Net = reader.Number(),
            };
            candidate.IsClick = candidate.Kind == "click";
            conversion.Candidates.Add(candidate);
        }
        for (long left = reader.Number(); left > 0; left--)
            conversion.Refunds.Add(
                new(reader.Number(), reader.Number(), reader.Token(), reader.Number(), reader.Byte() != 0)
            );
        conversion.Status = (ConversionStatus)reader.Byte();
        conversion.Refunded = reader.Number();
        for (long left = reader.Number(); left > 0; left--)
            conversion.Shares.Add(new(reader.Text(), reader.Number(), reader.Number()));
        return conversion;
    }
}
