using System.Text;
using Throughline.Cel.Tests.Kit;
using Throughline.Cel.Values;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Values;

/// <summary>The order of values.</summary>
public sealed class ValueOrderTests
{
    [Fact]
    public void CompareText_AnyStrings_IsByCodePoint()
    {
        Random random = Seeds.Random();
        int[] points = ['a', 'b', 0x7F, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F600, 0x10FFFF];
        for (int i = 0; i < 20_000; i++)
        {
            int[] a = [.. Enumerable.Range(0, random.Next(4)).Select(_ => points[random.Next(points.Length)])];
            int[] b = [.. Enumerable.Range(0, random.Next(4)).Select(_ => points[random.Next(points.Length)])];
            int expected = Math.Sign(a.AsSpan().SequenceCompareTo(b));
            Assert.Equal(expected, Math.Sign(ValueOrder.CompareText(Text(a), Text(b))));
        }
    }

    [Theory]
    [InlineData("'\\uffff' < '\\U00010000'", true)]
    [InlineData("b'\\xff' > b'a'", true)]
    [InlineData("false < true", true)]
    [InlineData("1 < 1.5 && 1u < 1.5 && 1.5 < 2u", true)]
    [InlineData("1.0 < double('NaN') || 1.0 >= double('NaN')", false)]
    [InlineData("duration('-1s') < duration('-0.999999999s')", true)]
    [InlineData("timestamp('1969-12-31T23:59:59.5Z') < timestamp(0)", true)]
    public void Compare_Values_AsTheSpecificationSays(string text, bool expected) =>
        Assert.Equal(Value.Of(expected).ToString(), Evaluating.Text(text));

    [Theory]
    [InlineData("[1] < [2]")]
    [InlineData("null < null")]
    [InlineData("'a' < b'b'")]
    [InlineData("int < uint")]
    public void Compare_ValuesWithoutOrder_IsAnError(string text) =>
        Assert.StartsWith("no such overload", Evaluating.Error(text), StringComparison.Ordinal);

    private static string Text(int[] points)
    {
        StringBuilder text = new();
        foreach (int point in points)
            text.Append(new Rune(point));
        return text.ToString();
    }
}
