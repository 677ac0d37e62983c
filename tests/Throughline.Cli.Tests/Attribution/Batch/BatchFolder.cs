using System.Globalization;
using System.Text.Json;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary>Files of touches, conversions and rules, and what <c>attribution batch</c> makes of them.</summary>
internal sealed class BatchFolder : IDisposable
{
    public const string LastClick = """
        rules:
          - windows: { click: 30d, view: 1d }
        """;

    private readonly TempFolder folder = new();

    public string this[string name] => folder[name];

    public void Dispose() => folder.Dispose();

    public BatchFolder With(string touches, string conversions, string rules = LastClick)
    {
        File.WriteAllText(folder["touches.csv"], touches);
        File.WriteAllText(folder["conversions.csv"], conversions);
        File.WriteAllText(folder["rules.yaml"], rules);
        return this;
    }

    /// <summary>Seeded rows of many customers, with texts, times of both forms, repeated lines and orders, and wrong ones.</summary>
    public BatchFolder WithMany(int seed, int touches, int conversions)
    {
        Random chance = new(seed);
        string Time() =>
            chance.Next(2) == 0
                ? (1_772_000_000_000 + chance.NextInt64(90L * 86_400_000)).ToString(CultureInfo.InvariantCulture)
                : DateTimeOffset
                    .FromUnixTimeMilliseconds(1_772_000_000_000 + chance.NextInt64(90L * 86_400_000))
                    .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string Customer() =>
            chance.Next(300) is int n && n % 3 == 0 ? $"{n}"
            : n % 3 == 1 ? $"\"cust, {n}\""
            : $"käufer-{n}";
        using (StreamWriter file = new(folder["touches.csv"]))
        {
            file.WriteLine("id,customer,time,campaign,channel,kind");
            for (int i = 0; i < touches; i++)
            {
                string kind = chance.Next(3) == 0 ? "view" : "click";
                string line = $"t{i},{Customer()},{Time()},c{chance.Next(7)},ch{chance.Next(3)},{kind}";
                for (int again = chance.Next(50) == 0 ? 2 : 1; again > 0; again--)
                    file.WriteLine(line);
                if (chance.Next(100) == 0)
                    file.WriteLine($"bad{i},,nowhere,\"");
            }
        }
        using (StreamWriter file = new(folder["conversions.csv"]))
        {
            file.WriteLine("id,customer,time,kind,order_id,minor,currency");
            for (int i = 0; i < conversions; i++)
                file.WriteLine(
                    $"o{i},{Customer()},{Time()},{(chance.Next(4) == 0 ? "lead" : "purchase")},{(chance.Next(9) == 0 ? "" : $"order{chance.Next(conversions)}")},{chance.Next(10_000)},{(chance.Next(5) == 0 ? "JPY" : "EUR")}"
                );
        }
        File.WriteAllText(
            folder["rules.yaml"],
            """
            rules:
              - windows: { click: 30d, view: 2d }
                exclusivity: shared
                model: { name: time_decay, halfLife: 5d }
              - campaign: c1
                windows: { "*": 20d }
                reuse: once
                exclusivity: shared
                model: linear
              - campaign: c2
                conversion: lead
                windows: { click: 10d }
                group: leads
                model: u_shaped
            """
        );
        return this;
    }

    public Task<CommandRun> TryAsync(string target, params string[] more) =>
        CommandRun.OfAsync([
            "attribution",
            "batch",
            "--touches",
            folder["touches.csv"],
            "--conversions",
            folder["conversions.csv"],
            "--rules",
            folder["rules.yaml"],
            "--out",
            folder[target],
            "--json",
            .. more,
        ]);

    /// <summary>The summary and the file of results.</summary>
    public async Task<(JsonElement Json, string Text)> RunAsync(params string[] more)
    {
        CommandRun run = await TryAsync("credits.csv", more);
        Assert.True(run.Exit == 0, run.Stderr);
        return (run.Json(), File.ReadAllText(folder["credits.csv"]));
    }
}
