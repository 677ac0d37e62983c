using Throughline.Core.Attribution.Reports;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution.Reports;

/// <summary>Paths equal a plain recount over customers' events.</summary>
public sealed class PathTallyTests
{
    private const long Start = FactGenerator.Start;
    private const long Second = 1_000;
    private static readonly string[] Channels = ["search", "email", "social"];

    [Fact]
    public void Finish_RandomCustomers_EqualsTheRecount()
    {
        long others = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            MemoryHistory history = new();
            TenantMachine machine = new(new("test"), history);
            AttributionRule rule = new()
            {
                Windows = new Dictionary<string, TouchWindow> { ["*"] = new(20 * Second) },
                Exclusivity = Exclusivity.Shared,
                Model = AttributionModel.Linear,
            };
            history.Apply(
                machine,
                new Fact("rule", EventType.Control, Start - 1)
                {
                    Document = ControlDocument.AttributionRule(rule),
                }.Encode()
            );
            List<(string User, string? Channel, long Time)> events = [];
            for (int i = 0; i < 40; i++)
            {
                bool sale = random.Next(6) == 0;
                (string user, long time) = ($"u{random.Next(6)}", Start + i * Second);
                events.Add((user, sale ? null : Channels[random.Next(3)], time));
                Fact fact = new($"e{i}", sale ? EventType.Conversion : EventType.Click, time)
                {
                    Identifiers = [("user", user)],
                    Channel = events[^1].Channel,
                    Campaign = sale ? null : "c",
                    Minor = sale ? 100 : null,
                };
                history.Apply(machine, fact.Encode());
            }
            history.Drain(machine);
            bool collapse = seed % 2 == 0;
            PathOptions options = new(ReportPart.Channel, Start, Start + 60 * Second, null, collapse, 50, 1_000);
            CreditView view = new(machine, withCustomers: true);
            (PathTally tally, PathTally other) = (new(view, options), new(view, options));
            foreach ((int place, (_, var one)) in MemoryHistory.CurrentCases(machine).Index())
                (place % 2 == 0 ? tally : other).Add(one);
            tally.AddOthers(0, 3);
            other.AddOthers(3, int.MaxValue);
            tally.Add(other);
            PathReport report = tally.Finish();

            SortedDictionary<string, (int Conversions, int Others)> expected = new(StringComparer.Ordinal);
            void Count(IEnumerable<(string User, string? Channel, long Time)> steps, bool converts)
            {
                List<string> names = [];
                foreach ((_, string? channel, _) in steps)
                    if (!collapse || names.Count == 0 || names[^1] != channel)
                        names.Add(channel!);
                if (names.Count == 0)
                    return;
                string key = string.Join('>', names);
                (int conversions, int without) = expected.GetValueOrDefault(key);
                expected[key] = converts ? (conversions + 1, without) : (conversions, without + 1);
            }
            foreach (var user in events.GroupBy(x => x.User))
            {
                foreach (var sale in user.Where(x => x.Channel is null))
                    Count(
                        user.Where(x =>
                            x.Channel is not null && x.Time <= sale.Time && sale.Time - x.Time <= 20 * Second
                        ),
                        converts: true
                    );
                long last = user.Where(x => x.Channel is null).Select(x => x.Time).DefaultIfEmpty(long.MinValue).Max();
                var rest = user.Where(x => x.Channel is not null && x.Time > last).ToList();
                if (rest.Count > 0)
                    Count(rest.Where(x => rest[^1].Time - x.Time <= 20 * Second), converts: false);
            }
            Assert.Equal(
                expected.Select(x => $"{x.Key} {x.Value.Conversions} {x.Value.Others}").Order(StringComparer.Ordinal),
                report
                    .Paths.Select(x => $"{string.Join('>', x.Steps)} {x.Conversions} {x.NotConverting}")
                    .Order(StringComparer.Ordinal)
            );
            Assert.Equal(report.Conversions, report.FromFirstTouch.Conversions);
            Assert.Equal(100 * report.Conversions, report.Paths.Sum(x => x.Values.Sum(value => value.Minor)));
            others += report.NotConverting;
        }
        Assert.True(others > 100, $"{others}"); // not of nothing
    }

    [Fact]
    public void TimeToConvert_Quantiles_AreNearestRanks()
    {
        const long Day = 86_400_000;
        TimeToConvert time = TimeToConvert.Of([3 * Day, 1, 2 * Day + 5, Day - 1]);
        Assert.Equal(
            $"1 1 {Day - 1} {2 * Day + 5} {3 * Day}",
            $"{time.MinMs} {time.P25Ms} {time.MedianMs} {time.P75Ms} {time.MaxMs}"
        );
        Assert.Equal("0=2 2=1 3=1", string.Join(' ', time.Days.Select(x => $"{x.From}={x.Conversions}")));
        Assert.Equal("0=1 23=1", string.Join(' ', time.Hours.Select(x => $"{x.From}={x.Conversions}")));
        Assert.Null(TimeToConvert.Of([]).MedianMs);
    }
}
