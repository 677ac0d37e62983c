using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Cli.Tests.Commands;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Output;

/// <summary>Where the disk is full, the user is told so, and of which file: never that something failed unexpectedly or that the service broke off.</summary>
public sealed class FullDiskTests
{
    private const string Full = "/dev/full";

    [Theory]
    [InlineData("gate replay LOG --flagged FULL")]
    [InlineData("identity components EDGES --out FULL")]
    [InlineData("identity components EDGES --out PARTITION --rejections FULL")]
    [InlineData("identity match RECORDS --id id --map name.full=name --out FULL")]
    [InlineData("attribution batch --touches TOUCHES --conversions CONVERSIONS --rules RULES --out FULL")]
    public async Task OfAFile_DiskIsFull_SaysWhichFile(string line)
    {
        Assert.SkipUnless(File.Exists(Full), $"there is no {Full}");
        using TempFolder folder = new();
        string agent = new('x', 100); // more than fits into a buffer that nobody empties
        WriteAll(
            folder,
            (
                "LOG",
                string.Concat(
                    Enumerable
                        .Range(0, 400)
                        .Select(i =>
                            $"198.51.100.7 - - [01/Jun/2026:10:{i / 60 % 60:00}:{i % 60:00} +0000] \"GET /.env{i} HTTP/1.1\" 404 9 \"-\" \"sqlmap/1.0 {agent}\"\n"
                        )
                )
            ),
            ("EDGES", "a,b\nb,c\nbad\n"),
            ("RECORDS", "id,name\n1,Ada Byron\n2,Ada Byron\n"),
            ("TOUCHES", "id,customer,time,campaign,channel,kind\nt1,c1,2026-06-01T10:00:00Z,spring,mail,click\n"),
            (
                "CONVERSIONS",
                "id,customer,time,kind,order_id,minor,currency\nv1,c1,2026-06-01T11:00:00Z,purchase,o1,100,EUR\n"
            ),
            ("RULES", "rules:\n  - windows: { click: 30d }\n")
        );
        string[] args =
        [
            .. line.Split(' ')
                .Select(word =>
                    word == "FULL" ? Full
                    : word.All(char.IsUpper) ? folder[word]
                    : word
                ),
        ];

        AssertTold(await CommandRun.OfAsync([.. args, "--json"]));
    }

    [Fact]
    public async Task OfATenant_DiskIsFull_SaysWhichFile()
    {
        Assert.SkipUnless(File.Exists(Full), $"there is no {Full}");
        using TestStore store = new();
        await File.WriteAllTextAsync(
            store["events.ndjson"],
            """
            {"id":"t1","type":"click","time":"2026-06-01T10:00:00Z","campaign":"spring","identifiers":[{"type":"device","value":"d"}]}
            {"id":"c1","type":"conversion","time":"2026-06-01T11:00:00Z","identifiers":[{"type":"device","value":"d"}],"conversion":{"kind":"purchase","value":{"amount":"5.00","currency":"EUR"}}}
            {"id":"bad"}

            """,
            TestContext.Current.CancellationToken
        );
        AssertTold(await store.RunAsync("import", store["events.ndjson"], "--format", "ndjson", "--rejections", Full));
        foreach (string what in (string[])["export", "examples"])
        foreach (string form in (string[])["csv", "ndjson"])
            AssertTold(await store.RunAsync("attribution", what, "--out", Full, "--form", form));
    }

    [Fact]
    public async Task OfAFileThatNobodyNamed_DiskIsFull_SaysSo()
    {
        CommandRun run = await CommandRun.OfAsync(
            (_, _) => throw new IOException("No space left on device : '/tmp/spill'", 28),
            "work",
            "--json"
        );

        Assert.Equal((int)ExitCode.BadInput, run.Exit);
        Assert.Equal("disk_full", Error(run).GetProperty("code").GetString());
        Assert.Contains("/tmp/spill", Error(run).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LastBytesDoNotFit_SaysSoWhenItIsClosed()
    {
        Assert.SkipUnless(File.Exists(Full), $"there is no {Full}");
        OutputStream stream = new(new(Full, FileMode.Open, FileAccess.Write), Full);
        stream.Write("a few bytes"u8);

        CommandException error = Assert.Throws<CommandException>(stream.Dispose);

        Assert.Equal(Told, error.Message);
    }

    private const string Told = $"'{Full}' cannot be written: the disk is full.";

    private static void AssertTold(CommandRun run)
    {
        Assert.Equal((int)ExitCode.BadInput, run.Exit);
        Assert.Equal("file_unwritable", Error(run).GetProperty("code").GetString());
        Assert.Equal(Told, Error(run).GetProperty("message").GetString());
    }

    private static JsonElement Error(CommandRun run) => run.Json().GetProperty("error");

    private static void WriteAll(TempFolder folder, params ReadOnlySpan<(string Name, string Text)> files)
    {
        foreach ((string name, string text) in files)
            File.WriteAllText(folder[name], text);
    }
}
