using System.Globalization;
using System.Text;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>
/// Writes what became of conversions as rows: one for each candidate touch, oldest first, and one for what of the value nobody
/// earned, without a touch. A conversion has at least one row.
/// </summary>
internal sealed class CreditWriter(PartitionLoader loader, BatchNames names, CompiledRules rules)
{
    public static ReadOnlySpan<byte> Header => "conversion,campaign,touch,rank,minor,weight,reason,rule,version\n"u8;

    private const byte Comma = (byte)',';
    private const byte End = (byte)'\n';

    private static readonly byte[][] Reasons = Cells<TouchReason>();
    private static readonly byte[][] Statuses = Cells<ConversionStatus>();

    private readonly RuleGroups groups = new(rules);
    private readonly byte[][] ruleCells = [.. rules.Rules.Select(rule => RuleCells(rule.Rule))];

    /// <summary>Appends the rows of one conversion of the timeline that a kernel has evaluated; gives how many.</summary>
    /// <param name="conversion">Its place in the timeline.</param>
    /// <param name="firstTouch">The place of the timeline's first touch in the loader, likewise <paramref name="firstConversion"/>.</param>
    public int Write(TimelineKernel kernel, int conversion, int firstTouch, int firstConversion, CreditText text)
    {
        ref readonly ConversionCredit credit = ref kernel.Conversions[conversion];
        ReadOnlySpan<byte> id = IdOf(firstConversion + conversion);
        int rows = 0;
        foreach (
            ref readonly CandidateCredit candidate in kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates)
        )
        {
            WriteCandidate(kernel, credit, candidate, id, firstTouch + candidate.Touch, text);
            rows++;
        }
        foreach (ref readonly GroupCredit group in kernel.Groups.Slice(credit.FirstGroup, credit.Groups))
            if (group.NetUnattributed > 0 || (rows == 0 && credit.Status != ConversionStatus.Attributed))
            {
                ConversionStatus status =
                    credit.Status == ConversionStatus.Attributed ? ConversionStatus.Unattributed : credit.Status;
                WriteRest(id, group.NetUnattributed, status, group.Rule, text);
                rows++;
            }
        if (rows > 0)
            return rows;
        WriteRest(id, 0, credit.Status, -1, text);
        return 1;
    }

    private void WriteCandidate(
        TimelineKernel kernel,
        in ConversionCredit credit,
        in CandidateCredit candidate,
        ReadOnlySpan<byte> id,
        int touch,
        CreditText text
    )
    {
        int row = loader.Touches.RowAt(touch);
        ref readonly TouchHead head = ref loader.Touches.Head(row);
        text.Text(id);
        text.Raw(Comma);
        text.Raw(names.CampaignCell(head.Campaign));
        text.Raw(Comma);
        text.Text(loader.Touches.Texts(row)[..head.Place.IdBytes]);
        text.Raw(Comma);
        if (candidate.Rank > 0)
            text.Number(candidate.Rank);
        text.Raw(Comma);
        text.Number(candidate.Net);
        text.Raw(Comma);
        text.Share(candidate.Weight, candidate.Weight == 0 ? 0 : groups.Find(kernel, credit, candidate.Rule).Weights);
        text.Raw(Comma);
        text.Raw(Reasons[(int)candidate.Reason]);
        text.Raw(Comma);
        WriteRule(candidate.Rule, text);
    }

    // What stayed with nobody, of one group.
    private void WriteRest(ReadOnlySpan<byte> id, long minor, ConversionStatus status, int rule, CreditText text)
    {
        text.Text(id);
        text.Raw(",,,,"u8);
        text.Number(minor);
        text.Raw(",,"u8);
        text.Raw(Statuses[(int)status]);
        text.Raw(Comma);
        WriteRule(rule, text);
    }

    private void WriteRule(int rule, CreditText text)
    {
        if (rule >= 0)
            text.Raw(ruleCells[rule]);
        else
            text.Raw(Comma);
        text.Raw(End);
    }

    private ReadOnlySpan<byte> IdOf(int conversion)
    {
        int row = loader.Conversions.RowAt(conversion);
        return loader.Conversions.Texts(row)[..loader.Conversions.Head(row).Place.IdBytes];
    }

    private static byte[] RuleCells(AttributionRule rule) =>
        [
            .. CreditText.Cell(RuleGroups.NameOf(rule)),
            Comma,
            .. Encoding.ASCII.GetBytes(rule.Version.ToString(CultureInfo.InvariantCulture)),
        ];

    private static byte[][] Cells<TEnum>()
        where TEnum : struct, Enum =>
        [
            .. Enumerable
                .Range(0, byte.MaxValue)
                .Select(value => Encoding.ASCII.GetBytes(Codes.Of((TEnum)Enum.ToObject(typeof(TEnum), value)))),
        ];
}
