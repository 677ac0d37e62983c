namespace Throughline.Server.Doors.Mapping;

/// <summary>What a foreign event becomes.</summary>
internal enum DoorAction
{
    /// <summary>A nurturing event under its own name.</summary>
    Nurture,
    Impression,
    View,
    Click,
    Conversion,
    Refund,

    /// <summary>Nothing: it is answered as taken, and not stored.</summary>
    Ignore,
}

/// <summary>How foreign events of one name are read. Lists of fields name members of the event's own data; the first that has a value counts.</summary>
internal sealed record DoorRule(DoorAction As)
{
    /// <summary>Of a nurturing event: its name here; null: the foreign name, normalised.</summary>
    public string? Name { get; init; }

    /// <summary>Of a conversion or refund.</summary>
    public string Kind { get; init; } = "purchase";

    public IReadOnlyList<string> OrderId { get; init; } = ["order_id", "orderId", "transaction_id"];

    /// <summary>Of a conversion or refund: decimal amounts in whole units of the currency.</summary>
    public IReadOnlyList<string> Value { get; init; } = ["revenue", "total", "value", "amount"];
    public IReadOnlyList<string> Currency { get; init; } = ["currency"];

    // Of touches; where none has a value, what the sender says of the campaign elsewhere counts.
    public IReadOnlyList<string> Campaign { get; init; } = [];
    public IReadOnlyList<string> Channel { get; init; } = [];
    public IReadOnlyList<string> Creative { get; init; } = [];
    public IReadOnlyList<string> Placement { get; init; } = [];

    /// <summary>The type in the event's JSON.</summary>
    public bool IsTouch => As is DoorAction.Nurture or DoorAction.Impression or DoorAction.View or DoorAction.Click;
}
