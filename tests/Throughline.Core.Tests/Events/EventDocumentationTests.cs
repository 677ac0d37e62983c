using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>docs/guide/events.md and its schema say what the code does.</summary>
public sealed partial class EventDocumentationTests
{
    private static readonly string Guide = File.ReadAllText(Repository.PathOf("docs/guide/events.md"));
    private static readonly JsonElement Schema = JsonDocument
        .Parse(File.ReadAllText(Repository.PathOf("docs/guide/event-v1.schema.json")))
        .RootElement;
    private static readonly string[] Examples = [.. JsonBlock().Matches(Guide).Select(match => match.Groups[1].Value)];

    public static TheoryData<int> ExampleNumbers => [.. Enumerable.Range(0, Examples.Length)];

    [Fact]
    public void Guide_Examples_CoverEveryTypeThatMayBeSent()
    {
        var shown = Examples.Select(json => EventSamples.Parse(json).Type).ToHashSet();
        Assert.Equal(Enum.GetValues<EventType>().Except([EventType.Control, EventType.Tick]).Order(), shown.Order());
    }

    [Theory]
    [MemberData(nameof(ExampleNumbers))]
    public void Guide_Example_IsAcceptedAndRoundTrips(int number)
    {
        byte[] record = EventSamples.Encode(Examples[number]);
        string written = EventSamples.Write(record, opened: true);
        Assert.Equal(Convert.ToHexString(record), Convert.ToHexString(EventSamples.Encode(written)));
        Assert.Null(Validate(Examples[number]));
        Assert.Null(Validate(written));
    }

    [Fact]
    public void Guide_Reasons_AreTheCodesOfTheEnumeration()
    {
        string table = Guide[
            Guide.IndexOf("## Refusals", StringComparison.Ordinal)..Guide.IndexOf("## Limits", StringComparison.Ordinal)
        ];
        Assert.Equal(
            Enum.GetValues<RejectionReason>().Select(reason => reason.Code()),
            TableCode().Matches(table).Select(match => match.Groups[1].Value)
        );
    }

    [Fact]
    public void Guide_PersonalNames_AreThoseOfTheCode()
    {
        string section = Guide[Guide.IndexOf("## What is personal", StringComparison.Ordinal)..];
        string[] lists =
        [
            .. Quote()
                .Matches(section)
                .Select(quote => string.Join(' ', Quoted().Matches(quote.Value).Select(m => m.Groups[1].Value))),
        ];
        Assert.Equal(string.Join(' ', PersonalNames.Words.Order(StringComparer.Ordinal)), lists[0]);
        Assert.Equal(string.Join(' ', PersonalNames.WholeNames.Order(StringComparer.Ordinal)), lists[1]);
    }

    [Fact]
    public void Schema_Enumerations_AreThoseOfTheCode()
    {
        Assert.Equal(Currency.All.Select(currency => currency.ToString()), Values("$defs", "currency", "enum"));
        Assert.Equal(
            Enum.GetValues<EventType>()
                .Where(t => t is not (EventType.Nurture or EventType.Control or EventType.Tick))
                .Select(Code),
            Values("properties", "type", "anyOf", "0", "enum")
        );
        Assert.Equal(
            Enum.GetValues<DecisionAction>().Select(Code),
            Values("properties", "decision", "properties", "action", "enum")
        );
        Assert.Equal(
            Enum.GetValues<Verdict>().Select(Code),
            Values("properties", "label", "properties", "verdict", "enum")
        );
    }

    [Fact]
    public void Schema_Limits_AreThoseOfTheCode()
    {
        Assert.Equal(EventId.MaxLength, Number("$defs", "id", "maxLength"));
        Assert.Equal(EventLimits.Name, Number("$defs", "name", "maxLength"));
        Assert.Equal(EventLimits.Kind, Number("$defs", "kind", "maxLength"));
        Assert.Equal(Money.MaxMinor, Number("$defs", "money", "properties", "minor", "maximum"));
        Assert.Equal(EventLimits.NumberText, Number("$defs", "money", "properties", "amount", "maxLength"));
        Assert.Equal(EventTime.Min, Number("$defs", "time", "oneOf", "1", "minimum"));
        Assert.Equal(EventTime.End - 1, Number("$defs", "time", "oneOf", "1", "maximum"));
        Assert.Equal(EventLimits.Identifiers, Number("properties", "identifiers", "maxItems"));
        Assert.Equal(
            EventLimits.IdentifierValue,
            Number("properties", "identifiers", "items", "properties", "value", "maxLength")
        );
        Assert.Equal(AddressText.MaxSize, Number("properties", "context", "properties", "address", "maxLength"));
        Assert.Equal(EventLimits.LongText, Number("properties", "context", "properties", "userAgent", "maxLength"));
        Assert.Equal(EventLimits.LongText, Number("properties", "context", "properties", "referrer", "maxLength"));
        Assert.Equal(EventLimits.LongText, Number("properties", "request", "properties", "path", "maxLength"));
        Assert.Equal(EventLimits.Method, Number("properties", "request", "properties", "method", "maxLength"));
        Assert.Equal(EventLimits.Host, Number("properties", "request", "properties", "host", "maxLength"));
        Assert.Equal(EventLimits.Status, Number("properties", "request", "properties", "status", "maximum"));
        Assert.Equal(EventLimits.Purposes, Number("properties", "consent", "properties", "purposes", "maxProperties"));
        Assert.Equal(
            EventLimits.PurposeName,
            Number("properties", "consent", "properties", "purposes", "propertyNames", "maxLength")
        );
        Assert.Equal(EventLimits.Traits, Number("properties", "traits", "maxProperties"));
        Assert.Equal(EventLimits.TraitName, Number("properties", "traits", "propertyNames", "maxLength"));
        Assert.Equal(
            EventLimits.TraitText,
            Number("properties", "traits", "additionalProperties", "anyOf", "0", "maxLength")
        );
        Assert.Equal(EventLimits.TraitSource, Number("properties", "traitsSource", "maxLength"));
        Assert.Equal(EventLimits.PropertyName, Number("propertyNames", "maxLength"));
    }

    [Fact]
    public void Schema_HostileStructure_IsRefusedAsTheCodeRefusesIt()
    {
        // What a schema can say; the rest (UTF-8, names twice, depth, addresses, …) only the code checks.
        RejectionReason[] sayable =
        [
            RejectionReason.MissingField,
            RejectionReason.UnknownField,
            RejectionReason.NotAllowedHere,
            RejectionReason.WrongType,
            RejectionReason.BadEventType,
            RejectionReason.PlatformOnly,
            RejectionReason.BadIdentifierType,
            RejectionReason.UnknownCurrency,
            RejectionReason.TooManyIdentifiers,
            RejectionReason.BadValue,
        ];
        var accepted = HostilePayloads
            .All.Where(payload => sayable.Contains(payload.Reason) && IsJson(payload.Bytes))
            .Where(payload => Validate(Encoding.UTF8.GetString(payload.Bytes)) is null)
            .Select(payload => payload.Name)
            .ToList();
        Assert.Empty(accepted);
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Validate(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return SmallJsonSchema.Find(Schema, Schema, document.RootElement);
    }

    private static string Code<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static long Number(params string[] path) => At(path).GetInt64();

    private static IEnumerable<string?> Values(params string[] path) =>
        At(path).EnumerateArray().Select(value => value.GetString());

    private static JsonElement At(string[] path) =>
        path.Aggregate(
            Schema,
            (element, step) =>
                element.ValueKind == JsonValueKind.Array ? element[int.Parse(step)] : element.GetProperty(step)
        );

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex JsonBlock();

    [GeneratedRegex("^\\| `([a-z0-9_]+)` \\|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TableCode();

    [GeneratedRegex("(^> .*\n)+", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quote();

    [GeneratedRegex("`([a-z0-9]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
