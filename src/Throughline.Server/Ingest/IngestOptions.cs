using Throughline.Core.Events;

namespace Throughline.Server.Ingest;

/// <summary>What one request's events are held to.</summary>
/// <param name="Form">How the body holds its events.</param>
/// <param name="Keys">The tenant's keys.</param>
/// <param name="Rules">The tenant's rules of normalising.</param>
/// <param name="Backfill">The events are an import: the horizon is off for them.</param>
/// <param name="TimeMax">The latest time that is not too early, milliseconds since 1970.</param>
/// <param name="EventsMax">How many events the body may hold.</param>
internal sealed record IngestOptions(
    BodyForm Form,
    IEventKeys Keys,
    IdentifierRules Rules,
    bool Backfill,
    long TimeMax,
    int EventsMax
);
