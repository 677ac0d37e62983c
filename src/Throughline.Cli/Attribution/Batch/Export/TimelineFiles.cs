using System.Text;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;

namespace Throughline.Cli.Attribution.Batch.Export;

/// <summary>
/// A tenant's timelines as the files that <c>attribution batch</c> reads. Ids, customers and owners are the tokens that the tenant's log
/// has, as 32 hexadecimal digits: they sort as the tokens do, so that what happens at one instant is in the same order.
/// </summary>
internal static class TimelineFiles
{
    public const string Touches = "touches.csv";
    public const string Conversions = "conversions.csv";
    public const string Refunds = "refunds.csv";
    public const string Matches = "matches.csv";
    public const string Rules = "rules.json";
    public const string Rates = "rates.json";

    /// <exception cref="IOException">A file cannot be written.</exception>
    public static TimelineExport Write(TimelineFacts facts, string folder)
    {
        long touches = WriteTouches(facts, Path.Combine(folder, Touches));
        long conversions = WriteConversions(facts, Path.Combine(folder, Conversions));
        long refunds = WriteRefunds(facts, Path.Combine(folder, Refunds));
        long matches = WriteMatches(facts, Path.Combine(folder, Matches));
        File.WriteAllText(Path.Combine(folder, Rules), RulesOf(facts).ToJsonString());
        File.WriteAllText(Path.Combine(folder, Rates), RateTableJson.Write(facts.Rates()).ToJsonString());
        return new(touches, conversions, refunds, matches, facts.Rules().LongCount());
    }

    private static long WriteTouches(TimelineFacts facts, string path)
    {
        using CsvFile file = new(
            path,
            "id,customer,owner,time,campaign,channel,kind,verdict,machine_open,creative,placement,properties"
        );
        foreach (TouchFact touch in facts.Touches())
            file.Line(
                touch.Id,
                touch.Customer,
                touch.Owner,
                touch.Time,
                touch.Campaign,
                touch.Channel,
                touch.Kind,
                Codes.Of(touch.Verdict),
                touch.IsMachineOpen ? "true" : "",
                touch.Creative,
                touch.Placement,
                touch.Properties
            );
        return file.Lines;
    }

    private static long WriteConversions(TimelineFacts facts, string path)
    {
        using CsvFile file = new(
            path,
            "id,customer,owner,identifiers,time,kind,verdict,order_id,minor,currency,properties"
        );
        foreach (ConversionFact conversion in facts.Conversions())
            file.Line(
                conversion.Id,
                conversion.Customer,
                conversion.Owner,
                conversion.Identifiers,
                conversion.Time,
                conversion.Kind,
                Codes.Of(conversion.Verdict),
                conversion.OrderId,
                conversion.Minor,
                conversion.Currency,
                conversion.Properties
            );
        return file.Lines;
    }

    private static long WriteRefunds(TimelineFacts facts, string path)
    {
        using CsvFile file = new(path, "id,time,conversion,kind,order_id,minor,currency");
        foreach (RefundFact refund in facts.Refunds())
            file.Line(
                refund.Id,
                refund.Time,
                refund.Conversion,
                refund.Kind,
                refund.OrderId,
                refund.Minor,
                refund.Currency
            );
        return file.Lines;
    }

    private static long WriteMatches(TimelineFacts facts, string path)
    {
        using CsvFile file = new(path, "customer,a,b,tier");
        foreach (MatchFact match in facts.Matches())
            file.Line(match.Customer, match.A, match.B, match.Tier);
        return file.Lines;
    }

    private static JsonObject RulesOf(TimelineFacts facts) =>
        new()
        {
            ["weightTables"] = new JsonArray([.. facts.Tables().Select(WeightTableJson.Write)]),
            ["publications"] = new JsonArray([
                .. facts
                    .Rules()
                    .Select(rule => new JsonObject
                    {
                        ["published"] = rule.Published,
                        ["rules"] = new JsonArray(AttributionRuleText.Write(rule.Rule)),
                    }),
            ]),
        };

    private sealed class CsvFile : IDisposable
    {
        private const int FlushBytes = 1 << 16;

        private readonly FileStream stream;
        private readonly CreditText text = new();

        /// <summary>Without the header.</summary>
        public long Lines { get; private set; }

        public CsvFile(string path, string header)
        {
            stream = File.Create(path);
            text.Raw(Encoding.ASCII.GetBytes(header + "\n"));
        }

        /// <summary>Ids, numbers and texts; null is an empty cell.</summary>
        public void Line(params ReadOnlySpan<object?> cells)
        {
            for (int i = 0; i < cells.Length; i++)
            {
                if (i > 0)
                    text.Raw((byte)',');
                if (cells[i] is long or int)
                    text.Number(Convert.ToInt64(cells[i], System.Globalization.CultureInfo.InvariantCulture));
                else if (cells[i] is { } cell)
                    text.Text(Encoding.UTF8.GetBytes(cell is Token id ? id.ToString() : (string)cell));
            }
            text.Raw((byte)'\n');
            Lines++;
            if (text.Length > FlushBytes)
                Flush();
        }

        public void Dispose()
        {
            Flush();
            stream.Dispose();
        }

        private void Flush()
        {
            stream.Write(text.Bytes);
            text.Clear();
        }
    }
}

/// <summary>What <c>attribution files</c> wrote, as <c>--json</c> prints it.</summary>
internal sealed record TimelineExport(long Touches, long Conversions, long Refunds, long Matches, long Rules);
