using Throughline.Cli.Input;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Replay;

/// <summary>What <c>gate replay</c> prints.</summary>
/// <param name="FlaggedRequests">Denied, challenged, or recognised as a bot's, good or bad.</param>
/// <param name="ByRule">By the rule's id: rules that matched, shadow ones too.</param>
/// <param name="LackedFeatures">By the rule's id: features that it needed and that the logs do not know, with how many requests.</param>
/// <param name="PassedOver">Lines that are not about requests.</param>
internal sealed record GateReplayReport(
    long Requests,
    int Addresses,
    long FlaggedRequests,
    int FlaggedAddresses,
    IReadOnlyDictionary<string, RuleFigures> ByRule,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> LackedFeatures,
    long PassedOver,
    long Rejected,
    IReadOnlyDictionary<string, long> RejectedByReason,
    IReadOnlyList<InputRejection> Rejections,
    double Seconds,
    double RequestsPerSecond,
    TruthFigures? Truth
)
{
    public static GateReplayReport Of(ReplayTally tally, double seconds, TruthFigures? truth) =>
        new(
            tally.Requests,
            tally.Addresses,
            tally.FlaggedRequests,
            tally.FlaggedAddresses,
            tally.Rules().Where(x => x.Tally.Hits + x.Tally.Errors > 0).ToDictionary(x => x.Rule.Id, RuleFigures.Of),
            tally.Rules().Where(x => x.Tally.Lacked.Count > 0).ToDictionary(x => x.Rule.Id, x => x.Tally.Lacked),
            tally.PassedOver,
            tally.Rejected,
            tally.Reasons,
            tally.Rejections,
            Math.Round(seconds, 3, MidpointRounding.ToEven),
            seconds > 0 ? Math.Round(tally.Requests / seconds, MidpointRounding.ToEven) : 0,
            truth
        );
}

/// <summary>What one rule found.</summary>
/// <param name="Hits">Requests that it matched.</param>
/// <param name="Addresses">Different ones among them.</param>
/// <param name="Alerts">Hits outside of its quiet time.</param>
/// <param name="Mode">Null: enforced.</param>
internal sealed record RuleFigures(long Hits, int Addresses, long Alerts, long? Errors, RuleMode? Mode)
{
    public static RuleFigures Of((RuleDocument Rule, RuleTally Tally) x) =>
        new(
            x.Tally.Hits,
            x.Tally.Addresses,
            x.Tally.Alerts,
            x.Tally.Errors == 0 ? null : x.Tally.Errors,
            x.Rule.Mode == RuleMode.Enforce ? null : x.Rule.Mode
        );
}
