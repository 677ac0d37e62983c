using System.ComponentModel;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;

namespace Throughline.Server.Edge.Publishing;

// What the endpoints of rules and lists answer.

internal sealed record GateVersionAnswer(
    long Version,
    string? Author,
    string? Note,
    string Published,
    [property: Description("The version that its author started from; 0: none")] long Base,
    [property: Description("The older version that it publishes again")] long? Restores,
    string? ApprovedBy,
    long Position
)
{
    public static GateVersionAnswer Of(GateVersion version) =>
        new(
            version.Version,
            version.Author,
            version.Note,
            EventTime.ToText(version.Time),
            version.Base,
            version.Restores == 0 ? null : version.Restores,
            version.ApprovedBy,
            version.Position
        );
}

internal sealed record GateVersionsAnswer(
    [property: Description("The latest first")] IReadOnlyList<GateVersionAnswer> Versions
);

internal sealed record GateRulesAnswer(
    GateVersionAnswer Publication,
    [property: Description("rules, counters, lists and routes; publishing takes it back as it is")] JsonElement Rules,
    [property: Description("Of the latest version: what the brake returned to shadow since a person published")]
        IReadOnlyList<GateBrakeAnswer> Brakes
);

/// <summary>A rule that the brake returned to shadow.</summary>
internal sealed record GateBrakeAnswer(
    string Rule,
    [property: Description("That it published")] long Version,
    string Published,
    [property: Description("people or hits")] string Measure,
    long Part,
    long Whole,
    double LowPercent,
    double LimitPercent,
    string Cause
)
{
    public static GateBrakeAnswer Of(GateVersion version)
    {
        BrakeTrip trip = version.Brake!;
        return new(
            trip.Rule,
            version.Version,
            EventTime.ToText(version.Time),
            Words.Of(trip.Measure),
            trip.Part,
            trip.Whole,
            trip.LowPercent,
            trip.LimitPercent,
            trip.Cause
        );
    }
}

internal sealed record GatePublished(
    GateVersionAnswer Publication,
    [property: Description("Recent requests that the version was tried on")] int RecentRequests,
    [property: Description("What each rule matches of them")] IReadOnlyList<RuleShare> Shares
);

internal sealed record GateDiffAnswer(long From, long To, IReadOnlyList<GateDifferenceAnswer> Differences);

internal sealed record GateDifferenceAnswer(
    [property: Description("rule, counter, list or route")] string Part,
    string Id,
    [property: Description("added, removed, changed or moved")] string Change,
    IReadOnlyList<MemberDifference> Members
)
{
    public static GateDifferenceAnswer Of(PartDifference difference) =>
        new(Words.Of(difference.Part), difference.Id, Words.Of(difference.Change), difference.Members);
}

internal sealed record GateProposed(long Proposal);

internal sealed record GateProposalsAnswer(IReadOnlyList<GateProposalAnswer> Proposals);

internal sealed record GateProposalAnswer(
    long Proposal,
    string? Author,
    string? Note,
    string Proposed,
    long Base,
    [property: Description("The version that it became; none while it waits")] long? Version
)
{
    public static GateProposalAnswer Of(GateProposal proposal) =>
        new(
            proposal.Number,
            proposal.Author,
            proposal.Note,
            EventTime.ToText(proposal.Time),
            proposal.Base,
            proposal.Version == 0 ? null : proposal.Version
        );
}

[Description("As docs/guide/gate-rules.md has it")]
internal sealed record GateRulesSchema(
    JsonElement? Rules,
    JsonElement? Counters,
    JsonElement? Lists,
    JsonElement? Routes
);

internal sealed record GateRollbackSchema(
    [property: Description("The version to publish again; the one before the latest if there is none")] int? Version,
    string Author,
    string? Note
);

internal sealed record GateApprovalSchema(string Author, bool? Confirm);

internal sealed record GateSettingsDocument(bool FourEyes, double SharePercentMax, bool Sync, BrakeSettings Brake);

internal sealed record GateSettingsSchema(
    string Author,
    [property: Description("Rules take a proposal and another's approval")] bool? FourEyes,
    [property: Description(
        "A refusing rule that matches more of the recent traffic needs a confirmation; 5 by default"
    )]
        double? SharePercentMax,
    [property: Description("Answers wait until the decision's record is durable")] bool? Sync,
    [property: Description("When a rule goes back to shadow by itself; what is not named stays")] BrakeSettings? Brake
);

internal sealed record GateListSummary(
    string Name,
    string Kind,
    int Entries,
    int EntriesMax,
    [property: Description("Entries that were not taken since the start, because the list was full")] long Refused,
    long Changes
);

internal sealed record GateListsAnswer(IReadOnlyList<GateListSummary> Lists);

internal sealed record GateListAnswer(string Name, string Kind, IReadOnlyList<GateEntryDocument> Entries);

internal sealed record GateEntryDocument(
    string Value,
    [property: Description("RFC 3339 text; none: for ever")] string? Expires,
    string? Source,
    string? Reason
);

internal sealed record GateListChanged(
    string List,
    int Entries,
    [property: Description("Entries that were taken in or out")] int Changed
);

internal sealed record GateEntriesSchema(
    [property: Description("Of a new list: address, text, contains or number")] string? Kind,
    [property: Description("Whose entries these are")] string? Source,
    string Author,
    IReadOnlyList<GateEntryDocument> Entries
);

internal sealed record GateRemovalSchema(string? Source, string Author, IReadOnlyList<string> Values);
