using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Models.Ara;
using Throughline.Core.Attribution.Models.W3c;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Reads the headers of the Attribution Reporting API; null is a header that is refused.</summary>
internal static class AraParse
{
    private const long Day = 86_400;
    private const long Hour = 3_600;

    /// <summary>Who registers, where and when.</summary>
    internal sealed record Context(
        long Time,
        string ContextOrigin,
        string ContextSite,
        string Origin,
        bool IsNavigation,
        bool HasPermission,
        AraSettings Settings,
        int Registration,
        IReadOnlyList<string>? Destinations = null,
        AraDeviceParse.Context? Device = null,
        IReadOnlyList<int>? EmptyReportDays = null
    )
    {
        /// <summary>What limits count as one: the reporter's enrolment, or its site.</summary>
        public string Network => Device?.Network ?? AraParse.Site(Origin) ?? Origin;
    }

    public static AraSource? Source(JsonElement header, Context context, IReadOnlyList<AraFakeReport>? fake)
    {
        if (
            header.ValueKind != JsonValueKind.Object
            || (context.Destinations ?? Destinations(header)) is not { } destinations
        )
            return null;
        if (!Whole(header, "expiry", 30 * Day, out BigInteger expiry) || expiry < 0)
            return null;
        long life = (long)BigInteger.Clamp(expiry, Day, 30 * Day);
        if (!context.IsNavigation)
            life = (life + (Day / 2)) / Day * Day;
        IReadOnlyList<long> early =
            context.Device?.Flags.EarlyWindows(context.IsNavigation)
            ?? (context.IsNavigation ? [2 * Day, 7 * Day] : []);
        if (Windows(header, early, life) is not { } windows)
            return null;
        if (!Whole(header, "aggregatable_report_window", life, out BigInteger aggregate) || aggregate < 0)
            return null;
        int usual = context.Device?.Flags.MaxReports(context.IsNavigation) ?? (context.IsNavigation ? 3 : 1);
        if (!Small(header, "max_event_level_reports", usual, 20, out int most))
            return null;
        if (
            !Text(header, "source_event_id", out string? id, isSigned: false)
            || !Text(header, "priority", out string? priority)
            || !Text(header, "destination_limit_priority", out string? destinationPriority)
            || !Epsilon(header, context, out double epsilon)
        )
            return null;
        if (!AraBudgetParse.OfSource(header, out var budgets))
            return null;
        if (AraFilterParse.Data(header, context.IsNavigation) is not { } filters || Keys(header) is not { } keys)
            return null;
        if (!AraScopeParse.Scopes(header, context.IsNavigation, out AraScopes? scopes))
            return null;
        if (Data(header, context.IsNavigation) is not { } data)
            return null;
        IReadOnlyList<AraTriggerSpec>? specs = null;
        if (context.Device is { Flags.HasSpecs: true } && !AraDeviceParse.Specs(header, windows, life, most, out specs))
            return null;
        if (specs is not null)
            data = [.. specs.SelectMany(x => x.Data)];
        bool exact =
            header.TryGetProperty("trigger_data_matching", out JsonElement matching) && matching.GetString() == "exact";
        return new()
        {
            Time = context.Time,
            SourceSite = context.ContextSite,
            SourceOrigin = context.ContextOrigin,
            ReportingOrigin = context.Origin,
            Network = context.Network,
            Registration = context.Registration,
            IsNavigation = context.IsNavigation,
            Destinations = destinations,
            DestinationPriority = long.Parse(destinationPriority ?? "0", CultureInfo.InvariantCulture),
            EventId = id ?? "0",
            Priority = long.Parse(priority ?? "0", CultureInfo.InvariantCulture),
            Expiry = life * 1_000,
            WindowStart = windows[0] * 1_000,
            WindowEnds = [.. windows.Skip(1).Select(x => x * 1_000)],
            AggregateWindow = (long)BigInteger.Clamp(aggregate, Hour, life) * 1_000,
            MaxReports = most,
            Matching = exact ? AraMatching.Exact : AraMatching.Modulus,
            TriggerData = data,
            Filters = filters,
            DebugKey = context.HasPermission || context.Device is not null ? DebugKey(header) : null,
            HasDebugPermission = context.HasPermission,
            WantsDebugReports = Flag(header, "debug_reporting"),
            AggregationKeys = keys,
            Budgets = budgets,
            DebugSums = AraDebugParse.OfSource(header, context),
            FakeReports = fake,
            EpsilonMax = epsilon,
            Scopes = scopes,
            HasCoarseDestinations = Flag(header, "coarse_event_report_destinations"),
            Specs = specs,
            Device = context.Device is { } device
                ? AraDeviceParse.Source(header, context, device, windows, most)
                : AraDeviceSource.None,
        };
    }

    public static AraTrigger? Trigger(JsonElement header, Context context)
    {
        if (header.ValueKind != JsonValueKind.Object || AraFilterParse.Pair(header) is not { } filters)
            return null;
        string[] lists = ["event_trigger_data", "aggregatable_trigger_data", "aggregatable_deduplication_keys"];
        if (lists.Any(x => header.TryGetProperty(x, out JsonElement list) && list.ValueKind != JsonValueKind.Array))
            return null;
        List<AraEventData> events = [];
        foreach (JsonElement x in List(header, "event_trigger_data"))
        {
            if (
                AraFilterParse.Pair(x) is not { } pair
                || !Text(x, "trigger_data", out string? data, isSigned: false)
                || !Text(x, "priority", out string? priority)
                || !Text(x, "deduplication_key", out string? dedup, isSigned: false)
                || !Whole(x, "value", 1, out BigInteger value)
                || value < 1
                || value > AraTriggerSpec.ValueMax
            )
                return null;
            events.Add(
                new(
                    BigInteger.Parse(data ?? "0", CultureInfo.InvariantCulture),
                    long.Parse(priority ?? "0", CultureInfo.InvariantCulture),
                    dedup,
                    pair
                )
                {
                    Value = (long)value,
                }
            );
        }
        List<AraAggregateData> aggregates = [];
        foreach (JsonElement x in List(header, "aggregatable_trigger_data"))
        {
            if (AraFilterParse.Pair(x) is not { } pair || !x.TryGetProperty("key_piece", out JsonElement piece))
                return null;
            if (Key(piece) is not { } key)
                return null;
            int offset = 0;
            if (context.Device is not null && !AraDeviceParse.NetworkOffset(x, out offset))
                return null;
            aggregates.Add(
                new(key, [.. List(x, "source_keys").Select(k => k.GetString()!)], pair) { NetworkOffset = offset }
            );
        }
        List<(string?, AraFilterPair)> dedups = [];
        foreach (JsonElement x in List(header, "aggregatable_deduplication_keys"))
        {
            if (
                AraFilterParse.Pair(x) is not { } pair
                || !Text(x, "deduplication_key", out string? key, isSigned: false)
            )
                return null;
            dedups.Add((key, pair));
        }
        if (
            !AraBudgetParse.FilteringBytes(header, context, out int idBytes)
            || Values(header, context, idBytes) is not { } values
        )
            return null;
        bool includesTime =
            header.TryGetProperty("aggregatable_source_registration_time", out JsonElement include)
            && string.Equals(include.ToString(), "include", StringComparison.OrdinalIgnoreCase);
        if (
            !AraBudgetParse.OfTrigger(header, out var budgets)
            || !AraBudgetParse.Coordinator(header, context, out string coordinator)
            || !AraBudgetParse.ContextId(header, includesTime, out string? contextId)
            || includesTime && idBytes != AraBudgetParse.UsualIdBytes
        )
            return null;
        AraDeviceTrigger? device = AraDeviceTrigger.None;
        if (context.Device is { } own && (device = AraDeviceParse.Trigger(header, own)) is null)
            return null;
        return new()
        {
            Time = context.Time,
            DestinationSite = context.ContextSite,
            ReportingOrigin = context.Origin,
            Network = context.Network,
            Filters = filters,
            Events = events,
            Aggregates = aggregates,
            Values = values,
            AggregateDedupKeys = dedups,
            Scopes = [.. List(header, "attribution_scopes").Select(x => x.GetString()!)],
            DebugKey = context.HasPermission || context.Device is not null ? DebugKey(header) : null,
            HasDebugPermission = context.HasPermission,
            WantsDebugReports = Flag(header, "debug_reporting"),
            Device = device,
            IncludesSourceTime = includesTime,
            CoordinatorOrigin = coordinator,
            Budgets = budgets,
            ContextId = contextId,
            HasLongFilteringIds = idBytes != AraBudgetParse.UsualIdBytes,
            DebugSums = AraDebugParse.OfTrigger(header, context),
            EmptyReportDays = context.EmptyReportDays ?? [],
        };
    }

    /// <summary>The site of an address, with its scheme; null if there is none.</summary>
    public static string? Site(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "https" or "http"
        && (Sites.Of(uri.Host) ?? (uri.IsLoopback ? uri.Host : null)) is { } site
            ? $"{uri.Scheme}://{site}"
            : null;

    private static string[]? Destinations(JsonElement header)
    {
        if (!header.TryGetProperty("destination", out JsonElement destination))
            return null;
        JsonElement[] all =
            destination.ValueKind == JsonValueKind.Array ? [.. destination.EnumerateArray()] : [destination];
        if (all.Length == 0 || all.Any(x => x.ValueKind != JsonValueKind.String || !IsTrustworthy(x.GetString()!)))
            return null;
        string[] sites =
        [
            .. all.Select(x => Site(x.GetString()!)!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        return sites.Length <= 3 ? sites : null;
    }

    internal static bool IsTrustworthy(string address) =>
        Site(address) is { } site
        && (site.StartsWith("https://", StringComparison.Ordinal) || new Uri(address).IsLoopback);

    // How much the reporter wants its reports made up less than they may be; a device does not ask.
    private static bool Epsilon(JsonElement header, Context context, out double epsilon)
    {
        epsilon = context.Settings.EpsilonMax;
        if (context.Device is not null || !header.TryGetProperty("event_level_epsilon", out JsonElement given))
            return true;
        if (given.ValueKind != JsonValueKind.Number || given.GetDouble() < 0 || given.GetDouble() > epsilon)
            return false;
        epsilon = given.GetDouble();
        return true;
    }

    // Start, then the ends, in seconds from the source.
    internal static List<long>? Windows(JsonElement header, IReadOnlyList<long> early, long life)
    {
        bool hasOne = header.TryGetProperty("event_report_window", out _);
        if (header.TryGetProperty("event_report_windows", out JsonElement windows))
        {
            if (
                hasOne
                || windows.ValueKind != JsonValueKind.Object
                || !Whole(windows, "start_time", 0, out BigInteger start)
            )
                return null;
            JsonElement[] ends = [.. List(windows, "end_times")];
            if (start < 0 || start > life || ends.Length is 0 or > 5)
                return null;
            List<long> read = [(long)start];
            foreach (JsonElement element in ends)
            {
                if (element.ValueKind != JsonValueKind.Number || !Whole(element, out BigInteger end) || end <= 0)
                    return null;
                long cut = (long)BigInteger.Clamp(end, Hour, life);
                if (cut <= read[^1])
                    return null;
                read.Add(cut);
            }
            return read;
        }
        if (!Whole(header, "event_report_window", life, out BigInteger one) || one < 0)
            return null;
        long last = (long)BigInteger.Clamp(one, Hour, life);
        return [0, .. early.Where(x => x < last), last];
    }

    private static long[]? Data(JsonElement header, bool isNavigation)
    {
        if (!header.TryGetProperty("trigger_data", out JsonElement list))
            return [.. Enumerable.Range(0, isNavigation ? 8 : 2).Select(x => (long)x)];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > 32)
            return null;
        List<long> read = [];
        foreach (JsonElement x in list.EnumerateArray())
            if (
                x.ValueKind == JsonValueKind.Number
                && Whole(x, out BigInteger data)
                && data >= 0
                && data <= uint.MaxValue
            )
                read.Add((long)data);
            else
                return null;
        bool exact =
            header.TryGetProperty("trigger_data_matching", out JsonElement matching) && matching.GetString() == "exact";
        bool dense = exact || read.Order().Select((x, i) => x == i).All(x => x);
        return dense && read.Distinct().Count() == read.Count ? [.. read] : null;
    }

    private static Dictionary<string, BigInteger>? Keys(JsonElement header)
    {
        Dictionary<string, BigInteger> keys = new(StringComparer.Ordinal);
        if (!header.TryGetProperty("aggregation_keys", out JsonElement given))
            return keys;
        if (given.ValueKind != JsonValueKind.Object || given.EnumerateObject().Count() > 20)
            return null;
        foreach (JsonProperty key in given.EnumerateObject())
            if (key.Name.Length <= 25 && Key(key.Value) is { } value)
                keys[key.Name] = value;
            else
                return null;
        return keys;
    }

    private static List<AraAggregateValues>? Values(JsonElement header, Context context, int idBytes)
    {
        if (!header.TryGetProperty("aggregatable_values", out JsonElement given))
            return [];
        List<AraAggregateValues> values = [];
        JsonElement[] lists = given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [given];
        foreach (JsonElement list in lists)
        {
            JsonElement of = given.ValueKind == JsonValueKind.Array ? list.GetProperty("values") : list;
            if (of.ValueKind != JsonValueKind.Object)
                return null;
            AraFilterPair? pair =
                given.ValueKind == JsonValueKind.Array ? AraFilterParse.Pair(list) : AraFilterPair.None;
            Dictionary<string, long> read = new(StringComparer.Ordinal);
            Dictionary<string, ulong> ids = new(StringComparer.Ordinal);
            foreach (JsonProperty x in of.EnumerateObject())
            {
                JsonElement value = x.Value.ValueKind == JsonValueKind.Object ? x.Value.GetProperty("value") : x.Value;
                if (
                    value.ValueKind != JsonValueKind.Number
                    || !Whole(value, out BigInteger number)
                    || number < 1
                    || number > 65_536
                )
                    return null;
                read[x.Name] = (long)number;
                if (context.Device is not null)
                    continue;
                if (!AraBudgetParse.FilteringId(x.Value, idBytes, out ulong id))
                    return null;
                ids[x.Name] = id;
            }
            if (pair is null)
                return null;
            values.Add(new(read, pair) { FilteringIds = ids });
        }
        return values;
    }

    internal static BigInteger? Key(JsonElement element)
    {
        string text = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length is > 2 and <= 34;
        return
            isHex
            && BigInteger.TryParse(
                "0" + text[2..],
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var key
            )
            ? key
            : null;
    }

    private static string? DebugKey(JsonElement header) =>
        header.TryGetProperty("debug_key", out JsonElement key)
        && key.ValueKind == JsonValueKind.String
        && ulong.TryParse(key.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : null;

    private static bool Flag(JsonElement header, string name) =>
        header.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    internal static IEnumerable<JsonElement> List(JsonElement header, string name) =>
        header.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];

    // A number in text, of 64 bits.
    internal static bool Text(JsonElement header, string name, out string? value, bool isSigned = true)
    {
        value = null;
        if (!header.TryGetProperty(name, out JsonElement given))
            return true;
        if (given.ValueKind != JsonValueKind.String)
            return false;
        value = given.GetString()!;
        return isSigned
            ? long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    internal static bool Small(JsonElement header, string name, int otherwise, int most, out int value)
    {
        bool holds = Whole(header, name, otherwise, out BigInteger read) && read >= 0 && read <= most;
        value = holds ? (int)read : 0;
        return holds;
    }

    // Whole, as a number or in text; 86400.0 is whole.
    internal static bool Whole(JsonElement header, string name, BigInteger otherwise, out BigInteger value)
    {
        value = otherwise;
        return !header.TryGetProperty(name, out JsonElement given) || Whole(given, out value);
    }

    internal static bool Whole(JsonElement given, out BigInteger value)
    {
        value = 0;
        if (given.ValueKind == JsonValueKind.String)
            return BigInteger.TryParse(
                given.GetString(),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out value
            );
        if (
            given.ValueKind != JsonValueKind.Number
            || !Rational.TryParse(given.GetRawText(), out Rational number)
            || !number.Denominator.IsOne
        )
            return false;
        value = number.Numerator;
        return true;
    }
}
