using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Identity.Components;

/// <summary><c>identity components</c> over files that people and machines write, good and bad.</summary>
public sealed class ComponentsCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_Edges_WritesEachIdentifierWithTheLeastOfItsComponent()
    {
        (JsonElement json, string text) = await RunAsync("b,a\n10,9\n9,-1\nc,c\na,b\n");

        Assert.Equal("identifier,component\nb,a\na,a\n10,-1\n9,-1\n-1,-1\nc,c\n", text);
        Assert.Equal(
            (5, 6, 3, 3),
            (Number(json, "edges"), Number(json, "identifiers"), Number(json, "components"), Number(json, "largest"))
        );
        Assert.True(json.GetProperty("edgesPerSecond").GetDouble() > 0);
        foreach (string field in (string[])["readSeconds", "computeSeconds", "writeSeconds"])
            Assert.InRange(json.GetProperty(field).GetDouble(), 0, 60);
    }

    [Theory]
    [InlineData("", "")] // empty
    [InlineData("\n\r\n  \n\t\n", "")] // blank
    [InlineData("1,2", "1,1\n2,1\n")] // no line feed at the end
    [InlineData("\uFEFF1\t2\r\n2\t3\r\n", "1,1\n2,1\n3,1\n")] // byte order mark, tabs, CR LF
    [InlineData("\"a,b\",\"say \"\"hi\"\"\"\n", "\"a,b\",\"a,b\"\n\"say \"\"hi\"\"\",\"a,b\"\n")]
    [InlineData("\"7\",8\n7,9\n", "7,7\n8,7\n9,7\n")] // quotes make no difference
    [InlineData("01,1\n1.0,+1\n", "01,1\n1,1\n1.0,+1\n+1,+1\n")] // only equal texts are one
    [InlineData("a, a\n", "a, a\n a, a\n")] // a space is a part of the identifier
    [InlineData(
        "99999999999999999999999,9223372036854775807\n",
        "99999999999999999999999,9223372036854775807\n9223372036854775807,9223372036854775807\n"
    )]
    [InlineData("ключ,鍵\n鍵,🗝\n", "ключ,ключ\n鍵,ключ\n🗝,ключ\n")]
    [InlineData("\"\"\"\",x\n", "\"\"\"\",\"\"\"\"\nx,\"\"\"\"\n")] // one quote
    public async Task Run_HostileButValid_IsTakenExactly(string edges, string rows)
    {
        (JsonElement json, string text) = await RunAsync(edges);

        Assert.Equal("identifier,component\n" + rows, text);
        Assert.Equal(0, Number(json, "rejected"));
    }

    [Theory]
    [InlineData("alone", "columns_invalid")]
    [InlineData("1,2,3", "columns_invalid")]
    [InlineData("1,2,", "columns_invalid")]
    [InlineData("\"a\"b,c", "columns_invalid")]
    [InlineData("\"a,b", "quote_open")]
    [InlineData(",b", "identifier_empty")]
    [InlineData("a,\"\"", "identifier_empty")]
    public async Task Run_BadLine_IsNamedAndTheOthersCount(string bad, string reason)
    {
        (JsonElement json, string text) = await RunAsync($"1,2\n{bad}\n2,3\n");

        Assert.Equal("identifier,component\n1,1\n2,1\n3,1\n", text);
        JsonElement rejection = Assert.Single(json.GetProperty("rejections").EnumerateArray());
        Assert.Equal((2, reason), (Number(rejection, "line"), rejection.GetProperty("reason").GetString()));
        Assert.Equal(folder["edges.csv"], rejection.GetProperty("file").GetString());
    }

    [Fact]
    public async Task Run_Utf16OrLatin1_IsRejectedLineByLine()
    {
        File.WriteAllBytes(folder["edges.csv"], [.. "1,2\n"u8, (byte)'a', 0xe9, .. ",b\n"u8, .. "2,3\n"u8]);

        CommandRun run = await CommandRun.OfAsync(Line("edges.csv"));

        Assert.Equal((1, 2), (Number(run.Json(), "rejected"), Number(run.Json(), "edges")));
        Assert.Contains("edges.csv:2: utf8_invalid", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LineLongerThanABlock_IsRejectedAndTheNextCounts()
    {
        string huge = new('x', 9 << 20);

        (JsonElement json, string text) = await RunAsync($"1,2\n{huge},y\n3,4\n{new string('z', 100_000)},1\n{huge}");

        Assert.Equal((2, 3), (Number(json, "rejected"), Number(json, "edges")));
        Assert.Equal([2, 5], json.GetProperty("rejections").EnumerateArray().Select(x => Number(x, "line")));
        Assert.Contains("\n4,3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SeveralFilesOneGzip_AreOneGraph()
    {
        File.WriteAllText(folder["a.csv"], "1,2\n");
        File.WriteAllBytes(folder["b.csv"], Gzip("2,3\n"));

        CommandRun run = await CommandRun.OfAsync(Line("a.csv", "b.csv"));

        Assert.Equal((0, 1, 2), (run.Exit, Number(run.Json(), "components"), Number(run.Json(), "edges")));
    }

    [Fact]
    public async Task Run_GzipCutInTheMiddle_IsBadInputAndTheOldResultStays()
    {
        byte[] whole = Gzip(string.Join('\n', Enumerable.Range(0, 50_000).Select(i => $"{i},{i * 7919 % 50_000}")));
        File.WriteAllBytes(folder["edges.csv"], whole[..(whole.Length / 2)]);
        File.WriteAllText(folder["out.csv"], "of yesterday\n");

        CommandRun run = await CommandRun.OfAsync(Line("edges.csv"));

        Assert.Equal(3, run.Exit);
        Assert.Equal("file_damaged", run.Json().GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("of yesterday\n", File.ReadAllText(folder["out.csv"]));
    }

    [Fact]
    public async Task Run_MissingFile_LeavesNoResult()
    {
        CommandRun run = await CommandRun.OfAsync(Line("none.csv"));

        Assert.Equal(3, run.Exit);
        Assert.False(File.Exists(folder["out.csv"]));
    }

    [Fact]
    public async Task Run_DiskIsFull_SaysSo()
    {
        const string Full = "/dev/full";
        Assert.SkipUnless(File.Exists(Full), "there is no /dev/full");
        File.WriteAllText(folder["edges.csv"], "1,2\n");

        CommandRun run = await CommandRun.OfAsync(
            "identity",
            "components",
            folder["edges.csv"],
            "--out",
            Full,
            "--json"
        );

        Assert.Equal(3, run.Exit);
        Assert.Equal("file_unwritable", run.Json().GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Run_OutIsAnInput_IsRefused()
    {
        File.WriteAllText(folder["out.csv"], "1,2\n");

        CommandRun run = await CommandRun.OfAsync(Line("out.csv"));

        Assert.Equal((3, "1,2\n"), (run.Exit, File.ReadAllText(folder["out.csv"])));
    }

    [Theory]
    [InlineData("edges.csv")]
    [InlineData("out.csv")]
    public async Task Run_RejectionsInAnotherFileOfTheCommand_AreRefusedAndTakeNothing(string rejections)
    {
        File.WriteAllText(folder["edges.csv"], "1,2\nalone\n");

        CommandRun run = await CommandRun.OfAsync([.. Line("edges.csv"), "--rejections", folder[rejections]]);

        Assert.Equal((3, "1,2\nalone\n"), (run.Exit, File.ReadAllText(folder["edges.csv"])));
        Assert.Equal("out_is_input", run.Json().GetProperty("error").GetProperty("code").GetString());
        Assert.False(File.Exists(folder["out.csv"]));
    }

    [Fact]
    public async Task Run_AnyNumberOfThreads_GivesEqualBytes()
    {
        Random random = Seeds.Random();
        StringBuilder edges = new();
        for (int i = 0; i < 600_000; i++)
            edges
                .Append(random.Next(500_000))
                .Append(i % 3 == 0 ? ",u" : ",")
                .Append(random.Next(500_000))
                .Append('\n');
        File.WriteAllText(folder["edges.csv"], edges.ToString());
        List<byte[]> results = [];
        foreach (string threads in (string[])["1", "2", "7"])
        {
            CommandRun run = await CommandRun.OfAsync([.. Line("edges.csv"), "--threads", threads]);
            Assert.Equal(0, run.Exit);
            results.Add(await File.ReadAllBytesAsync(folder["out.csv"], TestContext.Current.CancellationToken));
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    private async Task<(JsonElement Json, string Text)> RunAsync(string edges)
    {
        await File.WriteAllTextAsync(folder["edges.csv"], edges, TestContext.Current.CancellationToken);
        CommandRun run = await CommandRun.OfAsync(Line("edges.csv"));
        Assert.Equal(0, run.Exit);
        return (run.Json(), await File.ReadAllTextAsync(folder["out.csv"], TestContext.Current.CancellationToken));
    }

    private string[] Line(params string[] files) =>
        ["identity", "components", .. files.Select(file => folder[file]), "--out", folder["out.csv"], "--json"];

    private static byte[] Gzip(string text)
    {
        MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return target.ToArray();
    }

    private static int Number(JsonElement json, string field) => json.GetProperty(field).GetInt32();
}
