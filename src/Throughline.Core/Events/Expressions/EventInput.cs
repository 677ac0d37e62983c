using System.Text;
using System.Text.Json;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Core.Events.Expressions;

/// <summary>What an expression reads of an event; at the door all of it, from the log what is stored in the clear. Null is not there.</summary>
internal sealed class EventInput
{
    private byte[]? clear;
    private byte[]? personal;
    private Value? properties;

    /// <summary>The type as a sender writes it: of a nurturing event its name.</summary>
    public string Type { get; private set; } = "";
    public Value Time { get; private set; }
    public string? Campaign { get; private set; }
    public string? Channel { get; private set; }
    public string? Creative { get; private set; }
    public string? Placement { get; private set; }
    public string? Kind { get; private set; }
    public string? Method { get; private set; }
    public string? Host { get; private set; }
    public string? Path { get; private set; }
    public long? Status { get; private set; }
    public string? Agent { get; private set; }
    public string? Referrer { get; private set; }

    /// <summary>At the door: the address, and the networks that it is part of (see <see cref="EventNames"/>).</summary>
    public IpAddress? Address { get; private set; }
    public string? Network { get; private set; }
    public string? Block { get; private set; }

    /// <summary>At the door: the first normalised value of each type.</summary>
    public Dictionary<string, string> Identifiers { get; } = new(StringComparer.Ordinal);

    /// <summary>Of a link: the types of its ends, in the order of their names.</summary>
    public string First { get; set; } = "";
    public string Second { get; set; } = "";

    /// <summary>All properties that may be read, as a map.</summary>
    public Value Properties => properties ??= ReadProperties();

    public static EventInput At(RawEvent door)
    {
        EventInput input = new()
        {
            Type = door.Type == EventType.Nurture ? door.String(EventField.Name)! : EventFieldRules.NameOf(door.Type),
            Time = Instant(door.Time),
            Campaign = door.String(EventField.Campaign),
            Channel = door.String(EventField.Channel),
            Creative = door.String(EventField.Creative),
            Placement = door.String(EventField.Placement),
            Kind = door.String(EventField.Kind),
            Method = door.String(EventField.Method),
            Host = door.String(EventField.Host),
            Path = door.String(EventField.Path),
            Status = door.Status,
            Agent = door.String(EventField.UserAgent),
            Referrer = door.String(EventField.Referrer),
            clear = door.Text(EventField.Properties).ToArray(),
            personal = door.PersonalProperties.ToArray(),
        };
        if (door.String(EventField.Address) is { } text && IpAddress.TryParse(text, out IpAddress address, out _))
            (input.Address, input.Network, input.Block) = (
                address,
                PrefixOf(address, 24, 64),
                PrefixOf(address, 16, 48)
            );
        for (int i = 0; i < door.IdentifierCount; i++)
            if (door.Identifier(i) is { IsBlocked: false } identifier)
                input.Identifiers.TryAdd(identifier.Type, Encoding.UTF8.GetString(identifier.Normalised));
        return input;
    }

    public static EventInput Of(in EventRecord record)
    {
        record.TryGet(EventField.Properties, out ReadOnlySpan<byte> stored);
        return new()
        {
            Type =
                record.Type == EventType.Nurture ? record.Text(EventField.Name)! : EventFieldRules.NameOf(record.Type),
            Time = Instant(record.Time),
            Campaign = record.Text(EventField.Campaign),
            Channel = record.Text(EventField.Channel),
            Creative = record.Text(EventField.Creative),
            Placement = record.Text(EventField.Placement),
            Kind = record.Text(EventField.Kind),
            Method = record.Text(EventField.Method),
            Host = record.Text(EventField.Host),
            Path = record.Text(EventField.Path),
            Status = record.Number(EventField.Status),
            Agent = record.Text(EventField.UserAgent),
            Referrer = record.Text(EventField.Referrer),
            clear = stored.ToArray(),
        };
    }

    private Value ReadProperties()
    {
        Dictionary<string, object?> all = new(StringComparer.Ordinal);
        foreach (byte[]? json in (byte[]?[])[clear, personal])
            if (json is { Length: > 0 })
                foreach (JsonProperty property in JsonSerializer.Deserialize<JsonElement>(json).EnumerateObject())
                    all[property.Name] = property.Value;
        return NativeValues.Of(all);
    }

    private static Value Instant(long time)
    {
        (long seconds, long rest) = Math.DivRem(time, 1000);
        return Timestamps.Create(seconds, rest * 1_000_000);
    }

    private static string PrefixOf(IpAddress address, int lengthV4, int lengthV6)
    {
        int keep = address.IsV6 ? lengthV6 : lengthV4;
        UInt128 bits = address.Bits >> (address.Length - keep) << (address.Length - keep);
        return FormattableString.Invariant($"{IpAddress.Of(bits, address.IsV6).Text}/{keep}");
    }
}
