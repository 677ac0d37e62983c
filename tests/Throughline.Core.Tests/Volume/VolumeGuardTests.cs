using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Core.Volume;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Volume;

/// <summary>Drops of volume are told, seasons and noise are not; whatever order events came in.</summary>
public sealed class VolumeGuardTests
{
    private const long Hour = 3_600_000;
    private const long Start = 1_767_225_600_000; // 2026-01-01T00:00:00Z
    private const int Weeks = 7;

    // Nights are quiet, and so are week-ends.
    private static double Rate(int hour) =>
        30 * (1 + 0.8 * Math.Sin((hour % 24 - 8) * Math.PI / 12)) * (hour / 24 % 7 >= 5 ? 0.5 : 1);

    private static int Poisson(Random random, double mean)
    {
        double limit = Math.Exp(-mean);
        int count = -1;
        for (double product = 1; product > limit; product *= random.NextDouble())
            count++;
        return count;
    }

    private static List<Fact> Facts(int seed, int hours, Func<int, double> share)
    {
        Random random = new(seed);
        List<Fact> facts = [];
        for (int hour = 0; hour < hours; hour++)
        {
            for (int i = Poisson(random, Rate(hour) * share(hour)); i > 0; i--)
                facts.Add(
                    new($"e{facts.Count}", EventType.Nurture, Start + hour * Hour + random.Next((int)Hour))
                    {
                        Name = "email_open",
                        Identifiers = [("user", $"u{random.Next(3)}")],
                    }
                );
            // What goes on whatever happens to the other: it moves the watermark.
            facts.Add(
                new($"k{hour}", EventType.Identify, Start + hour * Hour + Hour - 1) { Identifiers = [("user", "k")] }
            );
        }
        return facts;
    }

    private static (VolumeView View, TenantMachine Machine) Run(IEnumerable<Fact> facts)
    {
        MemoryHistory history = new();
        TenantMachine machine = new(new("test", long.MaxValue / 4), history);
        foreach (Fact fact in facts)
            history.Apply(machine, fact.Encode());
        return (new(machine), machine);
    }

    [Fact]
    public void Judge_SeasonsAndNoise_NeverAlarm()
    {
        for (int seed = 0; seed < 4; seed++)
        {
            List<Fact> facts = Facts(seed, Weeks * 168, _ => 1);
            MemoryHistory history = new();
            TenantMachine machine = new(new("test", long.MaxValue / 4), history);
            int looked = 0;
            foreach (Fact fact in facts)
            {
                history.Apply(machine, fact.Encode());
                if (fact.Id[0] == 'k' && fact.Time > Start + 4 * 168 * Hour)
                {
                    Assert.True(VolumeGuard.Judge(new(machine)).Count == 0, $"seed {seed}, {fact.Id}");
                    looked++;
                }
            }
            Assert.Equal(3 * 168, looked);
        }
    }

    [Fact]
    public void Judge_PlantedDrop_AlarmsWithinTwoHours_AndNoLongerAfterIt()
    {
        const int Drop = 6 * 168 + 13; // a working day at noon
        List<Fact> facts = Facts(7, Weeks * 168, hour => hour is >= Drop and < Drop + 6 ? 0.05 : 1);
        IReadOnlyList<VolumeAlarm> At(int hours) =>
            VolumeGuard.Judge(Run(facts.Where(x => x.Time < Start + hours * Hour)).View);

        Assert.Empty(At(Drop));
        VolumeAlarm alarm = Assert.Single(At(Drop + 3), x => x.Hours == 1);
        Assert.Equal(("email_open", Start + (Drop + 1) * Hour), (alarm.Name, alarm.Until));
        Assert.True(alarm.Count < alarm.Least && alarm.Least <= alarm.Expected / 2, $"{alarm}");
        Assert.InRange(alarm.Expected, Rate(Drop) * 0.8, Rate(Drop) * 1.2);
        Assert.DoesNotContain(At(Drop + 9), x => x.Hours == 1);
    }

    [Fact]
    public void Judge_FewEventsOrWeeks_SayNothing()
    {
        Assert.Empty(VolumeGuard.Judge(Run(Facts(3, 2 * 168, hour => hour > 300 ? 0 : 1)).View)); // no third week
        Assert.Empty(VolumeGuard.Judge(Run(Facts(3, 5 * 168, hour => hour > 800 ? 0 : 0.001)).View)); // too few ever
        Assert.Empty(VolumeGuard.Judge(Run([]).View));
    }

    [Fact]
    public void Names_InAnyOrder_AreTheSameCounts_AndOutliveARestart()
    {
        List<Fact> facts = Facts(11, 60, _ => 0.3);
        (VolumeView expected, TenantMachine machine) = Run(facts);
        Fact[] shuffled = [.. facts];
        new Random(5).Shuffle(shuffled);
        (VolumeView other, _) = Run([.. shuffled, .. shuffled.Take(20)]); // some of them twice
        Assert.Equal(Text(expected), Text(other));
        Assert.Equal(facts.Count, expected.Names.Values.Sum(hours => hours.Values.Sum()));

        ImageCopy image = new(machine.Capture(), () => { });
        MemoryHistory history = new();
        TenantMachine restored = TenantMachine.Restore(new("test", long.MaxValue / 4), history, image.Source());
        Fact more = facts[0] with { Id = "one-more" };
        restored.Replay(more.Encode(), new());
        Assert.Equal(facts.Count + 1, new VolumeView(restored).Names.Values.Sum(hours => hours.Values.Sum()));
        Assert.Equal(expected.Names["email_open"].Count, new VolumeView(restored).Names["email_open"].Count);
    }

    private static string Text(VolumeView view) =>
        string.Join(
            ' ',
            view.Names.Select(x => $"{x.Key}: {string.Join(',', x.Value.Select(hour => $"{hour.Key}={hour.Value}"))}")
        );
}
