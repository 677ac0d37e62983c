using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Tests.Attribution.Batch;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution;

/// <summary><c>attribution fit</c>: from files of touches and conversions to weights of channels.</summary>
public sealed class AttributionFitCommandTests : IDisposable
{
    private const string TouchHeader = "id,customer,time,campaign,channel,kind\n";
    private const string ConversionHeader = "id,customer,time,kind,order_id,minor,currency\n";
    private const long Start = 1_772_000_000_000;

    private const string All = """
        rules:
          - windows: { "*": 1000d }
            exclusivity: shared
            model: linear
        """;

    private readonly BatchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Fit_MarkovOverPathData_EqualsTheReference(int order, bool withNulls)
    {
        string data = SharedData.Require("attribution/channelattribution");
        PathData(Path.Combine(data, "pathdata.csv.gz"), withNulls);

        JsonElement fitted = await FitAsync("markov", "--order", $"{order}");

        int compared = 0;
        foreach (string line in File.ReadLines(Path.Combine(data, "markov_reference.csv")).Skip(1))
        {
            string[] cells = line.Split(',');
            if (cells[0] != $"{order}" || cells[1] == "1" != withNulls)
                continue;
            JsonElement channel = Channel(fitted, cells[3]);
            Assert.Equal(Number(cells[2]), fitted.GetProperty("baselineProbability").GetDouble(), 1e-6);
            Assert.Equal(Number(cells[4]), channel.GetProperty("removalEffect").GetDouble(), 1e-6);
            Assert.Equal(Number(cells[5]), channel.GetProperty("earned").GetDouble(), 1e-6);
            compared++;
        }
        Assert.Equal(12, compared);
    }

    [Fact]
    public async Task Fit_ShapleyForms_AreOneValueWhereTheyMustBe()
    {
        Random random = Seeds.Random();
        Made(random, 400);
        string[] forms = ["simplified", "ordered", "set", "rate"];
        Dictionary<string, string> weights = [];
        foreach (string form in forms)
            weights[form] = Weights(await FitAsync("shapley", "--form", form));
        Assert.Equal(weights["simplified"], weights["ordered"]);
        Assert.Equal(weights["simplified"], weights["set"]);
        Assert.NotEqual(weights["simplified"], weights["rate"]);
    }

    [Theory]
    [InlineData("markov")]
    [InlineData("fractribution")]
    public async Task Fit_AnyThreadsAndMemory_GivesTheSameBytes(string model)
    {
        Made(Seeds.Random(), 3_000);
        await FitAsync(model, "--threads", "1");
        string one = File.ReadAllText(folder["table.yaml"]);
        await FitAsync(model, "--threads", "3", "--memory", "1M");
        Assert.Equal(one, File.ReadAllText(folder["table.yaml"]));
    }

    [Fact]
    public async Task Fit_WhatACustomerDidAfterTheLastConversion_IsAPathWithoutOne()
    {
        folder.With(
            TouchHeader
                + T("t1", "ada", 1, "a")
                + T("t2", "ada", 2, "b")
                + T("t3", "ada", 4, "a")
                + T("t4", "bob", 1, "c"),
            ConversionHeader + C("o1", "ada", 3) + C("o2", "eve", 3) + C("o3", "ada", 3, "lead"),
            All
        );
        JsonElement fitted = await FitAsync("fractribution", "--conversion", "purchase", "--min-touches", "1");
        Assert.Equal(
            (3, 1, 2, 1, 0),
            (
                Int(fitted, "paths"),
                Int(fitted, "conversions"),
                Int(fitted, "nullPaths"),
                Int(fitted, "emptyConversions"),
                Int(fitted, "emptyNullPaths")
            )
        );
        // a > b converted; a alone and c alone did not: b makes the difference, and so does a, as b alone was taken by nobody.
        Assert.Equal("a 500000, b 500000, c 0", Weights(fitted));

        fitted = await FitAsync(
            "fractribution",
            "--conversion",
            "purchase",
            "--channels-max",
            "1",
            "--transform",
            "first"
        );
        Assert.Equal("a 1000000", Weights(fitted));
        Assert.Equal("""{"b":1,"c":1}""", fitted.GetProperty("droppedChannels").GetRawText());
        Assert.Equal(1, Int(fitted, "emptyNullPaths")); // bob's
    }

    [Fact]
    public async Task Fit_ThenARuleThatNamesTheTable_SharesByItsWeights()
    {
        folder.With(
            TouchHeader
                + T("t1", "ada", 1, "a")
                + T("t2", "ada", 2, "b")
                + T("t3", "bob", 1, "a")
                + T("t4", "cid", 1, "b")
                + T("t5", "dan", 1, "b"),
            ConversionHeader + C("o1", "ada", 3) + C("o2", "bob", 3) + C("o3", "cid", 3),
            All
        );
        JsonElement fitted = await FitAsync("markov", "--name", "m", "--table-version", "7");
        long a = Channel(fitted, "a").GetProperty("weight").GetInt64();
        long b = Channel(fitted, "b").GetProperty("weight").GetInt64();
        Assert.True(b > a && a > 0, $"{a}, {b}"); // 2/3 to 5/9 of the conversions would be lost
        File.WriteAllText(
            folder["rules.yaml"],
            """
            rules:
              - windows: { "*": 1000d }
                exclusivity: shared
                model: { name: data_driven, table: m@7 }
            """
        );

        (_, string text) = await folder.RunAsync("--tables", folder["table.yaml"]);

        Assert.Contains($"o1,x,t1,2,{(1000 * a + (a + b) / 2) / (a + b)},", text, StringComparison.Ordinal);
        CommandRun without = await CommandRun.OfAsync([
            "attribution",
            "batch",
            "--touches",
            folder["touches.csv"],
            "--conversions",
            folder["conversions.csv"],
            "--rules",
            folder["rules.yaml"],
            "--out",
            folder["out.csv"],
        ]);
        Assert.Contains("there is no weight table m@7", without.Stderr, StringComparison.Ordinal);
    }

    private async Task<JsonElement> FitAsync(string model, params string[] more)
    {
        CommandRun result = await CommandRun.OfAsync([
            "attribution",
            "fit",
            model,
            "--touches",
            folder["touches.csv"],
            "--conversions",
            folder["conversions.csv"],
            "--rules",
            folder["rules.yaml"],
            "--out",
            folder["table.yaml"],
            "--json",
            .. more,
        ]);
        Assert.True(result.Exit == 0, result.Stderr);
        return result.Json();
    }

    // As many customers as a path was taken by; others did not convert.
    private void PathData(string file, bool withNulls)
    {
        StringBuilder touches = new(TouchHeader);
        StringBuilder conversions = new(ConversionHeader);
        using StreamReader reader = new(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        string[] header = reader.ReadLine()!.Replace("\"", "", StringComparison.Ordinal).Split(',');
        int customer = 0;
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Replace("\"", "", StringComparison.Ordinal).Split(',');
            int won = int.Parse(cells[Array.IndexOf(header, "total_conversions")], CultureInfo.InvariantCulture);
            int lost = int.Parse(cells[Array.IndexOf(header, "total_null")], CultureInfo.InvariantCulture);
            string[] path = cells[Array.IndexOf(header, "path")].Split(" > ");
            for (int i = 0; i < won + (withNulls ? lost : 0); i++, customer++)
            {
                for (int at = 0; at < path.Length; at++)
                    touches.Append(T($"t{customer}-{at}", $"{customer}", at, path[at]));
                if (i < won)
                    conversions.Append(C($"o{customer}", $"{customer}", path.Length));
            }
        }
        folder.With(touches.ToString(), conversions.ToString(), All);
    }

    private void Made(Random random, int customers)
    {
        StringBuilder touches = new(TouchHeader);
        StringBuilder conversions = new(ConversionHeader);
        for (int customer = 0; customer < customers; customer++)
        {
            int length = random.Next(1, 7);
            for (int at = 0; at < length; at++)
                touches.Append(T($"t{customer}-{at}", $"{customer}", at, "abcde"[random.Next(5)].ToString()));
            if (random.Next(3) == 0)
                conversions.Append(C($"o{customer}", $"{customer}", random.Next(1, length + 1)));
        }
        folder.With(touches.ToString(), conversions.ToString(), All);
    }

    private static string Weights(JsonElement fitted) =>
        string.Join(
            ", ",
            fitted
                .GetProperty("channels")
                .EnumerateArray()
                .Select(x => $"{x.GetProperty("channel").GetString()} {x.GetProperty("weight").GetInt64()}")
        );

    private static JsonElement Channel(JsonElement fitted, string name) =>
        fitted.GetProperty("channels").EnumerateArray().Single(x => x.GetProperty("channel").GetString() == name);

    private static string T(string id, string customer, int at, string channel) =>
        $"{id},{customer},{Start + at * 1000},x,{channel},click\n";

    private static string C(string id, string customer, int at, string kind = "purchase") =>
        $"{id},{customer},{Start + at * 1000},{kind},,1000,EUR\n";

    private static long Int(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
