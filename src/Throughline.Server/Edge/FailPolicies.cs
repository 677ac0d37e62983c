using Throughline.Core.Events;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge;

/// <summary>What happens to a request that the rules could not judge: its route says.</summary>
internal static class FailPolicies
{
    /// <summary>Decides by the fail policy of the request's route, or of the default one if its features could not be read.</summary>
    /// <param name="model">The version in force; null if there is none.</param>
    public static void Apply(EdgeExchange exchange, GateModel? model, DecisionCause cause)
    {
        RouteDocument route =
            model is not null && exchange.HasFeatures
                ? model.Route(model.RouteOf(exchange.Inputs.Request))
                : RouteDocument.Default;
        Apply(exchange, route.OnFailure, cause, route.ChallengeDifficulty);
        (exchange.Decision.Route, exchange.Model) = (route, model);
        exchange.Decision.Version = model?.Version ?? 0;
    }

    /// <inheritdoc cref="Apply(EdgeExchange, GateModel?, DecisionCause)"/>
    public static void Apply(EdgeExchange exchange, FailPolicy policy, DecisionCause cause, int? difficulty = null)
    {
        GateDecision decision = exchange.Decision;
        decision.Reset();
        decision.Cause = cause;
        bool isCleared = exchange.HasFeatures && exchange.Inputs.Request.Clearance.Answers(difficulty);
        decision.Action = policy switch
        {
            FailPolicy.Challenge when !isCleared => DecisionAction.Challenge,
            FailPolicy.Closed => DecisionAction.Deny,
            _ => DecisionAction.Allow,
        };
        decision.IsFlagged = decision.Action != DecisionAction.Allow;
    }
}
