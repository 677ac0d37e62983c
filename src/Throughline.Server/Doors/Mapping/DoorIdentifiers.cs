namespace Throughline.Server.Doors.Mapping;

/// <summary>Which type of identifier each foreign one is here; null: it is none.</summary>
internal sealed record DoorIdentifiers
{
    public string? UserId { get; init; } = "user";

    /// <summary>Segment's anonymousId, Snowplow's domain user id: a first-party cookie.</summary>
    public string? AnonymousId { get; init; } = "cookie";

    /// <summary>The id of an installation or device that stays.</summary>
    public string? DeviceId { get; init; } = "device";
    public string? AdvertisingId { get; init; } = "advertising_id";

    /// <summary>Snowplow's network user id: a cookie of the collector's own domain.</summary>
    public string? NetworkId { get; init; } = "network_cookie";
    public string? Email { get; init; } = "email";
    public string? Phone { get; init; } = "phone";

    /// <summary>What an alias names as known before.</summary>
    public string? PreviousId { get; init; } = "cookie";
}
