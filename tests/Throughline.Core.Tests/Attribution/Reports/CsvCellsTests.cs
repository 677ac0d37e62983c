using Throughline.Core.Attribution.Reports;

namespace Throughline.Core.Tests.Attribution.Reports;

public sealed class CsvCellsTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("summer", "summer")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49", "'+49")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    public void Text_WhatClientsChose_IsACellAndNoFormula(string? text, string cell) =>
        Assert.Equal(cell, CsvCells.Text(text));
}
