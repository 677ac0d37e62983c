using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Cli.Tests.Commands;
using Throughline.Core.Attribution.Examples;

namespace Throughline.Cli.Tests.Attribution.Examples;

public sealed class AttributionExamplesCommandTests
{
    private static readonly string[] Export = ["attribution", "examples", "--tenant", "play"];

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    public async Task Examples_OfASimulatedWorld_AreInTheFile_AndGoOnWhereTheyWereBrokenOff(string form)
    {
        using TestStore store = new();
        await store.JsonAsync(
            "simulate",
            "--people",
            "150",
            "--days",
            "12",
            "--seed",
            "4",
            "--ingest",
            "--tenant",
            "play"
        );
        string path = store[$"examples.{form}"];

        JsonElement done = await store.JsonAsync([.. Export, "--out", path, "--form", form, "--one-in", "3"]);

        byte[] whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(whole.Length, done.GetProperty("bytes").GetInt64());
        Assert.False(File.Exists(path + ".part"));
        DataCard card = JsonSerializer.Deserialize<DataCard>(
            await File.ReadAllTextAsync(path + ".card.json", TestContext.Current.CancellationToken),
            JsonSerializerOptions.Web
        )!;
        int lines = whole.Count(x => x == (byte)'\n') - (form == "csv" ? 1 : 0);
        Assert.Equal(lines, card.Total.Rows);
        Assert.Equal(card.Total.Positive, done.GetProperty("positive").GetInt64());
        Assert.True(card.Total.Positive > 10 && card.Total.Negative > 10, $"{card.Total}");
        Assert.Contains(
            "one in 3 with weight 3",
            await File.ReadAllTextAsync(path + ".card.md", TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );

        foreach (int length in (int[])[whole.Length / 2, whole.Length - 1, 40, 0])
        {
            File.Delete(path);
            await File.WriteAllBytesAsync(path + ".part", whole[..length], TestContext.Current.CancellationToken);
            await store.JsonAsync([.. Export, "--out", path, "--form", form, "--one-in", "3", "--resume"]);
            Assert.Equal(whole, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        }
        await File.WriteAllTextAsync(path + ".part.question", "of another", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path + ".part", "begun", TestContext.Current.CancellationToken);
        CommandRun differs = await store.RunAsync([.. Export, "--out", path, "--form", form, "--resume"]);
        Assert.Equal(3, differs.Exit);
        Assert.Contains("resume_differs", differs.Stderr + differs.Stdout, StringComparison.Ordinal);
        File.Delete(path + ".part.question");
        await File.WriteAllTextAsync(path + ".part", "{}\nno,examples\n", TestContext.Current.CancellationToken);
        CommandRun wrong = await store.RunAsync([.. Export, "--out", path, "--form", form, "--resume"]);
        Assert.Equal(3, wrong.Exit);
        Assert.Contains("file_unreadable", wrong.Stderr + wrong.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examples_WrongOptions_AreRefused()
    {
        using TestStore store = new();
        await store.JsonAsync("tenant", "create", "play");
        foreach (
            string[] wrong in (string[][])
                [
                    ["--one-in", "0"],
                    ["--seed", "-1"],
                    ["--form", "parquet"],
                    ["--from", "yesterday"],
                ]
        )
            Assert.Equal(2, (await store.RunAsync([.. Export, "--out", store["x.csv"], .. wrong])).Exit);
        Assert.Equal(2, (await store.RunAsync(Export)).Exit);
        Assert.NotEqual(0, (await store.RunAsync([.. Export, "--out", store["x.csv"], "--kind", "click,,view"])).Exit);
        Assert.NotEqual(0, (await store.RunAsync([.. Export, "--out", store["no/such/folder.csv"]])).Exit);
        foreach (string noFile in (string[])["", Path.GetTempPath()])
        {
            CommandRun refused = await store.RunAsync([.. Export, "--out", noFile]);
            Assert.Equal(3, refused.Exit);
            Assert.Contains("file_unwritable", refused.Stderr + refused.Stdout, StringComparison.Ordinal);
        }
    }
}
