using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Cli.Attribution.Batch;
using Throughline.Cli.Attribution.Batch.Export;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.Server.Tenants;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary>
/// Stream = batch: what the live machine published last for every conversion, and what <c>attribution batch</c> makes of the same
/// tenant's touches, conversions, refunds and rules as files, are the same bytes. The tenants are random (requests, touches, conversions,
/// refunds, identities that merge, are separated and erased, labels, blocks, strategies, rules of every member with versions and
/// restatements, exchange rates)
/// and arrive in a random order, with duplicates and conflicting ids.
/// </summary>
public sealed class StreamEqualsBatchTests : IDisposable
{
    private const string Header = "conversion,campaign,touch,rank,minor,weight,reason,rule,version\n";

    private static readonly TenantSettings Settings = new("test");

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Apply_RandomPermutations_EqualsTheBatchDriver()
    {
        int seed = Seeds.Next();
        Random chance = new(seed);
        Seen seen = new();
        for (int round = 0; round < LongTests.Rounds(100, 1_000); round++)
        {
            MemoryTenant tenant = new(Settings, new ScratchKeys(), keepsResults: true);
            foreach (byte[] fact in Arrivals(chance))
                tenant.Apply(fact);
            tenant.Settle();
            string rows = await CompareAsync(tenant, Results(tenant), chance, $"seed {seed}, round {round}");
            seen.Note(rows);
        }
        seen.Check();
    }

    [Fact]
    public async Task Submit_ThroughACellWithRestarts_EqualsTheBatchDriver()
    {
        int seed = Seeds.Next();
        Random chance = new(seed);
        for (int round = 0; round < LongTests.Rounds(3, 30); round++)
        {
            string path = Directory.CreateDirectory(folder[$"cell-{round}"]).FullName;
            TenantCell cell = TenantCell.Open(path, Settings, new FakeTimeProvider(), NullLogger.Instance);
            foreach (byte[][] part in Arrivals(chance).Chunk(1 + chance.Next(60)))
            {
                RecordBuffer buffer = new();
                Array.ForEach(part, fact => buffer.Append(fact));
                await cell.SubmitAsync(buffer, TestContext.Current.CancellationToken);
                if (chance.Next(4) > 0)
                    continue;
                if (chance.Next(2) == 0)
                    await cell.AskAsync(
                        store =>
                        {
                            store.PrepareSnapshot()();
                            return true;
                        },
                        TestContext.Current.CancellationToken
                    );
                await cell.DisposeAsync();
                cell = TenantCell.Open(path, Settings, new FakeTimeProvider(), NullLogger.Instance);
            }
            await cell.SettleAsync(TestContext.Current.CancellationToken);
            Dictionary<Token, byte[]> live = await cell.AskAsync(
                store => LastOf(add => store.Log.ScanResults(0, (_, result) => add(result.ToArray()))),
                TestContext.Current.CancellationToken
            );
            MemoryTenant tenant = await cell.AskAsync(
                store => LogReplay.Run(store.Log, long.MaxValue, Settings, ReplayOrder.Log),
                TestContext.Current.CancellationToken
            );
            await cell.DisposeAsync();
            await CompareAsync(tenant, live, chance, $"seed {seed}, round {round}");
        }
    }

    // A comparison that notices nothing would prove nothing: files that lack something are told from those that do not.
    [Theory]
    [InlineData(TimelineFiles.Touches, ",bot,", ",human,")]
    [InlineData(TimelineFiles.Touches, ",true,", ",,")]
    [InlineData(TimelineFiles.Refunds, "\n[^\n]+", "")]
    [InlineData(TimelineFiles.Matches, "\n[^\n]+", "")]
    [InlineData(TimelineFiles.Conversions, ",o[0-9],", ",,")]
    [InlineData(TimelineFiles.Rates, "\"rate\":\"[^\"]+", "\"rate\":\"none")]
    [InlineData(TimelineFiles.Rules, "\"published\":[0-9]+", "\"published\":700000000000")]
    public async Task Compare_FilesThatLackSomething_IsNoticed(string file, string what, string instead)
    {
        int seed = Seeds.Next();
        Random chance = new(seed);
        for (int round = 0; round < 60; round++)
        {
            MemoryTenant tenant = new(Settings, new ScratchKeys(), keepsResults: true);
            foreach (byte[] fact in Arrivals(chance))
                tenant.Apply(fact);
            tenant.Settle();
            TimelineFiles.Write(new(tenant.Machine, tenant), folder.Path);
            string told = File.ReadAllText(folder[file]);
            File.WriteAllText(folder[file], Regex.Replace(told, what, instead));
            (string batch, _) = await RunAsync(chance, $"seed {seed}, round {round}");
            if (batch != Live(tenant, Results(tenant), File.ReadAllLines(folder[TimelineFiles.Conversions])))
                return;
        }
        Assert.Fail($"{file} without {what} gave the same rows in every round, seed {seed}");
    }

    [Fact]
    public async Task Apply_MoreConversionsThanAreLookedBackAt_EqualsTheBatchDriver()
    {
        MemoryTenant tenant = new(Settings, new ScratchKeys(), keepsResults: true);
        const long Second = 1_000;
        Throughline.Core.Attribution.Rules.AttributionRule rule = new()
        {
            Campaign = "a",
            Windows = new Dictionary<string, Core.Attribution.Rules.TouchWindow> { ["*"] = new(3_000 * Second) },
            Reuse = Core.Attribution.Rules.TouchReuse.Once, // a touch is free again once its conversion is too far back
            Eligible = "conversion.minor == 100 && customer.earlier_conversions <= 1000",
            Restate = true,
        };
        tenant.Apply(
            new Fact("rule", EventType.Control, FactGenerator.Start)
            {
                Document = ControlDocument.AttributionRule(rule),
            }.Encode()
        );
        for (int i = 0; i < 4; i++)
            tenant.Apply(Of($"t{i}", i % 2 == 0 ? EventType.Click : EventType.View, i).Encode());
        int count = TimelineLimit + 20;
        for (int i = 0; i < count; i++)
            tenant.Apply(
                (
                    Of($"c{i}", EventType.Conversion, 10 + i) with
                    {
                        Minor = i is < 4 or > TimelineLimit ? 100 : 50,
                    }
                ).Encode()
            );
        tenant.Settle();

        string rows = await CompareAsync(tenant, Results(tenant), new(1), "many conversions");

        Assert.True(rows.Split('\n').Count(row => row.Contains(",credited,", StringComparison.Ordinal)) > 4);

        static Fact Of(string id, EventType type, int second) =>
            new(id, type, FactGenerator.Start + second * Second)
            {
                Identifiers = [("cookie", "c")],
                Campaign = type == EventType.Conversion ? null : "a",
                Minor = type == EventType.Conversion ? 100 : null,
            };
    }

    private const int TimelineLimit = ConversionCase.MaxEarlier;

    // ---- a random tenant, as it arrives ----------------------------------------------------------------------------------

    private static List<byte[]> Arrivals(Random chance)
    {
        int minutes = chance.Next(3) switch
        {
            0 => 12 * 24 * 60,
            1 => 60 * 24 * 60, // more than the horizon: what comes late is refused
            _ => 40,
        };
        FactGenerator generator = new(chance.Next())
        {
            RichRules = chance.Next(6) > 0,
            Rates = chance.Next(2) == 0,
            Erasures = chance.Next(2) * 10,
            Details = true,
            Minutes = minutes,
            Values = 3 + chance.Next(12),
            Statements = chance.Next(3) == 0 ? 20 : 0,
        };
        List<Fact> facts = generator.Generate(40 + chance.Next(260));
        facts.AddRange(facts.Where(_ => chance.Next(20) == 0).ToList()); // told twice
        facts.AddRange(
            facts
                .Where(fact => fact.Type is >= EventType.Impression and <= EventType.Refund && chance.Next(20) == 0)
                .Select(fact => fact with { Time = fact.Time + 1 }) // the id of another: whichever comes first counts
                .ToList()
        );
        Fact[] order = [.. facts];
        chance.Shuffle(order);
        return [.. order.Select(fact => fact.Encode())];
    }

    // ---- both sides -------------------------------------------------------------------------------------------------------

    private static Dictionary<Token, byte[]> Results(MemoryTenant tenant) =>
        LastOf(add =>
        {
            for (long sequence = 0; sequence < tenant.Machine.NextResult; sequence++)
                add(tenant.ReadResult(sequence));
        });

    // The last result of every conversion.
    private static Dictionary<Token, byte[]> LastOf(Action<Func<byte[], bool>> scan)
    {
        Dictionary<Token, byte[]> last = [];
        scan(result =>
        {
            if (ResultRecord.FromTrusted(result) is { Kind: ResultKind.Conversion } record)
                last[record.Subject] = result;
            return true;
        });
        return last;
    }

    private async Task<string> CompareAsync(
        MemoryTenant tenant,
        Dictionary<Token, byte[]> results,
        Random chance,
        string where
    )
    {
        TimelineFiles.Write(new(tenant.Machine, tenant), folder.Path);
        foreach (
            string file in (string[])
                [TimelineFiles.Touches, TimelineFiles.Conversions, TimelineFiles.Refunds, TimelineFiles.Matches]
        )
            Shuffle(folder[file], chance);
        (string batch, CommandRun run) = await RunAsync(chance, where);
        string live = Live(tenant, results, File.ReadAllLines(folder[TimelineFiles.Conversions]));
        Assert.True(live == batch, $"{where}: {FirstDifference(live, batch)}");
        Assert.Empty(run.Json().GetProperty("rejections").EnumerateArray());
        return batch;
    }

    private async Task<(string Rows, CommandRun Run)> RunAsync(Random chance, string where)
    {
        CommandRun run = await CommandRun.OfAsync([
            "attribution",
            "batch",
            "--touches",
            folder[TimelineFiles.Touches],
            "--conversions",
            folder[TimelineFiles.Conversions],
            "--refunds",
            folder[TimelineFiles.Refunds],
            "--matches",
            folder[TimelineFiles.Matches],
            "--rules",
            folder[TimelineFiles.Rules],
            "--rates",
            folder[TimelineFiles.Rates],
            "--out",
            folder["credits.csv"],
            "--allow-empty",
            "campaign",
            "customer",
            "--threads",
            chance.Next(3) == 0 ? "3" : "1",
            "--memory",
            chance.Next(2) == 0 ? "1M" : "1G",
            "--json",
        ]);
        Assert.True(run.Exit == 0, $"{where}: {run.Stderr}");
        return (File.ReadAllText(folder["credits.csv"]), run);
    }

    // What was published, as rows, in the order of the conversions' file.
    private static string Live(MemoryTenant tenant, Dictionary<Token, byte[]> results, string[] lines)
    {
        CaseRows rows = new(
            tenant.Machine.AttributionRules,
            position => EventRecord.FromTrusted(tenant.Read(position)).Id
        );
        CreditText text = new();
        text.Raw(Encoding.ASCII.GetBytes(Header));
        Assert.Equal(results.Count, lines.Length - 1);
        foreach (string line in lines.Skip(1))
        {
            Assert.True(Token.TryParse(line.Split(',')[0], out Token id));
            rows.Write(ConversionCase.Read(ResultRecord.FromTrusted(results[id])), text);
        }
        return Encoding.UTF8.GetString(text.Bytes);
    }

    private static void Shuffle(string path, Random chance)
    {
        string[] lines = File.ReadAllLines(path);
        chance.Shuffle(lines.AsSpan(1));
        File.WriteAllLines(path, lines);
    }

    private static string FirstDifference(string live, string batch)
    {
        (string[] x, string[] y) = (live.Split('\n'), batch.Split('\n'));
        int line = Enumerable.Range(0, Math.Min(x.Length, y.Length)).FirstOrDefault(i => x[i] != y[i], -1);
        return line < 0
            ? $"{x.Length} rows, the batch has {y.Length}"
            : $"\n  live  {x[line]}\n  batch {y[line]}\nrow {line}";
    }

    /// <summary>Which outcomes occurred: a comparison of nothing would prove nothing.</summary>
    private sealed class Seen
    {
        private readonly SortedDictionary<string, int> reasons = new(StringComparer.Ordinal);

        public void Note(string rows)
        {
            foreach (string row in rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            {
                string reason = row.Split(',')[^3];
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
        }

        public void Check()
        {
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", reasons));
            string[] expected =
            [
                .. Enum.GetValues<TouchReason>().Select(Codes.Of),
                Codes.Of(ConversionStatus.DuplicateOrder),
                Codes.Of(ConversionStatus.NoCustomer),
                Codes.Of(ConversionStatus.Unattributed),
            ];
            string[] missing = [.. expected.Where(reason => !reasons.ContainsKey(reason))];
            Assert.True(missing.Length <= (LongTests.Enabled ? 0 : 3), $"never: {string.Join(", ", missing)}");
            Assert.InRange(reasons[Codes.Of(TouchReason.Credited)], LongTests.Enabled ? 5_000 : 300, int.MaxValue);
        }
    }
}
