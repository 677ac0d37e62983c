using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Events;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Api;

namespace Throughline.Server.Edge.Publishing;

/// <summary>What those who publish are told when it did not work.</summary>
internal static class GateProblems
{
    private const int IssuesMax = 100;

    /// <summary>Rules that are not valid: all issues, each with its pointer or place.</summary>
    public static Problem Invalid(IReadOnlyList<GateIssue> issues) =>
        Problem.Of(ProblemReason.InvalidRules, issues[0].Message) with
        {
            Pointer = issues[0].Path,
            More = new()
            {
                ["issues"] = new JsonArray([
                    .. issues
                        .Take(IssuesMax)
                        .Select(issue => new JsonObject
                        {
                            ["pointer"] = issue.Path,
                            ["message"] = issue.Message,
                            ["line"] = issue.Line == 0 ? null : issue.Line,
                            ["column"] = issue.Column == 0 ? null : issue.Column,
                        }),
                ]),
            },
        };

    public static Problem Conflict(long latest) =>
        Problem.Of(ProblemReason.VersionConflict, $"Version {latest} is the latest: start from it.") with
        {
            More = new() { ["latest"] = latest },
        };

    public static Problem Unconfirmed(RecentShares shares) =>
        Problem.Of(
            ProblemReason.ConfirmationNeeded,
            $"Of the last {shares.Requests} requests rule {shares.TooLarge[0].Rule} would match {shares.TooLarge[0].Percent} %: send confirm=true if that is meant."
        ) with
        {
            More = new()
            {
                ["requests"] = shares.Requests,
                ["shares"] = JsonSerializer.SerializeToNode(shares.TooLarge, JsonSerializerOptions.Web),
            },
        };

    public static Problem Missing(string parameter) =>
        OfParameter(RejectionReason.MissingField, $"The parameter {parameter} is required.");

    public static Problem Bad(string parameter, string form) =>
        OfParameter(RejectionReason.BadValue, $"The parameter {parameter} must be {form}.");

    private static Problem OfParameter(RejectionReason reason, string message) =>
        Problem.Of(new Rejection(reason, "", message)) with
        {
            Title = "The question is not valid.",
        };

    /// <summary>Of a parameter that is none of those that are known: a misspelt one must not be passed over.</summary>
    public static Problem Unknown(string parameter, IEnumerable<string> known) =>
        Problem.Of(
            new Rejection(
                RejectionReason.BadValue,
                "",
                $"The parameter {parameter} is not known; there are {string.Join(", ", known)}."
            )
        );

    public static Problem Of(PublishOutcome outcome) =>
        outcome switch
        {
            PublishOutcome.Invalid invalid => Invalid(invalid.Issues),
            PublishOutcome.Conflict conflict => Conflict(conflict.Latest),
            PublishOutcome.Unconfirmed unconfirmed => Unconfirmed(unconfirmed.Shares),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };
}
