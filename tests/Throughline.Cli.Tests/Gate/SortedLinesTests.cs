using System.Globalization;
using System.Text;
using Throughline.Cli.Gate.Replay;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

public sealed class SortedLinesTests
{
    [Theory]
    [InlineData(long.MaxValue)] // in memory
    [InlineData(2_000)] // in runs on disk
    public void InOrder_AnyLines_AreAllThereByTimeFileAndNumber(long bytesMax)
    {
        Random random = Seeds.Random();
        List<(LineKey Key, string Text)> given = [];
        using SortedLines sorted = new(bytesMax);
        for (int i = 0; i < 2_000; i++)
        {
            LineKey key = new(random.Next(50), random.Next(3), i);
            string text = new string('x', random.Next(40)) + i.ToString(CultureInfo.InvariantCulture);
            given.Add((key, text));
            sorted.Add(key.Time, key.File, key.Number, Encoding.ASCII.GetBytes(text));
        }

        List<(LineKey, string)> read = [];
        foreach ((LineKey key, ReadOnlyMemory<byte> line) in sorted.InOrder())
            read.Add((key, Encoding.ASCII.GetString(line.Span)));

        Assert.Equal(given.OrderBy(x => x.Key.Time).ThenBy(x => x.Key.File).ThenBy(x => x.Key.Number), read);
    }
}
