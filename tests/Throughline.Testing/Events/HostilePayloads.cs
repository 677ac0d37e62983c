using System.Text;
using Throughline.Core.Events;

namespace Throughline.Testing.Events;

/// <summary>One payload that must be refused.</summary>
/// <param name="Name">Unique, says what is wrong with it.</param>
/// <param name="Bytes">What is sent as one event.</param>
/// <param name="Reason">Why it must be refused.</param>
/// <param name="Pointer">The field that must be named; null where several are right (JSON that is cut off).</param>
public sealed record HostilePayload(string Name, byte[] Bytes, RejectionReason Reason, string? Pointer)
{
    /// <summary>True if a line of NDJSON can hold it, so that it can travel between good neighbours.</summary>
    public bool FitsInLine => !Bytes.AsSpan().ContainsAny((byte)'\n', (byte)'\r') && Bytes.Length > 0;

    public override string ToString() => Name;
}

/// <summary>
/// Payloads that an attacker or a broken sender may send as one event, each with the refusal it must get. Made by rule, so that every
/// field and every place is covered; the same in every run.
/// </summary>
public static partial class HostilePayloads
{
    public static IReadOnlyList<HostilePayload> All { get; } =
    [.. Broken(), .. Encodings(), .. Sizes(), .. WrongTypes(), .. Fields(), .. Values()];

    /// <summary>A payload by its name, for tests whose data must be text.</summary>
    public static HostilePayload Named(string name) => All.First(payload => payload.Name == name);

    private const string Time = "\"2026-06-01T12:00:00Z\"";

    /// <summary>What each section must hold at least, by the type it belongs to.</summary>
    private static (string Type, string Field, string Value)[] Sections =>
        [
            ("request", "request", """{"path":"/"}"""),
            ("conversion", "conversion", "{}"),
            ("refund", "refund", """{"conversion":"e-0","value":{"minor":1,"currency":"EUR"}}"""),
            ("decision", "decision", """{"request":"e-0","action":"allow"}"""),
            ("consent", "consent", """{"purposes":{"marketing":true}}"""),
            ("label", "label", """{"verdict":"bot","from":"2026-06-01T00:00:00Z","to":"2026-06-02T00:00:00Z"}"""),
            ("holdout", "holdout", """{"campaign":"summer","arm":"treated"}"""),
            ("link", "link", """{"tier":1,"scorePpm":900000,"source":"crm","model":"people/1"}"""),
        ];

    /// <summary>A click with something added.</summary>
    private static string Click(string members) => $$"""{"id":"e-1","type":"click","time":{{Time}},{{members}}}""";

    /// <summary>An event whose section is the given JSON.</summary>
    private static string Section(string type, string section) =>
        $$"""{"id":"e-1","type":"{{type}}","time":{{Time}},"{{type}}":{{section}}}""";

    private static HostilePayload Case(string name, string json, RejectionReason reason, string? pointer) =>
        new(name, Encoding.UTF8.GetBytes(json), reason, pointer);

    /// <summary>JSON that is none: cut off at each byte, or not quite the grammar.</summary>
    private static IEnumerable<HostilePayload> Broken()
    {
        const RejectionReason Malformed = RejectionReason.MalformedJson;
        string whole = EventSamples.All["conversion"].ReplaceLineEndings("");
        for (int length = 0; length < whole.Length; length++)
            yield return Case($"cut off after {length} bytes", whole[..length], Malformed, null);
        string good = Click("\"a\":1");
        yield return Case("only white space", "   ", Malformed, "");
        yield return Case("two objects", good + good, Malformed, "");
        yield return Case("garbage after the object", good + "x", Malformed, "");
        yield return Case("closing brace twice", good + "}", Malformed, "");
        yield return Case("comma after the last member", Click("\"a\":1,"), Malformed, "");
        yield return Case("comma after the last element", Click("\"a\":[1,]"), Malformed, "/a");
        yield return Case("two commas", Click("\"a\":1,,\"b\":2"), Malformed, "");
        yield return Case("no colon", Click("\"a\" 1"), Malformed, "");
        yield return Case("no value", Click("\"a\":"), Malformed, "/a");
        yield return Case("name without quotes", Click("a:1"), Malformed, "");
        yield return Case("name in single quotes", Click("'a':1"), Malformed, "");
        yield return Case("block comment", Click("/* a */ \"a\":1"), Malformed, "");
        yield return Case("line comment", Click("\"a\":1 // b\n"), Malformed, "");
        yield return Case("brackets that do not match", Click("\"a\":[1}"), Malformed, "/a");
        foreach (
            string literal in new[]
            {
                "NaN",
                "Infinity",
                "-Infinity",
                "-NaN",
                "undefined",
                "True",
                "nul",
                "01",
                "-01",
                "+1",
                "1.",
                ".5",
                "-",
                "1e",
                "1e+",
                "0x10",
                "1_000",
                "1,5",
                "'a'",
                "\"a",
                "\"\\x41\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\\"",
                "\"tab\there\"",
                "\"line\nbreak\"",
                "\"nul\0byte\"",
            }
        )
            yield return Case($"property value {Escape(literal)}", Click($"\"a\":{literal}"), Malformed, null);
        foreach (string root in new[] { "null", "true", "0", "\"event\"", "[]", "[[[[", "[{}]" })
            yield return Case($"root is {root}", root, RejectionReason.WrongType, "");
    }

    /// <summary>Bytes that are not UTF-8, and text that is not Unicode.</summary>
    private static IEnumerable<HostilePayload> Encodings()
    {
        byte[] whole = Encoding.UTF8.GetBytes(EventSamples.All["request"].ReplaceLineEndings(""));
        for (int at = 0; at < whole.Length; at += 5)
            yield return new(
                $"byte ff at {at}",
                [.. whole[..at], 0xff, .. whole[at..]],
                RejectionReason.InvalidUtf8,
                ""
            );
        (string Name, byte[] Bytes)[] sequences =
        [
            ("overlong NUL", [0xc0, 0x80]),
            ("overlong slash", [0xe0, 0x80, 0xaf]),
            ("lone continuation", [0x80]),
            ("encoded surrogate", [0xed, 0xa0, 0x80]),
            ("beyond Unicode", [0xf4, 0x90, 0x80, 0x80]),
            ("five bytes", [0xf8, 0x88, 0x80]),
            ("cut off sequence", [0xe2, 0x82]),
            ("Latin-1 letter", [0xe9]),
            ("byte fe", [0xfe]),
        ];
        foreach ((string name, byte[] bytes) in sequences)
            yield return new(
                $"{name} in a property",
                [.. Encoding.UTF8.GetBytes(Click("\"a\":\"")[..^1]), .. bytes, .. "\"}"u8],
                RejectionReason.InvalidUtf8,
                ""
            );
        string good = Click("\"a\":1");
        yield return new(
            "byte order mark",
            [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(good)],
            RejectionReason.MalformedJson,
            ""
        );
        yield return new("UTF-16", Encoding.Unicode.GetBytes(good), RejectionReason.MalformedJson, "");
        yield return new(
            "UTF-16 with mark",
            [0xff, 0xfe, .. Encoding.Unicode.GetBytes(good)],
            RejectionReason.InvalidUtf8,
            ""
        );
        yield return new("NUL bytes", new byte[64], RejectionReason.MalformedJson, "");
        yield return new("gzip", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], RejectionReason.InvalidUtf8, "");

        foreach ((string pointer, Func<string, string> build) in TextFields())
        foreach (string bad in new[] { "\\ud800", "a\\udc00b", "\\ud800\\ud800", "\\udbff\\u0041" })
            yield return Case($"{bad} in {pointer}", build(bad), RejectionReason.LoneSurrogate, pointer);
        yield return Case("half a pair in a name", Click("\"\\ud83d\":1"), RejectionReason.LoneSurrogate, "");
        yield return Case(
            "half a pair in a nested name",
            Click("\"a\":{\"\\ud83d\":1}"),
            RejectionReason.LoneSurrogate,
            "/a"
        );
        yield return Case(
            "half a pair in a property",
            Click("\"a\":[0,\"\\ud83d\"]"),
            RejectionReason.LoneSurrogate,
            "/a/1"
        );
    }

    /// <summary>Too deep, too long, too many.</summary>
    private static IEnumerable<HostilePayload> Sizes()
    {
        foreach (int depth in new[] { 16, 17, 64, 1000, 10_000 })
        {
            string open = new('[', depth);
            yield return Case(
                $"{depth} arrays in a property",
                Click($"\"a\":{open}{new string(']', depth)}"),
                RejectionReason.TooDeep,
                "/a" + Repeat("/0", 15)
            );
            yield return Case(
                $"{depth} open arrays",
                Click($"\"a\":{open}"),
                RejectionReason.TooDeep,
                "/a" + Repeat("/0", 15)
            );
            yield return Case(
                $"{depth} open objects",
                Click($"\"a\":{Repeat("{\"b\":", Math.Min(depth, 12_000))}"),
                RejectionReason.TooDeep,
                "/a" + Repeat("/b", 15)
            );
        }
        yield return Case(
            "deep identifiers",
            Click($"\"identifiers\":{new string('[', 5000)}"),
            RejectionReason.WrongType,
            "/identifiers/0"
        );
        string padding = new('x', EventLimits.Bytes);
        yield return Case("64 KiB of text", Click($"\"a\":\"{padding}\""), RejectionReason.TooLarge, "");
        yield return Case(
            "64 KiB of white space",
            Click("\"a\":1") + new string(' ', EventLimits.Bytes),
            RejectionReason.TooLarge,
            ""
        );
        yield return Case("10 MB", Click($"\"a\":\"{new string('x', 10_000_000)}\""), RejectionReason.TooLarge, "");
        yield return Case("64 KiB of garbage", padding + padding, RejectionReason.TooLarge, "");
        yield return Case(
            "257 properties",
            Click(string.Join(',', Enumerable.Range(0, 257).Select(i => $"\"p{i}\":1"))),
            RejectionReason.TooManyProperties,
            "/p256"
        );
        string identifier = """{"type":"user","value":"u"}""";
        yield return Case(
            "11 identifiers",
            Click($"\"identifiers\":[{string.Join(',', Enumerable.Repeat(identifier, 11))}]"),
            RejectionReason.TooManyIdentifiers,
            "/identifiers"
        );
        string purposes = string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"p{i}\":true"));
        yield return Case(
            "65 purposes",
            Section("consent", $"{{\"purposes\":{{{purposes}}}}}"),
            RejectionReason.TooManyProperties,
            "/consent/purposes/p64"
        );
        yield return Case(
            "long purpose",
            Section("consent", $"{{\"purposes\":{{\"{new string('p', 65)}\":true}}}}"),
            RejectionReason.TooLong,
            "/consent/purposes/" + new string('p', 65)
        );
        string traits = string.Join(',', Enumerable.Range(0, 33).Select(i => $"\"t{i}\":true"));
        yield return Case(
            "33 traits",
            Identify($"\"traits\":{{{traits}}}"),
            RejectionReason.TooManyProperties,
            "/traits/t32"
        );
        yield return Case(
            "long trait name",
            Identify($"\"traits\":{{\"{new string('t', 65)}\":1}}"),
            RejectionReason.TooLong,
            "/traits/" + new string('t', 65)
        );
        yield return Case(
            "long trait",
            Identify($"\"traits\":{{\"a\":\"{new string('x', 257)}\"}}"),
            RejectionReason.TooLong,
            "/traits/a"
        );
        yield return Case("long property name", Click($"\"{new string('n', 257)}\":1"), RejectionReason.TooLong, "");
        yield return Case(
            "long nested name",
            Click($"\"a\":{{\"{new string('n', 257)}\":1}}"),
            RejectionReason.TooLong,
            "/a"
        );
        yield return Case("empty property name", Click("\"\":1"), RejectionReason.Empty, "");
        yield return Case("long number", Click($"\"a\":{new string('9', 65)}"), RejectionReason.BadNumber, "/a");
        yield return Case(
            "number of 60,000 digits",
            Click($"\"a\":[{new string('9', 60_000)}]"),
            RejectionReason.BadNumber,
            "/a/0"
        );
        foreach (string number in new[] { "1e309", "-1e309", "1E+999999999999", "123456789e301" })
            yield return Case(
                $"property {number}",
                Click($"\"a\":{{\"b\":{number}}}"),
                RejectionReason.BadNumber,
                "/a/b"
            );
        foreach ((string pointer, int max, Func<string, string> build) in LimitedFields())
            yield return Case($"{pointer} too long", build(new string('x', max + 1)), RejectionReason.TooLong, pointer);
        yield return Case(
            "a type of 65 letters",
            $$"""{"id":"e-1","type":"{{new string('x', 65)}}","time":{{Time}}}""",
            RejectionReason.TooLong,
            "/type"
        );
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static string Escape(string text) =>
        text.Replace("\0", "<NUL>").Replace("\n", "<LF>").Replace("\t", "<TAB>");
}
