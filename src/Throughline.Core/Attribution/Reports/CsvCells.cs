namespace Throughline.Core.Attribution.Reports;

/// <summary>
/// Cells and rows of comma-separated values as RFC 4180 has them: rows end with CR LF, and a cell with a comma, quote or line break
/// stands in quotes. A text that a spreadsheet would run as a formula gets an apostrophe in front, since clients choose names.
/// </summary>
public static class CsvCells
{
    /// <summary>Ends a row.</summary>
    public const string RowEnd = "\r\n";

    // As OWASP lists them under "CSV Injection", with the full-width forms that spreadsheets take for the same.
    private const string Formula = "=+-@\t\r\n＝＋－＠";

    /// <summary>A text that clients chose, as a cell.</summary>
    public static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (Formula.Contains(text[0], StringComparison.Ordinal))
            text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n")
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }
}
