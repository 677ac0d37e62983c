using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Reads what only headers of devices have: data in buckets, installs, other networks, keys for debugging.</summary>
internal static class AraDeviceParse
{
    private const long Day = 86_400;
    private const int MostData = 32;

    /// <summary>Who registers for which network, under which flags.</summary>
    internal sealed record Context(AraParty Party, string Network, AraAndroidFlags Flags);

    public static AraDeviceSource Source(
        JsonElement header,
        AraParse.Context context,
        Context device,
        List<long> windows,
        int most
    )
    {
        bool hasWeb = context.Destinations!.Any(x => !x.StartsWith("android-app://", StringComparison.Ordinal));
        AraReportWindows? installed = null;
        // A view may report the first opening and one conversion more, unless the platform's windows were set otherwise.
        if (!context.IsNavigation && !hasWeb && device.Flags.HasUsualViewWindows)
            installed = new(
                header.TryGetProperty("event_report_windows", out _)
                    ? [.. windows.Skip(1).Select(x => x * 1_000)]
                    : [.. ((long[])[2 * Day]).Where(x => x < windows[^1]).Append(windows[^1]).Select(x => x * 1_000)],
                header.TryGetProperty("max_event_level_reports", out _) ? most : 2
            );
        return new()
        {
            Party = WithKeys(device.Party, header),
            InstallWindow = Seconds(header, "install_attribution_window", 30 * Day, Day, 30 * Day) * 1_000,
            ExclusivityWindow = Seconds(header, "post_install_exclusivity_window", 0, 0, 30 * Day) * 1_000,
            ReinstallWindow = Seconds(header, "reinstall_reattribution_window", 0, 0, 90 * Day) * 1_000,
            WindowsWhenInstalled = installed,
            SharedAggregationKeys = Texts(header, "shared_aggregation_keys"),
            SharedFilterKeys = Texts(header, "shared_filter_data_keys"),
            SharedDebugKey = header.TryGetProperty("shared_debug_key", out JsonElement key) ? key.ToString() : null,
        };
    }

    /// <summary>Null if what it says of other networks is refused.</summary>
    public static AraDeviceTrigger? Trigger(JsonElement header, Context device)
    {
        Dictionary<string, BigInteger> bits = new(StringComparer.Ordinal);
        if (header.TryGetProperty("x_network_key_mapping", out JsonElement mapping))
            foreach (JsonProperty network in mapping.EnumerateObject())
                if (AraParse.Key(network.Value) is { } own)
                    bits[network.Name] = own;
        List<AraNetworkRule> rules = [];
        foreach (JsonElement rule in AraParse.List(header, "attribution_config"))
            if (Rule(rule) is { } read)
                rules.Add(read);
            else
                return null;
        return new()
        {
            Party = WithKeys(device.Party, header),
            Networks = rules,
            NetworkBits = bits,
        };
    }

    /// <summary>False if they are refused; none at all are fine.</summary>
    public static bool Specs(
        JsonElement header,
        List<long> windows,
        long life,
        int most,
        out IReadOnlyList<AraTriggerSpec>? specs
    )
    {
        specs = null;
        if (!header.TryGetProperty("trigger_specs", out JsonElement given))
            return true;
        if (given.ValueKind != JsonValueKind.Array || header.TryGetProperty("trigger_data", out _))
            return false;
        List<AraTriggerSpec> read = [];
        foreach (JsonElement element in given.EnumerateArray())
            if (Spec(element, windows, life, most) is { } spec)
                read.Add(spec);
            else
                return false;
        long[] data = [.. read.SelectMany(x => x.Data)];
        bool isExact =
            header.TryGetProperty("trigger_data_matching", out JsonElement matching) && matching.GetString() == "exact";
        specs = read;
        return data.Length <= MostData
            && data.Distinct().Count() == data.Length
            && (isExact || data.Order().Select((x, i) => x == i).All(x => x));
    }

    public static bool NetworkOffset(JsonElement data, out int offset)
    {
        offset = 0;
        return !data.TryGetProperty("x_network_data", out JsonElement own)
            || AraParse.Small(own, "key_offset", 0, 127, out offset);
    }

    private static AraTriggerSpec? Spec(JsonElement spec, List<long> windows, long life, int most)
    {
        if (spec.ValueKind != JsonValueKind.Object)
            return null;
        List<long>? own = spec.TryGetProperty("event_report_windows", out _)
            ? AraParse.Windows(spec, [], life)
            : windows;
        if (own is null || Numbers(spec, "trigger_data", 0) is not { Count: > 0 } data)
            return null;
        bool hasBuckets = spec.TryGetProperty("summary_buckets", out _);
        List<long>? buckets = hasBuckets
            ? Numbers(spec, "summary_buckets", 1)
            : [.. Enumerable.Range(1, most).Select(x => (long)x)];
        bool rises = buckets is not null && buckets.Zip(buckets.Skip(1)).All(x => x.First < x.Second);
        if (!rises || (hasBuckets && buckets!.Count == 0) || buckets!.Count > most)
            return null;
        string counting = spec.TryGetProperty("summary_operator", out JsonElement way) ? way.ToString() : "count";
        if (counting is not ("count" or "value_sum"))
            return null;
        return new(
            data,
            own[0] * 1_000,
            [.. own.Skip(1).Select(x => x * 1_000)],
            buckets,
            IsSum: counting == "value_sum"
        );
    }

    private static AraNetworkRule? Rule(JsonElement rule)
    {
        if (
            rule.ValueKind != JsonValueKind.Object
            || !rule.TryGetProperty("source_network", out JsonElement network)
            || AraFilterParse.Pair(rule, "source_filters", "source_not_filters") is not { } filters
            || !AraParse.Text(rule, "priority", out string? priority)
        )
            return null;
        (long, long)? range = null;
        if (rule.TryGetProperty("source_priority_range", out JsonElement given))
        {
            if (
                !AraParse.Whole(given, "start", long.MinValue, out BigInteger start)
                || !AraParse.Whole(given, "end", long.MaxValue, out BigInteger end)
            )
                return null;
            range = ((long)start, (long)end);
        }
        return new(network.ToString())
        {
            Priorities = range,
            Filters = filters,
            AgeMax = Optional(rule, "source_expiry_override", Day),
            Priority = priority is null ? null : long.Parse(priority, CultureInfo.InvariantCulture),
            Expiry = Optional(rule, "expiry", Day),
            FilterData = rule.TryGetProperty("filter_data", out _)
                ? AraFilterParse.Data(rule, isNavigation: true)
                : null,
            ExclusivityWindow = Optional(rule, "post_install_exclusivity_window", 0),
        };
    }

    private static AraParty WithKeys(AraParty party, JsonElement header) =>
        party with
        {
            JoinKey = header.TryGetProperty("debug_join_key", out JsonElement join) ? join.ToString() : null,
            AdIdHash = header.TryGetProperty("debug_ad_id", out JsonElement id) ? id.ToString() : null,
        };

    private static long? Optional(JsonElement element, string name, long least) =>
        element.TryGetProperty(name, out _) ? Seconds(element, name, 0, least, 30 * Day) * 1_000 : null;

    private static long Seconds(JsonElement element, string name, long otherwise, long least, long most) =>
        AraParse.Whole(element, name, otherwise, out BigInteger seconds)
            ? (long)BigInteger.Clamp(seconds, least, most)
            : otherwise;

    private static List<string>? Texts(JsonElement header, string name) =>
        header.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(x => x.ToString())]
            : null;

    // Of 32 bits.
    private static List<long>? Numbers(JsonElement element, string name, long least)
    {
        List<long> numbers = [];
        foreach (JsonElement x in AraParse.List(element, name))
            if (AraParse.Whole(x, out BigInteger number) && number >= least && number <= AraTriggerSpec.ValueMax)
                numbers.Add((long)number);
            else
                return null;
        return numbers;
    }
}
