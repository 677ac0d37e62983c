using System.Text.Json;
using Throughline.Core.Alarms;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Alarms;

/// <summary>An alarm is raised once while its condition lasts, however it swings, and cleared once that has been well for long enough.</summary>
public sealed class AlarmDeskTests
{
    private const long Minute = 60_000;
    private const long Start = 1_767_225_600_000;
    private static readonly HashSet<string> Looked = [AlarmKinds.GraphGuard, AlarmKinds.EventNew];

    [Fact]
    public void Step_ConditionThatSwings_IsOneAlarm()
    {
        Tenant tenant = new();
        for (int minute = 0; minute < 300; minute++)
            tenant.Look(minute, minute % 7 == 0 ? [Guard("degree")] : []); // well for 6 minutes at most
        Alarm alarm = Assert.Single(tenant.Said);
        Assert.Equal((Start, (long?)null), (alarm.Since, alarm.Until));
        Assert.Equal(alarm, Assert.Single(tenant.Book.Standing));
    }

    [Fact]
    public void Step_ConditionIsWellForTenMinutes_IsClearedThenAndRaisedAgainUnderAnotherId()
    {
        Tenant tenant = new();
        tenant.Look(0, [Guard("degree")]);
        for (int minute = 1; minute <= 10; minute++)
            tenant.Look(minute, []);
        Assert.Single(tenant.Said);
        tenant.Look(11, []);
        Assert.Equal(Start + 11 * Minute, tenant.Said[^1].Until);
        Assert.Empty(tenant.Book.Standing);
        tenant.Look(12, [Guard("degree")]);
        Assert.Equal(3, tenant.Said.Count);
        Assert.Equal(tenant.Said[0].Id, tenant.Said[1].Id);
        Assert.NotEqual(tenant.Said[0].Id, tenant.Said[2].Id);
    }

    /// <summary>The law, against a count of its own: for each subject raised and cleared alternate, a clearing has ten well minutes behind it.</summary>
    [Fact]
    public void Step_AnyRun_AlternatesAndSurvivesRestartsWithoutSayingTwice()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 50; round++)
        {
            Tenant tenant = new();
            string[] subjects = ["a", "b", "c"];
            int[] lastWrong = [int.MinValue, int.MinValue, int.MinValue];
            double[] share = [0.5, 0.05, 0.02];
            int began = 0;
            for (int minute = 0; minute < 400; minute++)
            {
                if (random.Next(40) == 0)
                {
                    tenant.Restart();
                    began = minute;
                }
                List<AlarmCondition> wrong = [];
                for (int i = 0; i < subjects.Length; i++)
                    if (random.NextDouble() < share[i])
                    {
                        lastWrong[i] = minute;
                        wrong.Add(Guard(subjects[i]));
                    }
                int said = tenant.Said.Count;
                tenant.Look(minute, wrong);
                foreach (Alarm alarm in tenant.Said.Skip(said))
                {
                    int i = Array.IndexOf(subjects, alarm.Subject);
                    if (alarm.Until is null)
                        Assert.Equal(minute, lastWrong[i]);
                    else
                        Assert.True(minute - Math.Max(lastWrong[i] + 1, began) >= 10, $"{minute}: {alarm}");
                }
            }
            foreach (IGrouping<string, Alarm> of in tenant.Said.GroupBy(alarm => alarm.Subject))
            {
                Assert.All(
                    of.Select((alarm, n) => (alarm, n)),
                    x => Assert.Equal(x.n % 2 == 1, x.alarm.Until is not null)
                );
                Assert.Equal((of.Count() + 1) / 2, of.Select(alarm => alarm.Id).Distinct().Count());
            }
        }
    }

    [Fact]
    public void Step_KindThatNobodyLookedAt_StaysAsItIs()
    {
        Tenant tenant = new();
        tenant.Look(0, [new(AlarmKinds.WebhookPaused, "orders", null, null, "It stopped.")]);
        for (int minute = 1; minute < 60; minute++)
            tenant.Look(minute, []);
        Assert.Single(tenant.Said);
    }

    [Fact]
    public void Step_ManyOfAKind_AreBounded()
    {
        Tenant tenant = new();
        tenant.Look(0, [.. Enumerable.Range(0, 500).Select(i => Guard($"type-{i:000}"))]);
        Assert.Equal(AlarmDesk.StandingMax, tenant.Said.Count);
        tenant.Look(1, [Guard("type-000"), new(AlarmKinds.EventNew, "webinar", 1, null, "It is new.")]);
        Assert.Equal(AlarmDesk.StandingMax + 1, tenant.Said.Count); // another kind has room of its own
    }

    [Fact]
    public void Book_SettingsAndWebhooks_AreTheLatestOfTheLog()
    {
        Tenant tenant = new();
        Assert.Equal(24, tenant.Book.Settings.SilenceHours);
        tenant.Say(
            JsonSerializer.SerializeToUtf8Bytes(
                new { kind = ControlDocument.AlarmSettingsKind, settings = new { silenceHours = 3 } }
            )
        );
        foreach (int version in (int[])[1, 2])
            tenant.Say(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        kind = ControlDocument.WebhookKind,
                        id = "orders",
                        version,
                        removed = version == 2,
                    }
                )
            );
        Assert.Equal(3, tenant.Book.Settings.SilenceHours);
        Assert.Equal(new HookEntry("orders", 2, 2, true), tenant.Machine.Hooks.Find("orders"));
    }

    private static AlarmCondition Guard(string subject) => new(AlarmKinds.GraphGuard, subject, 2, 1, "It is too much.");

    /// <summary>A tenant whose log takes every statement, as a service's would.</summary>
    private sealed class Tenant
    {
        private readonly MemoryHistory history = new();
        private AlarmDesk desk = new();

        public Tenant() => Machine = new(new("test", long.MaxValue / 4), history);

        public TenantMachine Machine { get; }
        public AlarmBook Book => Machine.Alarms;
        public List<Alarm> Said { get; } = [];

        /// <summary>The book is of the log; what the desk waits for is not.</summary>
        public void Restart() => desk = new();

        public void Look(int minute, IReadOnlyList<AlarmCondition> wrong)
        {
            foreach (Alarm alarm in desk.Step(Book, wrong, Looked, Start + minute * Minute))
            {
                Said.Add(alarm);
                Say(alarm.ToDocument());
            }
        }

        public void Say(byte[] document) =>
            Assert.Equal(
                ApplyStatus.Accepted,
                history.Apply(
                    Machine,
                    new Fact($"s{history.Events.Count}", EventType.Control, Start + history.Events.Count)
                    {
                        Document = document,
                    }.Encode()
                )
            );
    }
}
