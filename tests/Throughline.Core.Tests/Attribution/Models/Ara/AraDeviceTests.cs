using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Core.Tests.Attribution.Models.Ara;

/// <summary>What a device credits that a browser does not: installs, sources of other networks, sums in buckets.</summary>
public sealed class AraDeviceTests
{
    private const string Shop = "android-app://shop.example";
    private const string Reporter = "https://ads.example";
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    [Fact]
    public void Register_InstallWasCredited_KeepsLaterSourceOutWhileItLasts()
    {
        AraDevice device = new(new());
        device.Register(Source(1, 0, exclusivity: 10 * Day));
        device.Install(Shop, Hour);
        device.Register(Source(2, 2 * Hour, priority: 9));

        device.Register(Trigger(3 * Hour));

        Assert.Equal(["1"], Credited(device));
    }

    [Fact]
    public void Register_ExclusivityIsOver_TakesTheHigherPriority()
    {
        AraDevice device = new(new());
        device.Register(Source(1, 0, exclusivity: 2 * Hour));
        device.Install(Shop, Hour);
        device.Register(Source(2, Hour, priority: 9));

        device.Register(Trigger(3 * Hour));

        Assert.Equal(["2"], Credited(device));
    }

    [Fact]
    public void Install_AfterTheWindow_CreditsNobody()
    {
        AraDevice device = new(new());
        device.Register(Source(1, 0, exclusivity: 20 * Day));
        device.Install(Shop, 3 * Day);
        device.Register(Source(2, 4 * Day, priority: 9));

        device.Register(Trigger(5 * Day));

        Assert.Equal(["2"], Credited(device));
    }

    [Fact]
    public void Uninstall_OfTheSourcesApp_LeavesNothingToCredit()
    {
        AraDevice device = new(new());
        device.Register(Source(1, 0));
        device.Register(Trigger(Hour));
        device.Uninstall("android-app://news.example", 2 * Hour);

        device.Register(Trigger(3 * Hour));

        Assert.Empty(Credited(device));
    }

    [Fact]
    public void Register_CopyOfAnotherNetworkLostOnce_LosesAlwaysForThatNetworkAlone()
    {
        AraDevice device = new(new() { CreditsOtherNetworks = true });
        device.Register(Source(1, 0, network: "b", reporter: "https://b.example"));
        device.Register(Source(2, 0, network: "c", reporter: "https://c.example", priority: 5));

        device.Register(Trigger(Hour, others: ["b", "c"]));
        device.Register(Trigger(2 * Hour, others: ["b"]));
        device.Register(Trigger(3 * Hour, others: ["b"], network: "d", reporter: "https://d.example"));

        string[] reporters =
        [
            .. device.Finish().Select(x => x.Payload["shared_info"]!["reporting_origin"]!.GetValue<string>()),
        ];
        Assert.Equal([Reporter, "https://d.example"], reporters);
    }

    [Fact]
    public void Register_ValuesThatReachTwoBuckets_ReportsEachOnceAtTheEndOfItsWindow()
    {
        AraDevice device = new(new());
        AraTriggerSpec spec = new([0], 0, [Day, 2 * Day], [10, 100], IsSum: true);
        device.Register(Source(1, 0, spec: spec));
        device.Register(Trigger(Hour, value: 30));
        device.Register(Trigger(2 * Hour, value: 30));
        device.Register(Trigger(Day + Hour, value: 60));

        (long, string)[] reports =
        [
            .. device.Finish().Select(x => (x.Time, x.Payload["trigger_summary_bucket"]!.ToJsonString())),
        ];

        Assert.Equal([(Day, "[10,99]"), (2 * Day, "[100,4294967295]")], reports);
    }

    [Fact]
    public void Register_HigherPriorityBeforeTheWindowEnds_TakesThePlaceInTheReport()
    {
        AraDevice device = new(new());
        AraTriggerSpec spec = new([0, 1], 0, [Day], [1], IsSum: false);
        device.Register(Source(1, 0, spec: spec, most: 1));
        device.Register(Trigger(Hour, data: 0));
        device.Register(Trigger(2 * Hour, data: 1, priority: 1));

        AraReport report = Assert.Single(device.Finish());

        Assert.Equal("1", report.Payload["trigger_data"]!.GetValue<string>());
    }

    [Fact]
    public void Register_MoreDestinationsThanMayBe_TheOldestMakesWay()
    {
        AraDevice device = new(new() { Shared = new() { ActiveDestinationsMax = 1 } });
        device.Register(Source(1, 0));
        device.Register(Source(2, Hour, destination: "android-app://other.example"));

        device.Register(Trigger(2 * Hour));

        Assert.Empty(Credited(device));
    }

    [Theory]
    [InlineData(8, 3, 3, 2925)] // of a click: 3 reports of 8 kinds in 3 windows
    [InlineData(2, 1, 1, 3)] // of a view
    [InlineData(1, 1, 3, 4)]
    public void States_AsManyBucketsAsReports_AreMultisetsOfKindsAndWindows(
        int kinds,
        int windows,
        int reports,
        double states
    )
    {
        long[] data = [.. Enumerable.Range(0, kinds).Select(x => (long)x)];
        long[] ends = [.. Enumerable.Range(1, windows).Select(x => x * Day)];
        long[] buckets = [.. Enumerable.Range(1, reports).Select(x => (long)x)];

        Assert.Equal(states, AraTriggerSpec.States([new(data, 0, ends, buckets, IsSum: false)], reports, kinds: 1));
    }

    [Fact]
    public void States_FewerBucketsThanReports_CountsOnlyWhatCanBe()
    {
        AraTriggerSpec one = new([0], 0, [Day], [10], IsSum: true);
        AraTriggerSpec two = new([1], 0, [Day, 2 * Day], [1, 2], IsSum: false);

        // None or one of the first; none, one in two ways, or two in three ways of the second.
        Assert.Equal(2 * (1 + 2 + 3), AraTriggerSpec.States([one, two], maxReports: 3, kinds: 1));
        Assert.Equal((1 + 2 + 3) + (1 + 2), AraTriggerSpec.States([one, two], maxReports: 2, kinds: 1));
    }

    private static string[] Credited(AraDevice device) =>
        [.. device.Finish().Select(x => x.Payload["source_event_id"]!.GetValue<string>())];

    private static AraSource Source(
        int id,
        long time,
        long priority = 0,
        long exclusivity = 0,
        string destination = Shop,
        string network = "a",
        string reporter = Reporter,
        AraTriggerSpec? spec = null,
        int most = 3
    ) =>
        new()
        {
            Time = time,
            SourceSite = "android-app://news.example",
            SourceOrigin = "android-app://news.example",
            ReportingOrigin = reporter,
            Network = network,
            Registration = id,
            IsNavigation = true,
            Destinations = [destination],
            EventId = id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Priority = priority,
            Expiry = 30 * Day,
            WindowEnds = [2 * Day, 7 * Day, 30 * Day],
            AggregateWindow = 30 * Day,
            MaxReports = most,
            TriggerData = spec?.Data ?? [0, 1, 2, 3, 4, 5, 6, 7],
            Specs = spec is null ? null : [spec],
            Filters = new(new Dictionary<string, IReadOnlyList<string>>()),
            AggregationKeys = new Dictionary<string, System.Numerics.BigInteger> { ["k"] = 1 },
            Device = new()
            {
                Party = new(true, "news.example", HasPermission: false),
                InstallWindow = 2 * Day,
                ExclusivityWindow = exclusivity,
                SharedAggregationKeys = ["k"],
            },
        };

    private static AraTrigger Trigger(
        long time,
        long data = 0,
        long priority = 0,
        long value = 1,
        string network = "a",
        string reporter = Reporter,
        string[]? others = null
    ) =>
        new()
        {
            Time = time,
            DestinationSite = Shop,
            ReportingOrigin = reporter,
            Network = network,
            Filters = AraFilterPair.None,
            Events = others is null ? [new(data, priority, null, AraFilterPair.None) { Value = value }] : [],
            Aggregates = [],
            Values = others is null ? [] : [new(new Dictionary<string, long> { ["k"] = 7 }, AraFilterPair.None)],
            AggregateDedupKeys = [],
            CoordinatorOrigin = "https://coordinator.example",
            Device = new()
            {
                Party = new(true, "shop.example", HasPermission: false),
                Networks = [.. (others ?? []).Select(x => new AraNetworkRule(x))],
            },
        };
}
