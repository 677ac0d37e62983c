using Throughline.Core.Events;

namespace Throughline.Testing.Events;

/// <summary>Hostile payloads by field: the wrong JSON type, missing, twice, unknown, in the wrong place.</summary>
public static partial class HostilePayloads
{
    private enum Kind
    {
        Text,
        Number,
        Object,
        Array,
        Flag,
        TextOrNumber,
    }

    /// <summary>Every field with the type it has and an event that holds it.</summary>
    private static IEnumerable<(string Pointer, Kind Kind, Func<string, string> Build)> TypedFields() =>
        [
            ("/id", Kind.Text, json => $$"""{"id":{{json}},"type":"click","time":{{Time}}}"""),
            ("/type", Kind.Text, json => $$"""{"id":"e-1","type":{{json}},"time":{{Time}}}"""),
            ("/time", Kind.TextOrNumber, json => $$"""{"id":"e-1","type":"click","time":{{json}}}"""),
            ("/identifiers", Kind.Array, json => Click($"\"identifiers\":{json}")),
            ("/identifiers/0", Kind.Object, json => Click($"\"identifiers\":[{json}]")),
            ("/identifiers/0/type", Kind.Text, json => Identifier(json, "\"u\"")),
            ("/identifiers/0/value", Kind.Text, json => Identifier("\"user\"", json)),
            ("/context", Kind.Object, json => Click($"\"context\":{json}")),
            ("/context/address", Kind.Text, json => Context("address", json)),
            ("/context/userAgent", Kind.Text, json => Context("userAgent", json)),
            ("/context/referrer", Kind.Text, json => Context("referrer", json)),
            ("/campaign", Kind.Text, json => Click($"\"campaign\":{json}")),
            ("/channel", Kind.Text, json => Click($"\"channel\":{json}")),
            ("/creative", Kind.Text, json => Click($"\"creative\":{json}")),
            ("/placement", Kind.Text, json => Click($"\"placement\":{json}")),
            .. Sections.Select(s =>
                ("/" + s.Field, Kind.Object, (Func<string, string>)(json => Section(s.Type, json)))
            ),
            ("/request/method", Kind.Text, json => Section("request", $"{{\"method\":{json}}}")),
            ("/request/host", Kind.Text, json => Section("request", $"{{\"host\":{json}}}")),
            ("/request/path", Kind.Text, json => Section("request", $"{{\"path\":{json}}}")),
            ("/request/status", Kind.Number, json => Section("request", $"{{\"status\":{json}}}")),
            ("/request/bytes", Kind.Number, json => Section("request", $"{{\"bytes\":{json}}}")),
            ("/conversion/kind", Kind.Text, json => Section("conversion", $"{{\"kind\":{json}}}")),
            ("/conversion/orderId", Kind.Text, json => Section("conversion", $"{{\"orderId\":{json}}}")),
            ("/conversion/value", Kind.Object, json => Section("conversion", $"{{\"value\":{json}}}")),
            ("/conversion/value/minor", Kind.Number, json => Value($"\"minor\":{json},\"currency\":\"EUR\"")),
            ("/conversion/value/amount", Kind.Text, json => Value($"\"amount\":{json},\"currency\":\"EUR\"")),
            ("/conversion/value/currency", Kind.Text, json => Value($"\"minor\":1,\"currency\":{json}")),
            ("/refund/conversion", Kind.Text, json => Refund($"\"conversion\":{json},{OneEuro}")),
            ("/refund/orderId", Kind.Text, json => Refund($"\"orderId\":{json},{OneEuro}")),
            ("/refund/kind", Kind.Text, json => Refund($"\"orderId\":\"o\",\"kind\":{json},{OneEuro}")),
            ("/refund/value", Kind.Object, json => Refund($"\"conversion\":\"e-0\",\"value\":{json}")),
            (
                "/decision/request",
                Kind.Text,
                json => Section("decision", $"{{\"request\":{json},\"action\":\"allow\"}}")
            ),
            ("/decision/action", Kind.Text, json => Section("decision", $"{{\"request\":\"e-0\",\"action\":{json}}}")),
            (
                "/decision/score",
                Kind.Number,
                json => Section("decision", $"{{\"score\":{json},\"request\":\"e-0\",\"action\":\"tag\"}}")
            ),
            ("/consent/purposes", Kind.Object, json => Section("consent", $"{{\"purposes\":{json}}}")),
            ("/consent/purposes/ads", Kind.Flag, json => Section("consent", $"{{\"purposes\":{{\"ads\":{json}}}}}")),
            ("/traits", Kind.Object, json => Identify($"\"traits\":{json}")),
            ("/traitsSource", Kind.Text, json => Identify($"\"traits\":{{\"a\":1}},\"traitsSource\":{json}")),
            ("/label/verdict", Kind.Text, json => Label(verdict: json)),
            ("/label/from", Kind.TextOrNumber, json => Label(from: json)),
            ("/label/to", Kind.TextOrNumber, json => Label(to: json)),
            ("/holdout/campaign", Kind.Text, json => Section("holdout", $"{{\"campaign\":{json},\"arm\":\"held\"}}")),
            ("/holdout/arm", Kind.Text, json => Section("holdout", $"{{\"campaign\":\"c\",\"arm\":{json}}}")),
            ("/link/tier", Kind.Number, json => Link(tier: json)),
            ("/link/scorePpm", Kind.Number, json => Link(score: json)),
            ("/link/source", Kind.Text, json => Link(source: json)),
            ("/link/model", Kind.Text, json => Link(model: json)),
        ];

    private const string OneEuro = """ "value":{"minor":1,"currency":"EUR"} """;

    private static string Identifier(string type, string value) =>
        Click($"\"identifiers\":[{{\"type\":{type},\"value\":{value}}}]");

    private static string Context(string field, string json) => Click($"\"context\":{{\"{field}\":{json}}}");

    private static string Value(string members) => Section("conversion", $"{{\"value\":{{{members}}}}}");

    private static string Refund(string members) => Section("refund", $"{{{members}}}");

    /// <summary>An identify event with something added.</summary>
    private static string Identify(string members) =>
        $$"""{"id":"e-1","type":"identify","time":{{Time}},"identifiers":[{"type":"user","value":"u"}],{{members}}}""";

    private static string Label(string verdict = "\"bot\"", string from = Time, string to = Time) =>
        Section("label", $"{{\"verdict\":{verdict},\"from\":{from},\"to\":{to}}}");

    private static string Link(
        string tier = "1",
        string score = "900000",
        string source = "\"crm\"",
        string model = "\"people/1\""
    ) => Section("link", $"{{\"tier\":{tier},\"scorePpm\":{score},\"source\":{source},\"model\":{model}}}");

    /// <summary>Fields whose value is text, given what stands between the quotes.</summary>
    private static IEnumerable<(string Pointer, Func<string, string> Build)> TextFields() =>
        TypedFields()
            .Where(field => field.Kind is Kind.Text or Kind.TextOrNumber)
            .Select(field => (field.Pointer, (Func<string, string>)(text => field.Build($"\"{text}\""))));

    private static IEnumerable<(string Pointer, int Max, Func<string, string> Build)> LimitedFields() =>
        TextFields()
            .Select(field => (field.Pointer, Max: LimitOf(field.Pointer), field.Build))
            .Where(field => field.Max > 0);

    private static int LimitOf(string pointer) =>
        pointer switch
        {
            "/id" or "/refund/conversion" or "/decision/request" => EventId.MaxLength,
            "/campaign" or "/channel" or "/creative" or "/placement" or "/conversion/orderId" or "/refund/orderId" =>
                EventLimits.Name,
            "/link/source" or "/link/model" => EventLimits.Name,
            "/conversion/kind" or "/refund/kind" => EventLimits.Kind,
            "/context/userAgent" or "/context/referrer" or "/request/path" => EventLimits.LongText,
            "/request/method" => EventLimits.Method,
            "/request/host" => EventLimits.Host,
            "/traitsSource" => EventLimits.TraitSource,
            "/identifiers/0/type" => EventLimits.IdentifierType,
            "/identifiers/0/value" => EventLimits.IdentifierValue,
            _ => 0,
        };

    private static IEnumerable<HostilePayload> WrongTypes()
    {
        (string Json, Kind[] Kinds)[] values =
        [
            ("null", []),
            ("true", [Kind.Flag]),
            ("7", [Kind.Number, Kind.TextOrNumber]),
            ("\"x\"", [Kind.Text, Kind.TextOrNumber]),
            ("[]", [Kind.Array]),
            ("{}", [Kind.Object]),
        ];
        foreach ((string pointer, Kind kind, Func<string, string> build) in TypedFields())
        foreach ((string json, Kind[] kinds) in values)
            if (!kinds.Contains(kind))
                yield return Case($"{pointer} is {json}", build(json), RejectionReason.WrongType, pointer);
    }

    private static IEnumerable<HostilePayload> Fields()
    {
        string[] required = ["id", "type", "time"];
        var members = new Dictionary<string, string>
        {
            ["id"] = "\"e-1\"",
            ["type"] = "\"click\"",
            ["time"] = Time,
        };
        foreach (string absent in required)
            yield return Case(
                $"no {absent}",
                $"{{{string.Join(',', members.Where(m => m.Key != absent).Select(m => $"\"{m.Key}\":{m.Value}"))}}}",
                RejectionReason.MissingField,
                "/" + absent
            );
        yield return Case("no field at all", "{}", RejectionReason.MissingField, "/id");
        foreach ((string type, string field, _) in Sections.Skip(1))
            yield return Case($"{type} without its section", Bare(type), RejectionReason.MissingField, "/" + field);
        yield return Case(
            "identify without identifiers",
            Bare("identify"),
            RejectionReason.MissingField,
            "/identifiers"
        );
        yield return Case(
            "identifier without type",
            Click("\"identifiers\":[{\"value\":\"u\"}]"),
            RejectionReason.MissingField,
            "/identifiers/0/type"
        );
        yield return Case(
            "identifier without value",
            Click("\"identifiers\":[{\"type\":\"user\"}]"),
            RejectionReason.MissingField,
            "/identifiers/0/value"
        );
        yield return Case(
            "value without currency",
            Value("\"minor\":1"),
            RejectionReason.MissingField,
            "/conversion/value/currency"
        );
        yield return Case(
            "value without amount",
            Value("\"currency\":\"EUR\""),
            RejectionReason.MissingField,
            "/conversion/value/minor"
        );
        yield return Case("refund of nothing", Refund(OneEuro), RejectionReason.MissingField, "/refund/conversion");
        yield return Case(
            "refund without value",
            Refund("\"conversion\":\"e-0\""),
            RejectionReason.MissingField,
            "/refund/value"
        );
        yield return Case(
            "decision without request",
            Section("decision", "{\"action\":\"deny\"}"),
            RejectionReason.MissingField,
            "/decision/request"
        );
        yield return Case(
            "decision without action",
            Section("decision", "{\"request\":\"e-0\"}"),
            RejectionReason.MissingField,
            "/decision/action"
        );
        yield return Case(
            "label without verdict",
            Section("label", $"{{\"from\":{Time},\"to\":{Time}}}"),
            RejectionReason.MissingField,
            "/label/verdict"
        );
        yield return Case(
            "label without end",
            Section("label", $"{{\"from\":{Time},\"verdict\":\"bot\"}}"),
            RejectionReason.MissingField,
            "/label/to"
        );
        string[] stated = ["\"tier\":1", "\"scorePpm\":1", "\"source\":\"s\"", "\"model\":\"m\""];
        string[] names = ["tier", "scorePpm", "source", "model"];
        for (int i = 0; i < stated.Length; i++)
            yield return Case(
                $"link without {names[i]}",
                Section("link", $"{{{string.Join(',', stated.Where((_, at) => at != i))}}}"),
                RejectionReason.MissingField,
                "/link/" + names[i]
            );
        yield return Case(
            "link without identifiers",
            Section("link", Sections.Single(s => s.Type == "link").Value),
            RejectionReason.MissingField,
            "/identifiers"
        );
        yield return Case(
            "holdout without campaign",
            Section("holdout", "{\"arm\":\"held\"}"),
            RejectionReason.MissingField,
            "/holdout/campaign"
        );
        yield return Case(
            "holdout without arm",
            Section("holdout", "{\"campaign\":\"c\"}"),
            RejectionReason.MissingField,
            "/holdout/arm"
        );
        yield return Case(
            "holdout without identifiers",
            Section("holdout", Sections.Single(s => s.Type == "holdout").Value),
            RejectionReason.MissingField,
            "/identifiers"
        );
        yield return Case(
            "consent without purposes",
            Section("consent", "{}"),
            RejectionReason.MissingField,
            "/consent/purposes"
        );

        string[] types =
        [
            "request",
            "decision",
            "impression",
            "view",
            "click",
            "email_open",
            "conversion",
            "refund",
            "identify",
            "consent",
            "label",
            "link",
            "holdout",
        ];
        foreach (string type in types)
        foreach ((string owner, string field, string value) in Sections)
            if (owner != type)
                yield return Case(
                    $"{field} on {type}",
                    Whole(type, $"\"{field}\":{value}"),
                    RejectionReason.NotAllowedHere,
                    "/" + field
                );
        foreach (string type in types.Where(type => type != "identify"))
        {
            yield return Case(
                $"traits on {type}",
                Whole(type, "\"traits\":{\"plan\":\"gold\"}"),
                RejectionReason.NotAllowedHere,
                "/traits"
            );
            yield return Case(
                $"source of traits on {type}",
                Whole(type, "\"traitsSource\":\"crm\""),
                RejectionReason.NotAllowedHere,
                "/traitsSource"
            );
        }
        yield return Case(
            "source without traits",
            Identify("\"traitsSource\":\"crm\""),
            RejectionReason.MissingField,
            "/traits"
        );
        foreach (string value in new[] { "null", "[]", "{}", "[1]", "{\"first\":\"Ada\"}" })
            yield return Case(
                $"trait {value}",
                Identify($"\"traits\":{{\"a\":1,\"b/c\":{value}}}"),
                RejectionReason.WrongType,
                "/traits/b~1c"
            );
        foreach (
            string type in new[]
            {
                "request",
                "decision",
                "conversion",
                "refund",
                "identify",
                "consent",
                "label",
                "link",
                "holdout",
            }
        )
            yield return Case(
                $"campaign on {type}",
                Whole(type, "\"campaign\":\"c\""),
                RejectionReason.NotAllowedHere,
                "/campaign"
            );
        yield return Case(
            "minor and amount",
            Value("\"minor\":1,\"amount\":\"0.01\",\"currency\":\"EUR\""),
            RejectionReason.NotAllowedHere,
            "/conversion/value/amount"
        );
        yield return Case(
            "refund by both",
            Refund($"\"conversion\":\"e-0\",\"orderId\":\"o\",{OneEuro}"),
            RejectionReason.NotAllowedHere,
            "/refund/orderId"
        );
        yield return Case(
            "refund by id and kind",
            Refund($"\"conversion\":\"e-0\",\"kind\":\"lead\",{OneEuro}"),
            RejectionReason.NotAllowedHere,
            "/refund/kind"
        );

        foreach (
            (string pointer, _, Func<string, string> build) in TypedFields().Where(field => field.Kind == Kind.Object)
        )
            if (pointer is not ("/consent/purposes" or "/traits"))
                yield return Case(
                    $"unknown field in {pointer}",
                    build("{\"no/such~field\":1}"),
                    RejectionReason.UnknownField,
                    pointer + "/no~1such~0field"
                );
        foreach (
            (string field, string value) in (IEnumerable<(string, string)>)
                [("id", "\"e-1\""), ("type", "\"click\""), ("time", Time)]
        )
            yield return Case(
                $"{field} twice",
                Click($"\"{field}\":{value}"),
                RejectionReason.DuplicateField,
                "/" + field
            );
        foreach (string field in new[] { "campaign", "channel", "creative", "placement" })
            yield return Case(
                $"{field} twice",
                Click($"\"{field}\":\"a\",\"{field}\":\"a\""),
                RejectionReason.DuplicateField,
                "/" + field
            );
        foreach ((string type, string field, string value) in Sections)
            yield return Case(
                $"{field} twice",
                Whole(type, $"\"{field}\":{value}"),
                RejectionReason.DuplicateField,
                "/" + field
            );
        yield return Case("id twice by escape", Click("\"\\u0069d\":\"e-2\""), RejectionReason.DuplicateField, "/id");
        yield return Case("property twice", Click("\"a\":1,\"b\":2,\"a\":1"), RejectionReason.DuplicateField, "/a");
        yield return Case(
            "property twice by escape",
            Click("\"a/b\":1,\"\\u0061\\/b\":1"),
            RejectionReason.DuplicateField,
            "/a~1b"
        );
        yield return Case(
            "nested property twice",
            Click("\"a\":[{\"b\":1,\"c\":2,\"b\":3}]"),
            RejectionReason.DuplicateField,
            "/a/0/b"
        );
        yield return Case(
            "identifier type twice",
            Click("\"identifiers\":[{\"type\":\"user\",\"type\":\"user\",\"value\":\"u\"}]"),
            RejectionReason.DuplicateField,
            "/identifiers/0/type"
        );
        yield return Case(
            "address twice",
            Click("\"context\":{\"address\":\"::1\",\"address\":\"::1\"}"),
            RejectionReason.DuplicateField,
            "/context/address"
        );
        yield return Case(
            "currency twice",
            Value("\"minor\":1,\"currency\":\"EUR\",\"currency\":\"USD\""),
            RejectionReason.DuplicateField,
            "/conversion/value/currency"
        );
        yield return Case(
            "trait twice",
            Identify("\"traits\":{\"a\":1,\"b\":2,\"\\u0061\":3}"),
            RejectionReason.DuplicateField,
            "/traits/a"
        );
        yield return Case(
            "purpose twice",
            Section("consent", "{\"purposes\":{\"a\":true,\"b\":true,\"a\":false}}"),
            RejectionReason.DuplicateField,
            "/consent/purposes/a"
        );
    }

    private static string Bare(string type) =>
        $$"""{"id":"e-1","type":"{{type}}","time":{{Time}}{{(type is "link" or "holdout" ? "," + Two : "")}}}""";

    private const string Two = """ "identifiers":[{"type":"user","value":"u"},{"type":"crm","value":"7"}] """;

    /// <summary>An event with the section that its type needs, and something more.</summary>
    private static string Whole(string type, string more)
    {
        string own = string.Concat(Sections.Where(s => s.Type == type).Select(s => $"\"{s.Field}\":{s.Value},"));
        string identifiers = type is "identify" or "link" or "holdout" ? Two + "," : "";
        return $$"""{"id":"e-1","type":"{{type}}","time":{{Time}},{{own}}{{identifiers}}{{more}}}""";
    }
}
