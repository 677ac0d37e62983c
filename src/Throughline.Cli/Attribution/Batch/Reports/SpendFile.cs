using System.Text;
using System.Text.Json;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Cli.Import;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;

namespace Throughline.Cli.Attribution.Batch.Reports;

/// <summary>
/// What advertising cost: rows of day, campaign (or what else a report is split by), minor units and currency; rows of one key add up.
/// </summary>
internal sealed class SpendFile
{
    private readonly List<(SpendKey Key, long Minor)> rows = [];

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<(SpendKey Key, long Minor)> Rows => rows;

    /// <summary>The costs, equal keys added up.</summary>
    public SpendBook ToBook()
    {
        SpendBook book = new();
        book.Take(SpendBook.Sum(rows));
        return book;
    }

    /// <param name="needed">The column that names who cost it; null: none has to be there.</param>
    /// <exception cref="CommandLine.CommandException">The file cannot be read, or its header lacks a column.</exception>
    public static (SpendFile Spend, RowCounts Counts) Read(
        string file,
        ReportPart? needed,
        RejectionLog log,
        CancellationToken cancellation
    )
    {
        SpendFile spend = new();
        RowCounts counts = RowFile.Read(
            file,
            needed is { } part ? ["date", NameOf(part), "minor", "currency"] : ["date", "minor", "currency"],
            threads: 1,
            layout => new Parser(spend, layout, needed),
            log,
            new Progress<long>(),
            cancellation
        );
        return (spend, counts);
    }

    private static string NameOf(ReportPart part) => JsonNamingPolicy.CamelCase.ConvertName(part.ToString());

    private sealed class Parser : RowParser
    {
        private readonly SpendFile spend;
        private readonly ReportPart? needed;
        private readonly int date;
        private readonly int minor;
        private readonly int currency;
        private readonly (ReportPart Part, int Cell)[] names;

        public Parser(SpendFile spend, CsvLayout layout, ReportPart? needed)
        {
            (this.spend, this.needed) = (spend, needed);
            (date, minor, currency) = (layout.Find("date"), layout.Find("minor"), layout.Find("currency"));
            names =
            [
                .. SpendBook.Parts.Select(part => (part, layout.Find(NameOf(part)))).Where(found => found.Item2 >= 0),
            ];
        }

        protected override RowReason Add(CsvLine line, long number, bool isAscii)
        {
            if (!SpendKey.TryDay(Encoding.UTF8.GetString(line.Cell(date)), out int day))
                return RowReason.TimeInvalid;
            if (names.Any(name => name.Part == needed && line.Cell(name.Cell).IsEmpty))
                return RowReason.CampaignInvalid;
            if (line.Cell(minor).IsEmpty || !RowText.TryMinor(line.Cell(minor), out long cost))
                return RowReason.MinorInvalid;
            if (!Currency.TryParse(line.Cell(currency), out Currency code))
                return RowReason.CurrencyInvalid;
            PartNames found = new();
            foreach ((ReportPart part, int cell) in names)
            {
                ReadOnlySpan<byte> text = line.Cell(cell);
                if (!isAscii && !System.Text.Unicode.Utf8.IsValid(text))
                    return RowReason.Utf8Invalid;
                string? name = text.IsEmpty ? null : Encoding.UTF8.GetString(text);
                found = part switch
                {
                    ReportPart.Campaign => found with { Campaign = name },
                    ReportPart.Channel => found with { Channel = name },
                    ReportPart.Creative => found with { Creative = name },
                    _ => found with { Placement = name },
                };
            }
            spend.rows.Add((new(day, found, SpendKey.Pack(code)), cost));
            return RowReason.None;
        }

        protected override void Close() { }
    }
}
