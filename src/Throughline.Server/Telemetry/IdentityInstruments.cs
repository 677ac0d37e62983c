using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Throughline.Core.Events;
using Throughline.Core.Identity;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of identity graphs, over all open tenants: sums of counts, the greatest of sizes, degrees and rates.</summary>
internal static class IdentityInstruments
{
    public const string MeterName = "Throughline.Identity";

    private static readonly Meter Meter = new(MeterName);

    // By whoever looks: what it saw last.
    private static readonly ConcurrentDictionary<
        object,
        (GraphFigures Figures, IReadOnlyList<GuardAlarm> Alarms)
    > Seen = [];

    private static readonly string[] Types =
    [
        .. Enumerable.Range(1, IdentifierType.Cookie).Select(code => IdentifierType.NameOf((byte)code)),
    ];

    public static readonly Counter<long> Raised = Meter.CreateCounter<long>(
        "throughline.identity.alarms.raised",
        "{alarm}",
        "Guards of identity graphs that began to alarm"
    );

    /// <summary>To be told of each type with <see cref="TagOfType"/>.</summary>
    public static readonly Counter<long> Blocked = Meter.CreateCounter<long>(
        "throughline.identity.values.blocked",
        "{value}",
        "Values of accepted events that are blocked at the door, and so are no identifiers"
    );

    static IdentityInstruments()
    {
        Meter.CreateObservableGauge(
            "throughline.identity.alarms",
            () =>
                Enum.GetValues<GraphGuard>()
                    .Select(guard => Of(Sum(x => x.Alarms.Count(alarm => alarm.Guard == guard)), TagOf(guard))),
            "{alarm}",
            "Guards of identity graphs that alarm now"
        );
        Gauge(
            "customer_size",
            "{identifier}",
            "Identifiers of customers, of the tenant with the largest",
            x => x.CustomerSize
        );
        Gauge(
            "value_degree",
            "{identifier}",
            "Identifiers that one is linked to, of the tenant with the most",
            x => x.Degree
        );
        Meter.CreateObservableGauge(
            "throughline.identity.link_rate",
            () =>
                Types
                    .Append("other")
                    .Select(type => new Measurement<double>(
                        Seen.Values.Select(x => RateOf(x.Figures, type)).DefaultIfEmpty().Max(),
                        new KeyValuePair<string, object?>("type", type)
                    )),
            "{link}",
            "Links of an identifier on average, of the tenant with the most"
        );
        Meter.CreateObservableGauge(
            "throughline.identity.rejected_links",
            () =>
                Enum.GetValues<GroupLimit>()
                    .Select(limit =>
                        Of(
                            Sum(x => x.Figures.Rejected.GetValueOrDefault(limit)),
                            new("limit", limit == GroupLimit.None ? "at_its_turn" : Snake(limit))
                        )
                    ),
            "{link}",
            "Links that a limit keeps out of customers"
        );
        Meter.CreateObservableGauge(
            "throughline.identity.junk_values",
            () => Sum(x => x.Figures.JunkValues),
            "{identifier}",
            "Values that look like junk"
        );
        Meter.CreateObservableGauge(
            "throughline.identity.shared_values",
            () => Sum(x => x.Figures.SharedValues),
            "{identifier}",
            "Values that link nothing, since too many are linked to them"
        );
    }

    public static void Note(object from, GraphFigures figures, IReadOnlyList<GuardAlarm> alarms) =>
        Seen[from] = (figures, alarms);

    public static void Forget(object from) => Seen.TryRemove(from, out _);

    public static KeyValuePair<string, object?> TagOf(GraphGuard guard) => new("guard", Snake(guard));

    /// <summary>Types of tenants' own are one: their names are not ours, and there is no end of them.</summary>
    public static KeyValuePair<string, object?> TagOfType(string type) =>
        new("type", Types.Contains(type) ? type : "other");

    private static void Gauge(
        string name,
        string unit,
        string description,
        Func<GraphFigures, IReadOnlyList<Quantile>> of
    ) =>
        Meter.CreateObservableGauge(
            $"throughline.identity.{name}",
            () =>
                Seen
                    .Values.SelectMany(x => of(x.Figures))
                    .GroupBy(quantile => quantile.Name)
                    .Select(same => Of(same.Max(quantile => quantile.Value), new("quantile", same.Key))),
            unit,
            description
        );

    private static long Sum(Func<(GraphFigures Figures, IReadOnlyList<GuardAlarm> Alarms), long> of) =>
        Seen.Values.Sum(of);

    private static double RateOf(GraphFigures figures, string type) =>
        figures
            .Types.Where(x => type == "other" ? !Types.Contains(x.Type) : x.Type == type)
            .Select(x => x.LinkRate)
            .DefaultIfEmpty()
            .Max();

    private static Measurement<long> Of(long value, KeyValuePair<string, object?> tag) => new(value, tag);

    private static string Snake(Enum value) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
