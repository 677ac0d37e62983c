using System.Diagnostics.Metrics;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Telemetry;

/// <summary>Metrics of what is known of good bots.</summary>
internal static class BotInstruments
{
    public const string MeterName = "Throughline.Bots";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Gauge<double> ImportTimes = Meter.CreateGauge<double>(
        "throughline.bots.list.imported",
        "s",
        "Since when a published list is known to hold, in seconds since 1970"
    );

    private static readonly Counter<long> Refreshes = Meter.CreateCounter<long>(
        "throughline.bots.list.refreshes",
        "{attempt}",
        "Attempts to refresh a published list, by what came of them"
    );

    private static readonly Counter<long> Answers = Meter.CreateCounter<long>(
        "throughline.bots.claims",
        "{claim}",
        "Claims to be a good bot that were looked up by name, by what came of them"
    );

    private static readonly Counter<long> Signatures = Meter.CreateCounter<long>(
        "throughline.bots.signatures",
        "{request}",
        "Requests that were signed by Web Bot Auth, by what the signature is worth"
    );

    /// <summary>A request had a signature.</summary>
    public static void Signed(SignatureFacts facts) =>
        Signatures.Add(1, new KeyValuePair<string, object?>("result", facts.Word));

    public static void Imported(string list, DateTimeOffset at) =>
        ImportTimes.Record(at.ToUnixTimeMilliseconds() / 1000.0, new KeyValuePair<string, object?>("list", list));

    public static void Refreshed(string list, bool isFresh) =>
        Refreshes.Add(1, new("list", list), new("result", isFresh ? "refreshed" : "failed"));

    public static void Answered(BotIdentity identity) =>
        Answers.Add(
            1,
            new KeyValuePair<string, object?>(
                "result",
                identity switch
                {
                    BotIdentity.Verified => "verified",
                    BotIdentity.Impostor => "impostor",
                    _ => "unknown",
                }
            )
        );
}
