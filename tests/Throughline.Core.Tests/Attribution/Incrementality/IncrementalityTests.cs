using System.Buffers;
using System.Globalization;
using Throughline.Core.Attribution.Incrementality;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Trials;
using Throughline.Testing;

namespace Throughline.Core.Tests.Attribution.Incrementality;

/// <summary>What experiments say, against worlds whose lift is known, and whom they count where.</summary>
public sealed class IncrementalityTests
{
    private const long Start = 1_780_272_000_000; // 2026-06-01
    private const long Day = 86_400_000;
    private const int Euro = 'E' | 'U' << 8 | 'R' << 16;

    /// <summary>
    /// Each customer has a lot, and what they would do with and without the campaign: so the truth is known of the very people who were treated.
    /// Of n intervals of 95 % so many may miss that more would be chance less than once in a thousand runs.
    /// </summary>
    [Fact]
    public void Finish_WorldsWithKnownLift_HoldItInTheirIntervals()
    {
        int worlds = LongTests.Rounds(normal: 300, full: 1_000);
        int seed = Seeds.Next();
        int[] misses = new int[4];
        int[] told = new int[4];
        for (int world = 0; world < worlds; world++)
        {
            Random random = new(seed + world);
            Experiment experiment = new();
            int lift = random.Next(0, 6);
            long gained = 0;
            long converted = 0;
            long euros = 0;
            for (int person = 0; person < 4_000; person++)
            {
                bool isHeld = random.Next(100) < 20;
                experiment.Declare("summer", person, isHeld, Start);
                // Baskets are skewed, as they are: most small, some large.
                int basket = 500 + (int)(2_500 * -Math.Log(1 - random.NextDouble()));
                bool anyway = random.Next(100) < 6;
                bool caused = !anyway && random.Next(100) < lift;
                bool again = random.Next(100) < 20;
                if (anyway || (caused && !isHeld))
                    experiment.Buy(person, Start + random.NextInt64(30 * Day), basket);
                if (anyway && again)
                    experiment.Buy(person, Start + random.NextInt64(30 * Day), basket / 2);
                if (!caused || isHeld)
                    continue;
                (converted, gained, euros) = (converted + 1, gained + 1, euros + basket);
            }
            CampaignIncrementality found = Assert.Single(experiment.Finish().Campaigns);
            Note(0, found.Incremental.Converted, converted);
            Note(1, found.Incremental.Conversions, gained);
            Note(2, found.Incremental.Values.Single().Minor, euros);
            // Of a new crowd: the difference that would be expected of it.
            Note(3, found.Lift.Rate, 0.94 * lift / 100.0);
        }
        string figures = string.Join(", ", misses.Zip(told, (missed, all) => $"{all - missed} of {all}"));
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.All(told, x => Assert.Equal(worlds, x));
        // Of Binomial(300, 0.05) more than 36 once in a million; of Binomial(1000, 0.05) more than 72 once in a thousand.
        Assert.True(misses.Max() <= (worlds == 300 ? 36 : 72), figures);

        void Note(int which, Interval? interval, double truth)
        {
            told[which] += interval is null ? 0 : 1;
            misses[which] += interval is { } given && !given.Holds(truth) ? 1 : 0;
        }
    }

    [Fact]
    public void Finish_CampaignThatCausesNothing_IsNotAnEffectMoreOftenThanChance()
    {
        int seed = Seeds.Next();
        int claims = 0;
        for (int world = 0; world < 200; world++)
        {
            Random random = new(seed + world);
            Experiment experiment = new();
            for (int person = 0; person < 1_000; person++)
            {
                experiment.Declare("idle", person, random.Next(2) == 0, Start);
                if (random.Next(100) < 10)
                    experiment.Buy(person, Start + Day, 1_000);
            }
            claims += experiment.Finish().Campaigns[0].Lift.Rate.Holds(0) ? 0 : 1;
        }
        Assert.InRange(claims, 0, 24); // Binomial(200, 0.05): above once in 10,000
    }

    [Fact]
    public void Finish_MergedCustomerInBothArms_IsOneInTheArmOfTheFirstDeclaration()
    {
        Experiment experiment = new();
        experiment.Declare("summer", 1, isHeld: true, Start + 5);
        experiment.Declare("summer", 2, isHeld: false, Start); // earlier, though it came later
        experiment.Merge(1, 2);
        experiment.Buy(1, Start + Day, 1_000);
        experiment.Declare("summer", 3, isHeld: true, Start);
        experiment.Declare("summer", 3, isHeld: true, Start + Day); // said again
        experiment.Declare("summer", 99, isHeld: true, Start);
        experiment.Forget(99);
        CampaignIncrementality found = Assert.Single(experiment.Finish().Campaigns);
        Assert.Equal((1, 1, 1), (found.Held.Units, found.Treated.Units, found.Crossed));
        Assert.Equal((0, 1, 1), (found.Held.Converted, found.Treated.Converted, found.Unknown));
    }

    [Fact]
    public void Finish_ConversionsOutsideTheWindowOrOfBots_DoNotCount()
    {
        Experiment experiment = new();
        experiment.Declare("summer", 1, isHeld: false, Start);
        experiment.Buy(1, Start - 1, 1);
        experiment.Buy(1, Start, 10);
        experiment.Buy(1, Start + 30 * Day, 100);
        experiment.Buy(1, Start + 30 * Day + 1, 1_000);
        experiment.Buy(1, Start + Day, 10_000, ConversionOutcome.Fake);
        experiment.Buy(1, Start + Day, 10_000, ConversionOutcome.Judged);
        experiment.Buy(1, Start + Day, 0, ConversionOutcome.Refunded);
        CampaignIncrementality found = Assert.Single(experiment.Finish().Campaigns);
        Assert.Equal((1, 3), (found.Treated.Converted, found.Treated.Conversions));
        Assert.Equal(new ArmValue("EUR", 110, 110), Assert.Single(found.Treated.Values));
        Assert.Null(found.Incremental.Conversions); // nobody is held: nothing can be said
        Assert.Equal(new Interval(-0, -0, 1).High, found.Incremental.Converted.High);
    }

    [Fact]
    public void Finish_DeclarationsInAnyOrder_SayTheSame()
    {
        int seed = Seeds.Next();
        string[] reports =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(order =>
                {
                    Random random = new(seed);
                    Experiment experiment = new();
                    (string Campaign, int Person, bool IsHeld, long Time)[] said =
                    [
                        .. Enumerable
                            .Range(0, 500)
                            .Select(i =>
                                (i % 3 == 0 ? "a" : "b", random.Next(100), random.Next(2) == 0, Start + random.Next(50))
                            ),
                    ];
                    for (int i = 0; i < 200; i++)
                        experiment.Buy(random.Next(100), Start + random.NextInt64(20 * Day), random.Next(1, 9_999));
                    if (order == 1)
                        Array.Reverse(said);
                    foreach ((string campaign, int person, bool isHeld, long time) in said)
                        experiment.Declare(campaign, person, isHeld, time, $"{campaign}{person}{isHeld}{time}");
                    return System.Text.Json.JsonSerializer.Serialize(experiment.Finish());
                }),
        ];
        Assert.Equal(reports[0], reports[1]);
    }

    private sealed class Experiment
    {
        private readonly ExperimentBook book = new(Start - Day, Start + 90 * Day, ExperimentBook.WindowUsual);
        private readonly Dictionary<Token, Token> customers = [];
        private readonly List<CreditedConversion> conversions = [];
        private int declared;

        public void Declare(string campaign, int person, bool isHeld, long time, string? id = null)
        {
            EventRecordWriter writer = new();
            writer.Begin(EventType.Holdout, time, keyVersion: 1, backfill: false);
            writer.Identifier(IdentifierType.User, IdentifierOf(person));
            writer.Text(EventField.Kind, campaign);
            writer.Number(EventField.Status, (long)(isHeld ? HoldoutArm.Held : HoldoutArm.Treated));
            ArrayBufferWriter<byte> bytes = new();
            string name = id ?? (declared++).ToString(CultureInfo.InvariantCulture);
            ulong hash = Core.State.Mix.Bytes(System.Text.Encoding.UTF8.GetBytes(name));
            writer.Complete(new Token(hash, 1), default, bytes);
            book.Add(EventRecord.FromTrusted(bytes.WrittenSpan));
            customers.TryAdd(IdentifierOf(person), CustomerOf(person));
        }

        public void Buy(int person, long time, long minor, ConversionOutcome outcome = ConversionOutcome.Paid) =>
            conversions.Add(
                new(new(new((ulong)conversions.Count, 7), time, CustomerOf(person), outcome, Euro, minor, minor), [])
            );

        public void Merge(int person, int other) => customers[IdentifierOf(other)] = CustomerOf(person);

        public void Forget(int person) => customers.Remove(IdentifierOf(person));

        public IncrementalityReport Finish() => book.Finish(customers, conversions, Start + 90 * Day);

        private static Token IdentifierOf(int person) => new((ulong)person, 1);

        private static Token CustomerOf(int person) => new((ulong)person, 2);
    }
}
