using System.Globalization;
using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Examples;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Events;
using Throughline.Core.Events.Identifiers;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;
using Throughline.World;

namespace Throughline.Core.Tests.Attribution.Examples;

/// <summary>Makes machines of worlds and facts, and examples of machines.</summary>
internal static class ExampleKit
{
    private const long DayMs = 86_400_000;

    public static readonly TenantSettings Settings = new("test");

    /// <summary>All records of a world in order of arrival, its campaigns first.</summary>
    public static List<byte[]> Records(WorldOptions options)
    {
        SimulatedWorld world = new(options);
        List<byte[]> records = [];
        foreach (World.Marketing.Campaign campaign in world.Campaigns)
            records.Add(CampaignOf(campaign.Id, campaign.Document));
        EventEncoder encoder = new(new TestEventKeys());
        RawEvent parsed = new();
        WorldRun run = world.Run(keepTruth: false);
        RecordBuffer buffer = new();
        while (run.MoveNext())
        {
            Assert.True(EventJson.TryParse(run.Line, IdentifierRules.Default, parsed, out Rejection rejection));
            encoder.Encode(parsed, backfill: false, buffer);
            records.Add(buffer[0].ToArray());
            buffer.Clear();
        }
        return records;
    }

    public static (TenantMachine Machine, MemoryHistory History) Run(IEnumerable<byte[]> records)
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        foreach (byte[] record in records)
            history.Apply(machine, record);
        history.Drain(machine);
        return (machine, history);
    }

    public static ExampleSet Set(CreditView view, TenantMachine machine, MemoryHistory history, ExampleOptions options)
    {
        ExampleSet set = new(view, options);
        foreach (long position in set.Positions)
            set.Take(position, EventRecord.FromTrusted(history.ReadCopy(position)));
        foreach ((_, ConversionCase one) in MemoryHistory.CurrentCases(machine))
            set.Take(one);
        set.Seal();
        return set;
    }

    /// <summary>Gives all examples to a taker, in their order.</summary>
    /// <param name="lateMs">Features of so much later than the touch: a planted leak.</param>
    public static ExampleSet Each(
        TenantMachine machine,
        MemoryHistory history,
        ExampleOptions options,
        Action<Example> take,
        long lateMs = 0
    )
    {
        CreditView view = new(machine, withCustomers: true);
        ExampleSet set = Set(view, machine, history, options);
        List<(int Ordinal, long Position)> found = [];
        for (int ordinal = set.OrdinalAt(options.From); ordinal >= 0; )
        {
            found.Clear();
            ordinal = set.Gather(ordinal, 7, found);
            foreach ((int place, long position) in found)
            {
                EventRecord record = EventRecord.FromTrusted(history.ReadCopy(position));
                if (set.Make(place, record, record.Time + lateMs) is { } example)
                    take(example);
            }
        }
        return set;
    }

    /// <summary>All rows as files have them.</summary>
    public static List<string> Rows(TenantMachine machine, MemoryHistory history, ExampleOptions options)
    {
        List<string> rows = [];
        StringBuilder text = new();
        Each(
            machine,
            history,
            options,
            example =>
            {
                text.Clear();
                ExampleColumns.AppendJson(example, text);
                rows.Add(text.ToString());
            }
        );
        return rows;
    }

    /// <summary>The features of an example as files have them, by name.</summary>
    public static Dictionary<string, string> FeaturesOf(Example example) =>
        ExampleColumns
            .All.Where(column => column.Part == ColumnPart.Feature)
            .ToDictionary(
                column => column.Name,
                column =>
                    column.Text is { } text ? text(example)
                    : column.Number!(example) is { } number ? column.Show(number)
                    : ""
            );

    private static byte[] CampaignOf(string id, string document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        string window = json.RootElement.GetProperty("window").GetString()!;
        return new Fact($"campaign-{id}", EventType.Control, 0)
        {
            Document = ControlDocument.Campaign(
                new(
                    id,
                    1,
                    long.Parse(window[..^1], CultureInfo.InvariantCulture) * DayMs,
                    json.RootElement.GetProperty("model").GetString() == "linear"
                        ? CreditModel.Linear
                        : CreditModel.LastTouch,
                    0,
                    CampaignRule.DefaultGroup,
                    0,
                    long.MaxValue,
                    Restate: true,
                    0,
                    -1
                )
            ),
        }.Encode();
    }
}
