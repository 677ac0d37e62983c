using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Throughline.Core.Gate.Brake;

/// <summary>When the brake returns a rule to shadow.</summary>
/// <param name="IsOn">False: never.</param>
/// <param name="PeoplePercentMax">More of those that a rule hits may not be customers who have bought.</param>
/// <param name="PeopleMin">So many of them at least make a share of it.</param>
/// <param name="CanaryPercentMax">A canary may match no more of all requests; 100: any share.</param>
/// <param name="EnforcePercentMax">The same of enforced rules. Any share by default: an attack is most of the traffic, too, and whoever blocks it
/// must not be stopped for that.</param>
/// <param name="SolvedPercentMax">Of visitors whom a rule challenged no more may prove themselves: then it challenges people. 100: any share.</param>
/// <param name="WindowMs">All are measured over so long, in the time of requests.</param>
public sealed record BrakeSettings(
    [property: Description("The brake works")] bool IsOn = true,
    [property: Description("Customers who have bought may be no more of those that a rule hits, percent; 2 by default")]
        double PeoplePercentMax = 2,
    [property: Description("So many of them at least; 5 by default")] int PeopleMin = 5,
    [property: Description("A canary may match no more of the requests, percent; 30 by default, 100: any")]
        double CanaryPercentMax = 30,
    [property: Description("The same of an enforced rule; 100 by default: any")] double EnforcePercentMax = 100,
    [property: Description(
        "Of visitors that a rule challenged no more may prove themselves, percent; 50 by default, 100: any"
    )]
        double SolvedPercentMax = 50,
    [property: Description("All are measured over so many milliseconds; 300,000 by default")] long WindowMs = 300_000
)
{
    public const long WindowMin = 10_000;
    public const long WindowMax = 86_400_000;
}

/// <summary>What passed its limit. Names are stored.</summary>
public enum BrakeMeasure : byte
{
    /// <summary>Customers who have bought, of all units that were hit.</summary>
    People = 0,

    /// <summary>Requests that matched, of all.</summary>
    Hits = 1,

    /// <summary>Visitors who proved themselves, of all that were challenged.</summary>
    Solved = 2,
}

/// <summary>A rule that went too far, with the figures that say so.</summary>
/// <param name="Version">That judged; another has to be published to end it.</param>
/// <param name="Time">Of the request that was one too many; milliseconds since 1970.</param>
/// <param name="Part">Units that are customers who have bought; of hits the requests that matched; of challenged visitors those who proved themselves.</param>
/// <param name="Whole">All units that were hit; of hits all requests; all visitors that were challenged.</param>
/// <param name="LimitPercent">What was passed, by the lower end of the interval.</param>
public sealed record BrakeTrip(
    string Rule,
    long Version,
    long Time,
    BrakeMeasure Measure,
    long Part,
    long Whole,
    double LowPercent,
    double LimitPercent,
    long WindowMs
)
{
    /// <summary>How it is written into its publication.</summary>
    public static JsonSerializerOptions Form { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };

    private string Found =>
        Measure switch
        {
            BrakeMeasure.People => "visitors that it hit are customers who have bought",
            BrakeMeasure.Solved => "visitors that it challenged proved themselves",
            _ => "requests matched",
        };

    /// <summary>Why, in a sentence.</summary>
    [JsonIgnore]
    public string Cause =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Rule}: {Part} of {Whole} {Found} in {WindowMs / 1000} s, surely more than {LowPercent:0.##} %; the limit is {LimitPercent:0.##} %"
        );
}
