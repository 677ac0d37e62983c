using System.Text;
using Throughline.Cli.Input;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Input;

public sealed class LineReaderTests
{
    private static List<string> Read(Stream stream)
    {
        using var reader = new LineReader(stream);
        List<string> lines = [];
        while (reader.TryRead(out ReadOnlySpan<byte> line, out bool tooLong))
        {
            lines.Add(tooLong ? "<too long>" : Encoding.UTF8.GetString(line));
            Assert.Equal(lines.Count, reader.Line);
        }
        return lines;
    }

    private static List<string> Read(string text) => Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\nb\r\n", new[] { "a", "b" })]
    [InlineData("\n\na", new[] { "", "", "a" })]
    [InlineData("a\rb\n", new[] { "a\rb" })]
    [InlineData("\uFEFFa\n\uFEFFb", new[] { "a", "\uFEFFb" })]
    public void TryRead_Ends_AreCutOff(string text, string[] expected) => Assert.Equal(expected, Read(text));

    [Fact]
    public void TryRead_OverlongLine_IsReportedAndTheNextOneRead()
    {
        string longest = new('x', LineReader.MaxLineBytes);
        string farTooLong = new('y', 5 * LineReader.MaxLineBytes);

        Assert.Equal(
            ["a", longest, "<too long>", "<too long>", "b", "<too long>"],
            Read($"a\n{longest}\n{longest}z\n{farTooLong}\nb\n{farTooLong}")
        );
    }

    [Fact]
    public void TryRead_AnyChunks_GiveTheSameLines()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 200; round++)
        {
            string[] lines =
            [
                .. Enumerable.Range(0, random.Next(1, 40)).Select(_ => new string('l', random.Next(0, 9000))),
            ];
            lines[^1] += "end";
            string text = string.Join(random.Next(2) == 0 ? "\n" : "\r\n", lines);

            Assert.Equal(lines, Read(new TrickleStream(Encoding.UTF8.GetBytes(text), () => random.Next(1, 5000))));
        }
    }
}
