using System.Text.Json;
using Throughline.Server.Doors.Mapping;

namespace Throughline.Server.Doors;

/// <summary>One foreign event as its door has understood it, before it becomes one of ours. Reused; elements live as long as their document.</summary>
internal sealed class DoorFact
{
    /// <summary>Undefined: the door gives <see cref="MadeId"/>.</summary>
    public FactValue Id;
    public string MadeId = "";

    /// <summary>Milliseconds, worked out by the door; null: <see cref="SentTime"/> is copied and judged as it is.</summary>
    public long? Time;
    public FactValue SentTime;
    public bool IsTimeOurs;

    public DoorMatch Match = null!;

    /// <summary>An event of our own form, an object; all else but id and time is nothing then.</summary>
    public FactValue Own;

    /// <summary>Where the name came from.</summary>
    public string NameSource = "";

    /// <summary>Own data of the event, an object or undefined, and where it is: the fields of rules are looked up in it, the rest become properties.</summary>
    public JsonElement Data;
    public string DataSource = "";

    /// <summary>Members of <see cref="Data"/> that have a place elsewhere.</summary>
    public Func<JsonProperty, bool>? IsTaken;

    /// <summary>A second object in which the fields of rules are looked up.</summary>
    public FactValue Facts;

    public readonly List<FactIdentifier> Identifiers = [];

    public FactValue Address;
    public FactValue UserAgent;

    /// <summary>Of a browser that has sent this itself.</summary>
    public string? UserAgentText;
    public FactValue Referrer;

    // What the sender says of the campaign beside the event.
    public FactValue Campaign;
    public FactValue Channel;
    public FactValue Creative;

    /// <summary>Traits of a person, an object: the event becomes an identify event.</summary>
    public FactValue Traits;

    /// <summary>The event shows who somebody is and nothing else.</summary>
    public bool IsIdentify;

    /// <summary>Properties of the message's own that are not in <see cref="Data"/>.</summary>
    public readonly List<(string Name, FactValue Value)> Extras = [];

    /// <summary>The currency of amounts that come without one, by the sender's documents.</summary>
    public string? Currency;

    public void Clear()
    {
        Id = SentTime = Facts = Address = UserAgent = Referrer = Campaign = Channel = Creative = Traits = Own = default;
        MadeId = NameSource = DataSource = "";
        Time = null;
        IsTimeOurs = IsIdentify = false;
        Match = null!;
        Data = default;
        IsTaken = null;
        UserAgentText = Currency = null;
        Identifiers.Clear();
        Extras.Clear();
    }

    /// <summary>Adds an identifier unless it is not there, empty or of no type here.</summary>
    /// <param name="optional">The event does without it if it is not valid.</param>
    public void Identify(string? type, JsonElement holder, string member, string source, bool optional = false)
    {
        if (type is not null && FactValue.Of(holder, member, source) is { IsThere: true } value)
            Identifiers.Add(new(type, value, optional));
    }
}

/// <summary>A value and its place in the message.</summary>
internal readonly record struct FactValue(JsonElement Element, string Source)
{
    /// <summary>Not there, null and empty text are the same: senders write all three.</summary>
    public bool IsThere =>
        Element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)
        && !(Element.ValueKind == JsonValueKind.String && Element.ValueEquals(""u8));

    public static FactValue Of(JsonElement holder, string member, string source) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(member, out JsonElement value)
            ? new(value, source)
            : default;
}

internal readonly record struct FactIdentifier(string Type, FactValue Value, bool IsOptional);
