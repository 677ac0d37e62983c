using System.Buffers;
using System.Text;
using Throughline.Core.Events;

namespace Throughline.Testing.Events;

/// <summary>One full event of each type that a sender may send, and helpers to read and store JSON.</summary>
public static class EventSamples
{
    private const string Who = """
        "identifiers":[{"type":"email","value":"Ada@Example.com"},{"type":"device","value":"d-1"},{"type":"loyalty","value":"L7"}],
        "context":{"address":"203.0.113.7","userAgent":"Mozilla/5.0","referrer":"https://shop.example/a?utm=x"},
        """;

    /// <summary>By type: every field that the type may have, and properties both clear and personal.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            ["request"] = Event(
                "request",
                """ "request":{"method":"GET","host":"shop.example","path":"/cart?mail=ada","status":200,"bytes":5120} """
            ),
            ["decision"] = Event(
                "decision",
                """ "decision":{"request":"e-request","action":"challenge","score":-7} """
            ),
            ["impression"] = Event("impression", Touch),
            ["view"] = Event("view", Touch),
            ["click"] = Event("click", Touch),
            ["nurture"] = Event("email_open", Touch),
            ["conversion"] = Event(
                "conversion",
                """ "conversion":{"kind":"purchase","orderId":"o-1","value":{"amount":"12.34","currency":"EUR"}} """
            ),
            ["refund"] = Event(
                "refund",
                """ "refund":{"conversion":"e-conversion","value":{"minor":234,"currency":"EUR"}} """
            ),
            ["identify"] = Event("identify", """ "plan":"gold" """),
            ["consent"] = Event("consent", """ "consent":{"purposes":{"statistics":false,"marketing":true}} """),
            ["label"] = Event(
                "label",
                """ "label":{"verdict":"good_bot","from":"2026-06-01T00:00:00Z","to":"2026-06-02T00:00:00+02:00"} """
            ),
            ["holdout"] = Event("holdout", """ "holdout":{"campaign":"summer","arm":"held"} """),
            ["link"] = """
                {"id":"e-link","type":"link","time":"2026-06-01T12:00:00.123Z",
                "identifiers":[{"type":"email","value":"Ada@Example.com"},{"type":"loyalty","value":"L7"}],
                "context":{"address":"203.0.113.7","userAgent":"Mozilla/5.0","referrer":"https://shop.example/a?utm=x"},
                "link":{"tier":2,"scorePpm":973000,"source":"crm-nightly","model":"people/4"},
                "shelf":{"row":3,"id":"s\u0031"},"size":1.50,"first_name":"Ada"}
                """,
        };

    private static string Touch => """ "campaign":"summer","channel":"social","creative":"c-1","placement":"top" """;

    private static string Event(string type, string section) =>
        $$"""
            {"id":"e-{{type}}","type":"{{type}}","time":"2026-06-01T12:00:00.123Z",
            {{Who}}
            {{section}},
            "shelf":{"row":3,"id":"s\u0031"},"size":1.50,"first_name":"Ada"}
            """;

    /// <summary>Reads JSON that must be good.</summary>
    public static RawEvent Parse(string json) =>
        EventJson.TryParse(Encoding.UTF8.GetBytes(json), out RawEvent parsed, out Rejection rejection)
            ? parsed
            : throw new InvalidOperationException(rejection.ToString());

    /// <summary>The stored record of JSON that must be good, under <see cref="TestEventKeys"/>.</summary>
    public static byte[] Encode(string json, bool backfill = false)
    {
        var buffer = new RecordBuffer();
        new EventEncoder(new TestEventKeys()).Encode(Parse(json), backfill, buffer);
        return buffer[0].ToArray();
    }

    /// <summary>A record as JSON, with its sealed part opened or not.</summary>
    public static string Write(byte[] record, bool opened)
    {
        EventRecord read = EventRecord.FromTrusted(record);
        var target = new ArrayBufferWriter<byte>();
        EventJson.Write(read, opened ? TestEventKeys.Open(read) : default, target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
