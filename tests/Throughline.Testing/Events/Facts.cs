using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Testing.Events;

/// <summary>An event as a test states it: names instead of tokens. <see cref="Encode"/> gives the stored form.</summary>
public sealed record Fact(string Id, EventType Type, long Time)
{
    public IReadOnlyList<(string Type, string Value)> Identifiers { get; init; } = [];
    public string? Name { get; init; }
    public string? Address { get; init; }
    public string? UserAgent { get; init; }
    public string? Campaign { get; init; }
    public string? Channel { get; init; }
    public string? Creative { get; init; }
    public string? Placement { get; init; }

    /// <summary>A JSON object.</summary>
    public string? Properties { get; init; }
    public string? Kind { get; init; }
    public string? OrderId { get; init; }
    public long? Minor { get; init; }
    public string Currency { get; init; } = "EUR";
    public string? Conversion { get; init; }
    public DecisionAction? Action { get; init; }

    /// <summary>Of a link: what a matcher states.</summary>
    public Statement? Stated { get; init; }
    public Verdict? Label { get; init; }
    public long From { get; init; }
    public long To { get; init; }
    public byte[]? Document { get; init; }
    public bool Backfill { get; init; }

    /// <summary>Names of the traits that it tells.</summary>
    public IReadOnlyList<string> Traits { get; init; } = [];
    public string? TraitsSource { get; init; }

    /// <summary>A token as the tests make them: a plain hash, since there is nothing to hide.</summary>
    public static Token TokenOf(string type, string value) =>
        Token.Read(SHA256.HashData(Encoding.UTF8.GetBytes($"{type}\0{value}")));

    /// <summary>The stored form.</summary>
    public byte[] Encode()
    {
        EventRecordWriter writer = new();
        writer.Begin(Type, Time, keyVersion: 1, Backfill);
        List<string> custom = Identifiers
            .Select(x => x.Type)
            .Where(type => !IdentifierType.TryCodeOf(type, out _))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        foreach (
            (byte code, Token token) in Identifiers
                .Select(x => (CodeOf(x.Type, custom), TokenOf(x.Type, x.Value)))
                .Distinct()
                .OrderBy(x => x)
        )
            writer.Identifier(code, token);
        writer.Text(EventField.Id, Id);
        writer.Text(EventField.Name, Name);
        if (Address is not null)
            writer.Token(EventField.Address, TokenOf("address", Address));
        writer.Text(EventField.UserAgent, UserAgent);
        writer.Text(EventField.Campaign, Campaign);
        writer.Text(EventField.Channel, Channel);
        writer.Text(EventField.Creative, Creative);
        writer.Text(EventField.Placement, Placement);
        writer.Text(EventField.Kind, Stated?.Model ?? Kind);
        writer.Text(EventField.OrderId, OrderId);
        if (Minor is { } minor)
        {
            writer.Number(EventField.Minor, minor);
            writer.Text(EventField.Currency, Currency);
        }
        if (Conversion is not null)
            writer.Token(EventField.Conversion, TokenOf("event", Conversion));
        writer.Text(EventField.Host, Stated?.Source ?? TraitsSource);
        if (Stated is not null)
            writer.Number(EventField.Status, Stated.Tier);
        if (Action is { } action)
            writer.Byte(EventField.Action, (byte)action);
        if (Stated is not null)
            writer.Number(EventField.Score, Stated.ScorePpm);
        if (Label is { } label)
        {
            writer.Number(EventField.From, From);
            writer.Number(EventField.To, To);
            writer.Byte(EventField.Verdict, (byte)label);
        }
        if (Traits.Count > 0)
            writer.Text(EventField.Purposes, string.Join('\n', Traits.Order(StringComparer.Ordinal)));
        if (Document is not null)
            writer.Bytes(EventField.Document, Document);
        writer.Text(EventField.Properties, Properties);
        if (custom.Count > 0)
            writer.Text(EventField.CustomTypes, string.Join('\n', custom));
        byte[] hashed = writer.Written.ToArray();
        hashed[2] = 0;
        RecordBuffer buffer = new();
        writer.Complete(TokenOf("event", Id), Token.Read(SHA256.HashData(hashed)), buffer);
        buffer.Seal();
        return buffer[0].ToArray();
    }

    /// <summary>What a matcher says of two identifiers.</summary>
    public sealed record Statement(int Tier, int ScorePpm, string Source = "crm", string Model = "people/1");

    private static byte CodeOf(string type, List<string> custom) =>
        IdentifierType.TryCodeOf(type, out byte code)
            ? code
            : (byte)(IdentifierType.FirstCustom + custom.IndexOf(type));
}
