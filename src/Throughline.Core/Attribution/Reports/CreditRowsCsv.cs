using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Throughline.Core.Attribution.Reports;

/// <summary>A report's rows as comma-separated values: the columns of the batch report, and after them those that only a service knows.</summary>
public static class CreditRowsCsv
{
    private const string Common =
        "currency,touches,conversions,attributed_conversions,minor,spend_minor,cpa_minor,roas,rules,models,window,as_of,status,"
        + "last_conversions,assisted_conversions,assisted_minor";

    private const string Own =
        ",credited_minor,refunded_minor,delivered,impressions,views,clicks,other_touches,invalid_touches,as_of_position";

    /// <summary>The header line, without its end.</summary>
    /// <param name="isService">With the columns that only a service knows.</param>
    public static string Header(IReadOnlyList<ReportPart> by, bool byDay, bool isService) =>
        (byDay ? "date," : "")
        + string.Concat(by.Select(part => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString()) + ","))
        + Common
        + (isService ? Own : "");

    /// <summary>The cells of a row.</summary>
    /// <param name="text">Writes a text that clients chose.</param>
    public static string Row(
        CreditRow row,
        IReadOnlyList<ReportPart> by,
        bool byDay,
        bool isService,
        Func<string?, string> text
    )
    {
        List<string> cells = byDay ? [row.Date ?? ""] : [];
        cells.AddRange(by.Select(part => text(row[part])));
        cells.AddRange([
            row.Currency,
            Number(row.Touches),
            Number(row.Conversions),
            Number(row.AttributedConversions),
            Number(row.Minor),
            Number(row.SpendMinor),
            Number(row.CpaMinor),
            Number(row.Roas),
            text(string.Join('+', row.Rules)),
            text(string.Join('+', row.Models)),
            row.Window,
            row.AsOf ?? "",
            row.Status,
            Number(row.LastConversions),
            Number(row.AssistedConversions),
            Number(row.AssistedMinor),
        ]);
        if (isService)
            cells.AddRange([
                Number(row.CreditedMinor),
                Number(row.RefundedMinor),
                Number(row.Delivery?.Touches),
                Number(row.Delivery?.Impressions),
                Number(row.Delivery?.Views),
                Number(row.Delivery?.Clicks),
                Number(row.Delivery?.Other),
                Number(row.Delivery?.Invalid),
                Number(row.AsOfPosition),
            ]);
        return string.Join(',', cells);
    }

    /// <summary>A service's report as a file.</summary>
    public static string Write(CreditReport report, IReadOnlyList<ReportPart> by, bool byDay)
    {
        StringBuilder text = new();
        text.Append(Header(by, byDay, isService: true)).Append(CsvCells.RowEnd);
        foreach (CreditRow row in report.Rows)
            text.Append(Row(row, by, byDay, isService: true, CsvCells.Text)).Append(CsvCells.RowEnd);
        return text.ToString();
    }

    private static string Number(decimal? number) =>
        number?.ToString("0.#########", CultureInfo.InvariantCulture) ?? "";
}
