using System.Globalization;
using System.Text;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;

namespace Throughline.Cli.Attribution.Batch.Export;

/// <summary>
/// A tenant's results as rows of <c>attribution batch</c>, from what the machine published: nothing is evaluated here, so that the two
/// can be held against each other.
/// </summary>
/// <param name="rules">All versions that were published.</param>
/// <param name="idAt">The id of the event at a position of the log.</param>
internal sealed class CaseRows(IEnumerable<PublishedRule> rules, Func<long, Token> idAt)
{
    private readonly Dictionary<long, string> groupOf = rules.ToDictionary(x => x.Position, x => x.Rule.Group);

    /// <summary>Appends the rows of one conversion's current result.</summary>
    public void Write(ConversionCase conversion, CreditText text)
    {
        int rows = 0;
        foreach (Candidate touch in conversion.Candidates)
        {
            Cells(
                text,
                conversion.Id.ToString(),
                touch.Campaign,
                idAt(touch.Position).ToString(),
                touch.Rank > 0 ? Number(touch.Rank) : "",
                Number(touch.Net)
            );
            text.Share(touch.Weight, touch.Weight == 0 ? 0 : SharesOf(conversion, touch.Rule).Weights);
            Reason(text, Codes.Of(touch.Reason), touch.Rule < 0 ? null : conversion.Rules[touch.Rule]);
            rows++;
        }
        foreach (GroupShare share in conversion.Shares)
        {
            if (share.NetUnattributed == 0 && (rows > 0 || conversion.Status == ConversionStatus.Attributed))
                continue;
            WriteRest(conversion, share.NetUnattributed, share.Rule, text);
            rows++;
        }
        if (rows == 0)
            WriteRest(conversion, 0, -1, text);
    }

    private void WriteRest(ConversionCase conversion, long minor, int rule, CreditText text)
    {
        ConversionStatus status =
            conversion.Status == ConversionStatus.Attributed && conversion.Shares.Count > 0
                ? ConversionStatus.Unattributed
                : conversion.Status;
        Cells(text, conversion.Id.ToString(), "", "", "", Number(minor));
        Reason(text, Codes.Of(status), rule < 0 ? null : conversion.Rules[rule]);
    }

    private GroupShare SharesOf(ConversionCase conversion, int rule) =>
        conversion.Shares.Find(share => share.Group == groupOf[conversion.Rules[rule].Position]);

    private static void Reason(CreditText text, string reason, CaseRule? rule)
    {
        text.Raw((byte)',');
        text.Text(Encoding.UTF8.GetBytes(reason));
        text.Raw((byte)',');
        if (rule is not null)
            text.Text(Encoding.UTF8.GetBytes($"{rule.Campaign}/{rule.Conversion}"));
        text.Raw((byte)',');
        if (rule is not null)
            text.Number(rule.Version);
        text.Raw((byte)'\n');
    }

    // Each with the comma that follows it.
    private static void Cells(CreditText text, params ReadOnlySpan<string> cells)
    {
        foreach (string cell in cells)
        {
            text.Text(Encoding.UTF8.GetBytes(cell));
            text.Raw((byte)',');
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
