using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution.Reports;

/// <summary>How far customers went equals trying every way through their events.</summary>
public sealed class FunnelTallyTests
{
    private static readonly string[] Names = ["view", "click", "email_open", "conversion/purchase"];
    private const long Start = FactGenerator.Start;

    [Fact]
    public void Finish_RandomCustomers_EqualsTryingEveryWay()
    {
        long deep = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            MemoryHistory history = new();
            TenantMachine machine = new(new("test"), history);
            List<(string User, string Name, long Time)> events = [];
            for (int i = 0; i < 30; i++)
                events.Add(($"u{random.Next(4)}", Names[random.Next(4)], Start + random.Next(12) * 1000));
            foreach (((string user, string name, long time), int i) in events.Select((x, i) => (x, i)))
                history.Apply(
                    machine,
                    (
                        new Fact($"e{i}", TypeOf(name), time)
                        {
                            Identifiers = [("user", user)],
                            Name = name == "email_open" ? name : null,
                        }
                    ).Encode()
                );
            FunnelOptions options = new(
                [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Names[random.Next(4)])],
                Start + random.Next(4) * 1000,
                Start + random.Next(5, 13) * 1000,
                random.Next(1, 12) * 1000
            );
            CreditView view = new(machine, withCustomers: true);
            (FunnelTally tally, FunnelTally other) = (new(view, options), new(view, options));
            tally.Add(0, 2);
            other.Add(2, int.MaxValue);
            tally.Add(other);

            long[] expected = new long[options.Steps.Count];
            foreach (var user in events.GroupBy(x => x.User))
                for (
                    int depth = Farthest([.. user.Select(x => (x.Name, x.Time))], options, 0, 0, 0);
                    depth > 0;
                    depth--
                )
                    expected[depth - 1]++;
            Assert.True(
                expected.SequenceEqual(tally.Finish().Steps.Select(x => x.Customers)),
                $"seed {seed}: {string.Join(',', expected)}, not {string.Join(',', tally.Finish().Steps.Select(x => x.Customers))}"
            );
            deep += expected.Length > 2 ? expected[2] : 0;
        }
        Assert.True(deep > 50, $"{deep}"); // not of nothing
    }

    // Tries every later event for the next step.
    private static int Farthest(
        (string Name, long Time)[] events,
        FunnelOptions options,
        int step,
        long first,
        long last
    )
    {
        int best = step;
        if (step == options.Steps.Count)
            return best;
        for (int i = 0; i < events.Length; i++)
        {
            if (events[i].Name != options.Steps[step])
                continue;
            bool fits =
                step == 0
                    ? events[i].Time >= options.From && events[i].Time < options.To
                    : events[i].Time > last && events[i].Time - first <= options.WithinMs;
            if (fits)
                best = Math.Max(
                    best,
                    Farthest(events, options, step + 1, step == 0 ? events[i].Time : first, events[i].Time)
                );
        }
        return best;
    }

    private static EventType TypeOf(string name) =>
        name switch
        {
            "view" => EventType.View,
            "click" => EventType.Click,
            "email_open" => EventType.Nurture,
            _ => EventType.Conversion,
        };
}
