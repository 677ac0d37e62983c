using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution.Reports;

/// <summary>What a cost is of.</summary>
/// <param name="Day">Since 1970, UTC.</param>
/// <param name="Names">Campaign, channel, creative and placement; null: it is of all.</param>
/// <param name="Currency">Three ASCII letters, the first in the lowest byte.</param>
public readonly record struct SpendKey(int Day, PartNames Names, int Currency)
{
    /// <summary>Reads <c>2026-06-01</c>.</summary>
    public static bool TryDay(string? text, out int day)
    {
        bool isDay = DateOnly.TryParseExact(
            text,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out DateOnly date
        );
        day = isDay ? date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber : 0;
        return isDay;
    }

    /// <summary>A currency as keys have it.</summary>
    public static int Pack(Currency currency)
    {
        Span<byte> code = stackalloc byte[3];
        return currency.Write(code) == 0 ? 0 : code[0] | code[1] << 8 | code[2] << 16;
    }
}

/// <summary>
/// What advertising cost. Of one key the latest statement holds, so that a corrected cost is simply told again; within one statement
/// equal keys add up.
/// </summary>
public sealed class SpendBook
{
    private readonly Dictionary<SpendKey, (long Minor, long Time, Token Id)> spent = [];

    /// <summary>How many keys it knows.</summary>
    public int Count => spent.Count;

    /// <summary>All costs, by day, names and currency.</summary>
    public IEnumerable<(SpendKey Key, long Minor)> All =>
        spent
            .OrderBy(x => x.Key.Day)
            .ThenBy(x => x.Key.Names)
            .ThenBy(x => CreditRows.CodeOf(x.Key.Currency), StringComparer.Ordinal)
            .Select(x => (x.Key, x.Value.Minor));

    /// <summary>One statement's costs, equal keys added up.</summary>
    public static Dictionary<SpendKey, long> Sum(IEnumerable<(SpendKey Key, long Minor)> rows)
    {
        Dictionary<SpendKey, long> sums = [];
        foreach ((SpendKey key, long minor) in rows)
        {
            ref long sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
            sum = checked(sum + minor);
        }
        return sums;
    }

    /// <summary>Takes a statement in.</summary>
    /// <param name="time">Event time of the statement; of two that tell of one key the later (time, id) holds.</param>
    /// <param name="id">Of its event.</param>
    public void Take(IReadOnlyDictionary<SpendKey, long> rows, long time = 0, Token id = default)
    {
        foreach ((SpendKey key, long minor) in rows)
            if (!spent.TryGetValue(key, out var known) || (known.Time, known.Id).CompareTo((time, id)) <= 0)
                spent[key] = (minor, time, id);
    }

    /// <summary>Takes a control event in, if it tells of costs.</summary>
    public void Take(in EventRecord record)
    {
        if (record.Type != EventType.Control || !record.TryGet(EventField.Document, out ReadOnlySpan<byte> json))
            return;
        Utf8JsonReader reader = new(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.GetProperty("kind").GetString() == ControlDocument.SpendKind)
            Take(Read(document.RootElement), record.Time, record.Id);
    }

    /// <summary>The document of a statement, without its kind.</summary>
    public static JsonObject Write(IReadOnlyDictionary<SpendKey, long> rows, string author)
    {
        JsonArray list = [];
        foreach (
            (SpendKey key, long minor) in rows.OrderBy(x => x.Key.Day)
                .ThenBy(x => x.Key.Names)
                .ThenBy(x => CreditRows.CodeOf(x.Key.Currency), StringComparer.Ordinal)
        )
        {
            JsonObject row = new() { ["day"] = key.Day, ["minor"] = minor };
            row["currency"] = CreditRows.CodeOf(key.Currency);
            foreach (ReportPart part in Parts)
                if (key.Names[part] is { } name)
                    row[NameOf(part)] = name;
            list.Add(row);
        }
        return new() { ["author"] = author, ["rows"] = list };
    }

    /// <summary>What a cost may be told of.</summary>
    public static IReadOnlyList<ReportPart> Parts { get; } =
    [ReportPart.Campaign, ReportPart.Channel, ReportPart.Creative, ReportPart.Placement];

    /// <summary>The costs that a report's rows have: what a cost is not told by is null there.</summary>
    internal Dictionary<(int Day, PartNames Names, int Currency), long> By(CreditReportOptions options)
    {
        Dictionary<(int Day, PartNames Names, int Currency), long> sums = [];
        foreach ((SpendKey key, (long minor, _, _)) in spent)
        {
            long start = key.Day * CreditReportOptions.DayMs;
            if (!options.Covers(start))
                continue;
            PartNames names = new(
                options.By.Contains(ReportPart.Campaign) ? key.Names.Campaign : null,
                options.By.Contains(ReportPart.Channel) ? key.Names.Channel : null,
                options.By.Contains(ReportPart.Creative) ? key.Names.Creative : null,
                options.By.Contains(ReportPart.Placement) ? key.Names.Placement : null
            );
            ref long sum = ref CollectionsMarshal.GetValueRefOrAddDefault(
                sums,
                (options.DayOf(start), names, key.Currency),
                out _
            );
            sum = checked(sum + minor);
        }
        return sums;
    }

    private static Dictionary<SpendKey, long> Read(JsonElement document) =>
        Sum(
            document
                .GetProperty("rows")
                .EnumerateArray()
                .Select(row =>
                    (
                        new SpendKey(
                            row.GetProperty("day").GetInt32(),
                            new(
                                TextOf(row, ReportPart.Campaign),
                                TextOf(row, ReportPart.Channel),
                                TextOf(row, ReportPart.Creative),
                                TextOf(row, ReportPart.Placement)
                            ),
                            SpendKey.Pack(Currency.Parse(row.GetProperty("currency").GetString()!))
                        ),
                        row.GetProperty("minor").GetInt64()
                    )
                )
        );

    private static string? TextOf(JsonElement row, ReportPart part) =>
        row.TryGetProperty(NameOf(part), out JsonElement text) ? text.GetString() : null;

    private static string NameOf(ReportPart part) => JsonNamingPolicy.CamelCase.ConvertName(part.ToString());
}
