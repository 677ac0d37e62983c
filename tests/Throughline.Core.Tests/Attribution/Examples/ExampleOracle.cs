using System.Globalization;
using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;

namespace Throughline.Core.Tests.Attribution.Examples;

/// <summary>
/// Features of touches by plain loops over the log as it would have been when the touch happened: events of its time and after are
/// cut off before anything is looked at.
/// </summary>
internal sealed class ExampleOracle
{
    private static readonly AgentTable Agents = new();

    private static readonly (string Name, double Ms)[] Windows =
    [
        ("1h", 3_600_000),
        ("1d", 86_400_000),
        ("7d", 604_800_000),
        ("30d", 2_592_000_000),
        ("ever", double.PositiveInfinity),
    ];

    private sealed record Happening(
        long Time,
        Token Id,
        Token[] Shows,
        string Kind, // of a touch; empty: a conversion
        string Campaign,
        string Order,
        long? Minor,
        string Currency
    );

    private readonly List<Happening> log;
    private readonly Dictionary<Token, Happening> happenings;
    private readonly Dictionary<Token, byte[]> records = [];

    public ExampleOracle(IEnumerable<byte[]> accepted)
    {
        List<Happening> all = [];
        foreach (byte[] bytes in accepted)
        {
            EventRecord record = EventRecord.FromTrusted(bytes);
            if (!record.Type.IsTouch() && record.Type != EventType.Conversion)
                continue;
            Token[] shows = new Token[record.IdentifierCount];
            for (int i = 0; i < shows.Length; i++)
                shows[i] = record.Identifier(i).Token;
            all.Add(
                new(
                    record.Time,
                    record.Id,
                    shows,
                    record.Type.IsTouch()
                        ? record.Text(EventField.Name) ?? record.Type.ToString().ToLowerInvariant()
                        : "",
                    record.Text(EventField.Campaign) ?? "",
                    record.Text(EventField.OrderId) is { } order
                        ? $"{record.Text(EventField.Kind) ?? "purchase"}/{order}"
                        : "",
                    record.Number(EventField.Minor),
                    record.Text(EventField.Currency) ?? ""
                )
            );
            records[record.Id] = bytes;
        }
        happenings = all.ToDictionary(x => x.Id);
        log = [.. all.OrderBy(x => x.Time).ThenBy(x => x.Id)];
    }

    public Dictionary<string, string> FeaturesOf(Token id)
    {
        EventRecord record = EventRecord.FromTrusted(records[id]);
        Happening touch = happenings[id];
        List<Happening> past = [];
        foreach (Happening one in log)
        {
            if (one.Time >= touch.Time)
                break; // the log ends here
            if (Meet(one.Shows, touch.Shows))
                past.Add(one);
        }
        string first = past.Count == 0 ? "" : Seconds(touch.Time - past[0].Time);
        past = [.. past.TakeLast(1_000)];
        List<Happening> sales = [.. past.Where(x => x.Kind.Length == 0)];
        sales = [.. sales.Where(x => x.Order.Length == 0 || sales.First(y => y.Order == x.Order) == x)];
        List<Happening> touches = [.. past.Where(x => x.Kind.Length > 0)];
        Dictionary<string, List<Happening>> groups = new()
        {
            ["touches"] = touches,
            ["campaign_touches"] = [.. touches.Where(x => x.Campaign == touch.Campaign)],
            ["impressions"] = [.. touches.Where(x => x.Kind == "impression")],
            ["views"] = [.. touches.Where(x => x.Kind == "view")],
            ["clicks"] = [.. touches.Where(x => x.Kind == "click")],
            ["other_touches"] = [.. touches.Where(x => x.Kind is not ("impression" or "view" or "click"))],
            ["conversions"] = sales,
        };
        Dictionary<string, string> features = [];
        foreach ((string name, List<Happening> group) in groups)
        foreach ((string window, double ms) in Windows)
            features[$"{name}_{window}"] = Text(group.Count(x => touch.Time - x.Time <= ms));
        string Since(string group) =>
            groups[group].Count == 0 ? "" : Seconds(touch.Time - groups[group].Max(x => x.Time));
        features["seconds_since_touch"] = Since("touches");
        features["seconds_since_campaign_touch"] = Since("campaign_touches");
        features["seconds_since_click"] = Since("clicks");
        features["seconds_since_conversion"] = Since("conversions");
        features["seconds_since_first"] = first;
        string currency = sales.LastOrDefault(x => x.Currency.Length > 0)?.Currency ?? "";
        features["earlier_value_minor"] =
            currency.Length == 0 ? "" : Text(sales.Where(x => x.Currency == currency).Sum(x => x.Minor!.Value));
        features["earlier_value_currency"] = currency;
        AddOwn(features, record, touch);
        return features;
    }

    private static void AddOwn(Dictionary<string, string> features, in EventRecord record, Happening touch)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(touch.Time);
        features["kind"] = touch.Kind;
        features["campaign"] = touch.Campaign;
        features["channel"] = record.Text(EventField.Channel) ?? "";
        features["creative"] = record.Text(EventField.Creative) ?? "";
        features["placement"] = record.Text(EventField.Placement) ?? "";
        features["hour"] = time.ToString("%H", CultureInfo.InvariantCulture);
        features["weekday"] = Text(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek);
        features["identifiers"] = Text(touch.Shows.Length);
        SortedSet<string> types = new(StringComparer.Ordinal);
        for (int i = 0; i < record.IdentifierCount; i++)
            types.Add(
                record.Identifier(i).Type < IdentifierType.FirstCustom
                    ? IdentifierType.NameOf(record.Identifier(i).Type)
                    : record.Text(EventField.CustomTypes)!.Split('\n')[
                        record.Identifier(i).Type - IdentifierType.FirstCustom
                    ]
            );
        features["identifier_types"] = string.Join(' ', types);
        features["machine_open"] =
            record.Text(EventField.Properties)?.Contains("\"machine_open\":true", StringComparison.Ordinal) == true
                ? "1"
                : "0";
        string? agent = record.Text(EventField.UserAgent);
        AgentProfile? profile = agent is null ? null : Agents.Read(agent);
        features["agent_class"] = profile is null
            ? ""
            : System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(profile.Class.ToString());
        features["agent_name"] = profile?.Name ?? "";
        features["agent_system"] = profile?.System ?? "";
        features["agent_mobile"] =
            profile is null ? ""
            : profile.IsMobile ? "1"
            : "0";
    }

    private static bool Meet(Token[] some, Token[] others)
    {
        foreach (Token one in some)
        foreach (Token other in others)
            if (one == other)
                return true;
        return false;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(long ms) => (ms / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);
}
