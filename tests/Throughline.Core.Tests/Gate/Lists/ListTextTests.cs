using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Lists;

/// <summary>Lists as lines of text.</summary>
public sealed class ListTextTests
{
    [Fact]
    public void Read_ValidLines_GivesTheirEntries()
    {
        string[] lines =
        [
            "# blocked",
            "",
            "10.0.0.0/8",
            "  10.1.2.3 , 2026-06-01T12:00:00Z , seen by hand, twice # by the night shift",
            "2001:db8::1,1780315200000",
            "10.1.2.4,,no expiry",
        ];
        List<GateIssue> issues = [];

        Assert.Equal(
            [
                new("10.0.0.0/8", null, "file"),
                new("10.1.2.3", 1_780_315_200_000, "file", "seen by hand, twice"),
                new("2001:db8::1", 1_780_315_200_000, "file"),
                new("10.1.2.4", null, "file", "no expiry"),
            ],
            ListText.Read(ListKind.Address, lines, "file", issues)
        );
        Assert.Empty(issues);
    }

    [Theory]
    [InlineData(ListKind.Address, "10.0.0.0/33", "prefix")]
    [InlineData(ListKind.Address, "10.0.0.1,tomorrow", "no time")]
    [InlineData(ListKind.Address, ",,x", "no IP address")]
    [InlineData(ListKind.Number, "AS5", "no whole number")]
    [InlineData(ListKind.Text, "\"open", "closing quote")]
    [InlineData(ListKind.Text, "\"a\"b,", "comma or nothing")]
    [InlineData(ListKind.Text, "\"\"", "empty")]
    public void Read_BadLine_NamesItAndGoesOn(ListKind kind, string line, string message)
    {
        List<GateIssue> issues = [];
        string good = kind == ListKind.Address ? "10.0.0.1" : "5";
        List<ListEntryDocument> entries = [.. ListText.Read(kind, [good, line, good], null, issues)];

        Assert.Equal(2, entries.Count);
        GateIssue issue = Assert.Single(issues);
        Assert.Equal("line 2", issue.Path);
        Assert.Contains(message, issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RandomEntries_ReadBackTheSame()
    {
        Random random = Seeds.Random();
        const string letters = "ab,\"# \tä";
        for (int i = 0; i < 2000; i++)
        {
            string Text(int max) =>
                string.Concat(
                    Enumerable.Range(0, random.Next(1, max)).Select(_ => letters[random.Next(letters.Length)])
                );
            ListEntryDocument entry = new(
                Text(8),
                random.Next(2) == 0 ? null : random.NextInt64(4_000_000_000_000),
                "s",
                random.Next(2) == 0 || Text(8).Trim() is not { Length: > 0 } reason ? null : reason
            );
            List<GateIssue> issues = [];
            string line = ListText.Write(entry);
            ListEntryDocument read = Assert.Single(ListText.Read(ListKind.Text, [line], "s", issues));
            Assert.True(entry == read, $"{entry} became {read} by way of {line}");
        }
    }

    [Fact]
    public void Read_Noise_NeverThrows()
    {
        Random random = Seeds.Random();
        const string letters = "1.:/,\"# a\0ä-T";
        for (int i = 0; i < 5000; i++)
        {
            string line = string.Concat(
                Enumerable.Range(0, random.Next(30)).Select(_ => letters[random.Next(letters.Length)])
            );
            List<GateIssue> issues = [];
            foreach (ListKind kind in Enum.GetValues<ListKind>())
                Assert.InRange(ListText.Read(kind, [line], null, issues).Count(), 0, 1);
        }
    }
}
