using System.Text;
using Throughline.Cli.Input.AccessLog;

namespace Throughline.Cli.Tests.Input.AccessLog;

public sealed class LineIdsTests
{
    private static string[] Ids(byte[] key, params string[] lines)
    {
        var ids = new LineIds(key);
        byte[] target = new byte[LineIds.MaxLength];
        return [.. lines.Select(line => Encoding.ASCII.GetString(ids.Next(Encoding.UTF8.GetBytes(line), target)))];
    }

    [Fact]
    public void Next_EqualLines_AreNumberedAndOthersAreNot()
    {
        string[] ids = Ids([1], "a", "b", "a", "a");

        Assert.Matches("^log-[0-9a-f]{24}-1$", ids[0]);
        Assert.Equal([ids[0], ids[1], $"{ids[0][..^1]}2", $"{ids[0][..^1]}3"], ids);
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public void Next_SameKeyAndLines_GiveTheSameIdsInAnyOrder()
    {
        string[] once = Ids([7, 7], "x", "y", "x", "z");
        string[] again = Ids([7, 7], "z", "x", "x", "y");

        Assert.Equal(once.Order(StringComparer.Ordinal), again.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Next_OtherKey_GivesOtherIds() => Assert.NotEqual(Ids([1], "a"), Ids([2], "a"));

    [Fact]
    public void Next_ManyLines_CountsExactly()
    {
        string[] lines = [.. Enumerable.Range(0, 30_000).Select(i => $"line {i % 10_000}")];

        string[] ids = Ids([3], lines);

        Assert.Equal(30_000, ids.Distinct().Count());
        Assert.Equal(10_000, ids.Count(id => id.EndsWith("-3", StringComparison.Ordinal)));
    }
}
