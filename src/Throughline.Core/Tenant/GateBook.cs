using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Brake;

namespace Throughline.Core.Tenant;

/// <summary>One publication of a tenant's rules: who, why, and where its document is.</summary>
/// <param name="Version">From 1, without gaps.</param>
/// <param name="Position">Of the publication in the tenant's log.</param>
/// <param name="Time">When it was published; milliseconds since 1970.</param>
/// <param name="Base">The version that its author started from; 0: none was named.</param>
/// <param name="Restores">The version that it publishes again; 0: it is no rollback.</param>
/// <param name="ApprovedBy">Under four eyes: who approved it.</param>
/// <param name="Brake">Why the brake published it; null: a person did.</param>
public sealed record GateVersion(
    long Version,
    long Position,
    long Time,
    string? Author,
    string? Note,
    long Base,
    long Restores,
    string? ApprovedBy,
    BrakeTrip? Brake = null
);

/// <summary>A rule set that waits for the approval of another than its author.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Version">The version that it became; 0: it waits.</param>
public sealed record GateProposal(
    long Number,
    long Position,
    long Time,
    string? Author,
    string? Note,
    long Base,
    long Version
);

/// <summary>How a tenant wants its gate to be run.</summary>
/// <param name="FourEyes">Rules are proposed and approved by another before they are published.</param>
/// <param name="SharePercentMax">An enforced rule that matches more of the recent traffic needs a confirmation.</param>
/// <param name="Sync">Answers wait until the decision's record is durable.</param>
/// <param name="Brake">When a rule goes back to shadow by itself.</param>
public sealed record GateSettings(
    bool FourEyes = false,
    double SharePercentMax = 5,
    bool Sync = false,
    BrakeSettings? Brake = null
)
{
    /// <summary>As it is set, or as it is unless told otherwise.</summary>
    public BrakeSettings BrakeInForce => Brake ?? new();
}

/// <summary>
/// Where the gate's documents are in the log, and who wrote them. They have no effect on any lens: the edge reads them. Kept as
/// objects, since they are few, and read again after a restart.
/// </summary>
internal sealed class GateBook
{
    private readonly List<GateVersion> versions = [];
    private readonly List<GateProposal> proposals = [];
    private readonly List<long> lists = [];

    public IReadOnlyList<GateVersion> Versions => versions;

    public IReadOnlyList<GateProposal> Proposals => proposals;

    /// <summary>Positions of all changes of lists, in their order.</summary>
    public IReadOnlyList<long> Lists => lists;

    public GateSettings Settings { get; private set; } = new();

    /// <summary>Takes a document in; false if it is none of the gate's.</summary>
    public bool TryAdd(string kind, JsonElement document, in EventRecord record, long position)
    {
        switch (kind)
        {
            case ControlDocument.GateRulesKind:
                Add(document, record.Time, position);
                return true;
            case ControlDocument.GateProposalKind:
                proposals.Add(
                    new(
                        Number(document, "version"),
                        position,
                        record.Time,
                        Text(document, "author"),
                        Text(document, "note"),
                        Number(document, "base"),
                        Version: 0
                    )
                );
                return true;
            case ControlDocument.GateListKind:
                lists.Add(position);
                return true;
            case ControlDocument.GateSettingsKind:
                Settings = new(
                    document.GetProperty("fourEyes").GetBoolean(),
                    document.GetProperty("sharePercentMax").GetDouble(),
                    document.GetProperty("sync").GetBoolean(),
                    document.TryGetProperty("brake", out JsonElement brake)
                        ? brake.Deserialize<BrakeSettings>(JsonSerializerOptions.Web)
                        : null
                );
                return true;
            default:
                return false;
        }
    }

    private void Add(JsonElement document, long time, long position)
    {
        GateVersion version = new(
            Number(document, "version"),
            position,
            time,
            Text(document, "author"),
            Text(document, "note"),
            Number(document, "base"),
            Number(document, "restores"),
            Text(document, "approvedBy"),
            document.TryGetProperty("brake", out JsonElement trip) ? trip.Deserialize<BrakeTrip>(BrakeTrip.Form) : null
        );
        versions.Add(version);
        int proposal = proposals.FindIndex(x => x.Number == Number(document, "proposal"));
        if (proposal >= 0)
            proposals[proposal] = proposals[proposal] with { Version = version.Version };
    }

    private static long Number(JsonElement document, string name) =>
        document.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    private static string? Text(JsonElement document, string name) =>
        document.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
