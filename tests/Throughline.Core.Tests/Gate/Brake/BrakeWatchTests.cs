using Throughline.Cel.Library;
using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Brake;

/// <summary>When a rule is stopped, when it is left alone, and that it is told of once.</summary>
public sealed class BrakeWatchTests
{
    private static readonly RuleDocument Bad = GateKit.Rule("bad", "request.path == '/bad'", RuleAction.Deny);
    private static readonly RuleDocument Good = GateKit.Rule("good", "request.path == '/good'", RuleAction.Deny);

    [Fact]
    public void Add_CustomersAmongTheHit_StopTheRuleOnceAndNoOther()
    {
        Traffic traffic = new(Bad, Good);
        List<BrakeTrip> trips = [];
        for (int i = 0; i < 400; i++)
        {
            trips.AddRange(traffic.Ask("/bad", visitor: i, hasBought: i % 5 == 0, afterMs: 100));
            trips.AddRange(traffic.Ask("/good", visitor: 1_000 + i, hasBought: false, afterMs: 100));
        }
        BrakeTrip trip = Assert.Single(trips);
        Assert.Equal(("bad", 1, BrakeMeasure.People, 2), (trip.Rule, trip.Version, trip.Measure, trip.LimitPercent));
        Assert.True(trip.Part >= 5 && trip.Whole >= trip.Part && trip.LowPercent > 2, trip.Cause);
        Assert.StartsWith(
            $"bad: {trip.Part} of {trip.Whole} visitors that it hit",
            trip.Cause,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Add_FewerCustomersThanMakeAShare_StopNothing()
    {
        Traffic traffic = new(Bad);
        for (int i = 0; i < 4; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: true, afterMs: 100));
        for (int i = 0; i < 100; i++)
            Assert.Empty(traffic.Ask("/bad", 3, hasBought: true, afterMs: 100)); // one person often is one person
        Assert.Single(traffic.Ask("/bad", 4, hasBought: true, afterMs: 100));
    }

    [Fact]
    public void Add_ShareBelowItsLimit_StopsNothingForDays()
    {
        Random random = Seeds.Random();
        Traffic traffic = new(Bad);
        for (int i = 0; i < 100_000; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: random.Next(1000) < 12, afterMs: 2_000));
    }

    [Fact]
    public void Add_NineOfAHundredAndFiftyByChance_IsNoReason()
    {
        Traffic traffic = new(Bad);
        for (int i = 0; i < 150; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: i % 16 == 15, afterMs: 2_000)); // stopped once, at 1.2 % of people
    }

    [Fact]
    public void Add_HitsLongAgo_AreForgotten()
    {
        Traffic traffic = new(Bad);
        for (int i = 0; i < 200; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: true, afterMs: 80_000)); // never 5 in 5 minutes
        Assert.Empty(traffic.Ask("/bad", 500, hasBought: true, afterMs: 70_000));
        Assert.Single(traffic.Ask("/bad", 501, hasBought: true, afterMs: 1_000));
    }

    [Fact]
    public void Add_PeopleWhoBuyAfterTheyWereHit_Count()
    {
        Traffic traffic = new(Bad with { HoldoutPercent = 50 });
        for (int i = 0; i < 20; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: false, afterMs: 100));
        List<BrakeTrip> trips = [];
        for (int i = 0; i < 20; i++)
            trips.AddRange(traffic.Ask("/thanks", i, hasBought: true, afterMs: 100));
        Assert.Equal("bad", Assert.Single(trips).Rule);
    }

    [Fact]
    public void Arm_AnotherPublication_TellsOfItAgain()
    {
        Traffic traffic = new(Bad, Good);
        traffic.Until("/bad");
        Assert.Empty(traffic.Ask("/bad", 9_001, hasBought: true, afterMs: 10));
        traffic.Publish(Bad with { Mode = RuleMode.Shadow }, Good); // the brake's own
        for (int i = 0; i < 500; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: true, afterMs: 100)); // it never flaps
        traffic.Publish(Bad, Good); // a person's
        Assert.Equal((3, "bad"), (traffic.Until("/bad").Version, "bad"));
    }

    [Theory]
    [InlineData(RuleMode.Canary, true)]
    [InlineData(RuleMode.Enforce, false)]
    public void Add_RuleThatMatchesHalfOfTheTraffic_IsStoppedAsACanary(RuleMode mode, bool isStopped)
    {
        Traffic traffic = new(Bad with { Mode = mode, CanaryPercent = 20 });
        List<BrakeTrip> trips = [];
        for (int i = 0; i < 20_000; i++)
            trips.AddRange(traffic.Ask(i % 2 == 0 ? "/bad" : "/", i, hasBought: false, afterMs: 10));
        Assert.Equal(isStopped ? 1 : 0, trips.Count);
        Assert.All(trips, x => Assert.Equal((BrakeMeasure.Hits, 30), (x.Measure, x.LimitPercent)));
    }

    [Fact]
    public void Add_CanaryOfALargePackUnderItsLimit_IsLeftAlone()
    {
        Traffic traffic = new(Bad with { Mode = RuleMode.Canary, CanaryPercent = 20 });
        for (int i = 0; i < 30_000; i++)
            Assert.Empty(traffic.Ask(i % 4 == 0 ? "/bad" : "/", i, hasBought: false, afterMs: 10));
    }

    [Theory]
    [InlineData(3, true)] // of four
    [InlineData(2, false)]
    [InlineData(0, false)]
    public void Add_ChallengedWhoProveThemselves_StopTheRuleIfMostDo(int solvers, bool isStopped)
    {
        Traffic traffic = new(Bad with { Action = RuleAction.Challenge }, Good);
        List<BrakeTrip> trips = [];
        for (int i = 0; i < 1_000; i++)
        {
            trips.AddRange(traffic.Ask("/bad", i, hasBought: false, afterMs: 100));
            if (i % 4 < solvers)
                trips.AddRange(traffic.Ask("/bad", i, hasBought: false, afterMs: 100, clearedMs: 50));
        }
        Assert.Equal(isStopped ? 1 : 0, trips.Count);
        Assert.All(
            trips,
            x => Assert.Equal(("bad", BrakeMeasure.Solved, 50, true), (x.Rule, x.Measure, x.LimitPercent, x.Part >= 20))
        );
    }

    [Theory]
    [InlineData(300_001, 50)] // its clearance is older than the window
    [InlineData(50, 100)] // any share is allowed
    public void Add_ClearancesThatAreNoNews_StopNothing(int clearedMs, double max)
    {
        Traffic traffic = new(Bad with { Action = RuleAction.Challenge });
        traffic.Watch.Settings = new(SolvedPercentMax: max);
        for (int i = 0; i < 500; i++)
        {
            Assert.Empty(traffic.Ask("/bad", i, hasBought: false, afterMs: 100));
            Assert.Empty(traffic.Ask("/bad", i, hasBought: false, afterMs: 100, clearedMs));
        }
    }

    [Fact]
    public void Add_OneProofUnderManySessions_IsOne()
    {
        Traffic traffic = new(Bad with { Action = RuleAction.Challenge });
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Empty(traffic.Ask("/bad", i, hasBought: false, afterMs: 10, address: $"2001:db8:0:{i % 19}::{i:x}"));
            Assert.Empty(
                traffic.Ask(
                    "/bad",
                    i,
                    hasBought: false,
                    afterMs: 10,
                    clearedMs: 5,
                    address: $"2001:db8:0:{i % 19}::{i:x}"
                )
            );
        }
    }

    [Theory]
    [InlineData("2001:db8:0:{0:x}::1")] // a /48
    [InlineData("203.0.113.{0}")] // a /24
    public void Add_OneProofUnderAllAddressesThatItHoldsFor_IsOne(string addresses)
    {
        Traffic traffic = new(Bad with { Action = RuleAction.Challenge });
        for (int i = 0; i < 250; i++)
        {
            string address = string.Format(System.Globalization.CultureInfo.InvariantCulture, addresses, i);
            Assert.Empty(traffic.Ask("/bad", i, hasBought: false, afterMs: 10, address: address));
            Assert.Empty(traffic.Ask("/bad", i, hasBought: false, afterMs: 10, clearedMs: 5, address: address));
        }
    }

    [Fact]
    public void Add_ClearedBeforeTheyCame_WereNotChallenged()
    {
        Traffic traffic = new(Bad with { Action = RuleAction.Challenge });
        for (int i = 0; i < 500; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: false, afterMs: 100, clearedMs: 50));
    }

    [Theory]
    [InlineData(RuleMode.Shadow, RuleAction.Deny)]
    [InlineData(RuleMode.Enforce, RuleAction.Allow)]
    [InlineData(RuleMode.Enforce, RuleAction.Tag)]
    public void Add_RuleThatHarmsNobody_IsLeftAlone(RuleMode mode, RuleAction action)
    {
        Traffic traffic = new(Bad with { Mode = mode, Action = action });
        for (int i = 0; i < 500; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: true, afterMs: 100));
    }

    [Fact]
    public void Settings_Off_StopNothing_AndOnAgainGoOnFromNow()
    {
        Traffic traffic = new(Bad);
        traffic.Watch.Settings = new(IsOn: false);
        for (int i = 0; i < 500; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: true, afterMs: 100));
        traffic.Watch.Settings = new(PeopleMin: 20);
        for (int i = 0; i < 19; i++)
            Assert.Empty(traffic.Ask("/bad", i, hasBought: true, afterMs: 100));
        Assert.Single(traffic.Ask("/bad", 19, hasBought: true, afterMs: 100));
    }

    [Fact]
    public void Add_SameDecisions_TellTheSame()
    {
        int seed = Seeds.Next();
        Assert.Equal(Run(), Run());

        List<BrakeTrip> Run()
        {
            Random random = new(seed);
            Traffic traffic = new(Bad, Good with { Mode = RuleMode.Canary, CanaryPercent = 50 });
            List<BrakeTrip> trips = [];
            for (int i = 0; i < 5_000; i++)
            {
                string path = random.Next(3) switch
                {
                    0 => "/bad",
                    1 => "/good",
                    _ => "/",
                };
                // Requests that come late, too: time never runs back.
                trips.AddRange(traffic.Ask(path, random.Next(800), random.Next(10) == 0, random.Next(-200, 1_000)));
            }
            return trips;
        }
    }

    private sealed class Traffic
    {
        private readonly GateDecision decision = new();
        private GateModel model;
        private long version;
        private long now = GateKit.Noon;

        public Traffic(params RuleDocument[] rules) => model = Publish(rules);

        public BrakeWatch Watch { get; } = new();

        public GateModel Publish(params RuleDocument[] rules)
        {
            model = GateKit.Model(GateKit.Document(rules), ++version);
            Watch.Arm(model);
            return model;
        }

        public IEnumerable<BrakeTrip> Ask(
            string path,
            int visitor,
            bool hasBought,
            int afterMs,
            int? clearedMs = null,
            string? address = null
        )
        {
            now += afterMs;
            GateInputs inputs = GateKit.Inputs(x =>
            {
                x.Request.Time = now;
                x.Request.Path = x.Request.Target = path;
                x.Visitor = Core.State.Mix.Two((ulong)visitor, 77);
                x.Unit = HoldoutUnit.OfDevice("cookie", $"{visitor}", 1);
                if (clearedMs is { } age)
                    x.Request.Clearance = new(ClearanceState.Valid, 16, age);
                x.Request.Address = IpAddress.TryParse(
                    address ?? $"10.{visitor / 250}.{visitor % 250}.1",
                    out IpAddress known,
                    out _
                )
                    ? known
                    : null;
                x.Customer = hasBought ? new(true, 1, 1, 1) : default;
            });
            GateEngine.Decide(model, inputs, decision);
            return Watch.Add(inputs, decision) is { } trip ? [trip] : [];
        }

        public BrakeTrip Until(string path)
        {
            for (int i = 0; i < 1_000; i++)
                foreach (BrakeTrip trip in Ask(path, i, hasBought: true, afterMs: 100))
                    return trip;
            throw new InvalidOperationException("it was never stopped");
        }
    }
}
