namespace Throughline.Core.Tenant;

/// <summary>What became of an event. A refused event is no fact: it is not logged, moves nothing and is not remembered.</summary>
public enum ApplyStatus : byte
{
    /// <summary>It is a fact now, at the next position of the log.</summary>
    Accepted = 0,

    /// <summary>A known id with equal content: acknowledged, no effect.</summary>
    Duplicate = 1,

    /// <summary>Older than the watermark minus the horizon.</summary>
    TooLate = 2,

    /// <summary>A known id with other content or another time: the first in the log wins.</summary>
    IdConflict = 3,

    /// <summary>It uses a new name (identifier type, campaign, kind of touch or conversion), and the tenant has as many as it can.</summary>
    TooManyNames = 4,
}
