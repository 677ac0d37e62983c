using Throughline.Core.Events;

namespace Throughline.Testing.Events;

/// <summary>Hostile payloads by value: right JSON type, wrong content.</summary>
public static partial class HostilePayloads
{
    private static IEnumerable<HostilePayload> Values() =>
        [.. Texts(), .. Types(), .. Times(), .. Amounts(), .. Identifiers(), .. Numbers()];

    private static IEnumerable<HostilePayload> Texts()
    {
        foreach ((string pointer, Func<string, string> build) in TextFields())
        {
            foreach (string control in new[] { "\\u0000", "a\\u0001", "\\u007f", "a\\u009fb", "\\n" })
                yield return Case($"{control} in {pointer}", build(control), RejectionReason.ControlCharacter, pointer);
            if (pointer is not ("/context/userAgent" or "/context/referrer" or "/request/path"))
                yield return Case($"{pointer} is empty", build(""), RejectionReason.Empty, pointer);
        }
        yield return Case(
            "NUL in a property",
            Click("\"a\":{\"b\":\"x\\u0000y\"}"),
            RejectionReason.ControlCharacter,
            "/a/b"
        );
        yield return Case("control character in a name", Click("\"a\\u0001\":1"), RejectionReason.ControlCharacter, "");
        foreach (string control in new[] { "\\u0000", "a\\u0001", "\\u007f", "\\n" })
        {
            yield return Case(
                $"{control} in a trait",
                Identify($"\"traits\":{{\"a\":\"{control}\"}}"),
                RejectionReason.ControlCharacter,
                "/traits/a"
            );
            yield return Case(
                $"{control} in a trait's name",
                Identify($"\"traits\":{{\"x{control}\":1}}"),
                RejectionReason.ControlCharacter,
                "/traits"
            );
        }
        yield return Case("no traits", Identify("\"traits\":{}"), RejectionReason.Empty, "/traits");
        yield return Case("empty trait", Identify("\"traits\":{\"a\":\"\"}"), RejectionReason.Empty, "/traits/a");
        yield return Case("trait without name", Identify("\"traits\":{\"\":1}"), RejectionReason.Empty, "/traits");
        yield return Case(
            "half a character in a trait",
            Identify("\"traits\":{\"a\":\"\\ud800\"}"),
            RejectionReason.LoneSurrogate,
            "/traits/a"
        );
        yield return Case("trait 1e309", Identify("\"traits\":{\"a\":1e309}"), RejectionReason.BadNumber, "/traits/a");
        yield return Case(
            "no purposes",
            Section("consent", "{\"purposes\":{}}"),
            RejectionReason.Empty,
            "/consent/purposes"
        );
        foreach (string action in new[] { "block", "ALLOW", "Allow ", "0" })
            yield return Case(
                $"action {action}",
                Section("decision", $$"""{"request":"e","action":"{{action}}"}"""),
                RejectionReason.BadValue,
                "/decision/action"
            );
        foreach (string arm in new[] { "control", "Held", "treated ", "1" })
            yield return Case(
                $"arm {arm}",
                Section("holdout", $$"""{"campaign":"c","arm":"{{arm}}"}"""),
                RejectionReason.BadValue,
                "/holdout/arm"
            );
        foreach (string verdict in new[] { "robot", "goodBot", "Human", "3" })
            yield return Case(
                $"verdict {verdict}",
                Label(verdict: $"\"{verdict}\""),
                RejectionReason.BadValue,
                "/label/verdict"
            );
        yield return Case(
            "identify with no identifier",
            """{"id":"e-1","type":"identify","time":0,"identifiers":[]}""".Replace(":0", ":" + Time),
            RejectionReason.Empty,
            "/identifiers"
        );
        string[] whom =
        [
            """{"type":"user","value":"a"}""",
            """{"type":"user","value":"b"}""",
            """{"type":"crm","value":"a"}""",
        ];
        foreach (
            string[] several in (string[][])
                [
                    [],
                    [whom[0]],
                    [whom[0], whom[0]],
                    whom,
                ]
        )
            yield return Case(
                $"link of {several.Length} identifiers, {several.Distinct().Count()} of them different",
                Section(
                    "link",
                    Sections.Single(s => s.Type == "link").Value + $",\"identifiers\":[{string.Join(',', several)}]"
                ),
                RejectionReason.BadValue,
                "/identifiers"
            );
    }

    private static IEnumerable<HostilePayload> Types()
    {
        foreach (string type in new[] { "control", "tick" })
            yield return Case($"type {type}", Bare(type), RejectionReason.PlatformOnly, "/type");
        foreach (
            string type in new[]
            {
                "Click",
                "1st",
                "_open",
                "email open",
                "émail",
                "a/b",
                "-",
                " click",
                "click ",
                "открыть",
            }
        )
            yield return Case($"type {type}", Bare(type), RejectionReason.BadEventType, "/type");
    }

    private static IEnumerable<HostilePayload> Times()
    {
        string[] malformed =
        [
            "2026-06-01",
            "2026-06-01T12:00:00",
            "2026-06-01 12:00:00Z",
            "2026-06-01T12:00Z",
            "20260601T120000Z",
            "2026-6-1T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-10T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-06-01T24:00:00Z",
            "2026-06-01T12:60:00Z",
            "2026-06-01T12:00:61Z",
            "2026-06-01T12:00:60Z",
            "2026-06-30T23:59:60+01:00",
            "2026-06-01T12:00:00.Z",
            "2026-06-01T12:00:00,5Z",
            "2026-06-01T12:00:00+0200",
            "2026-06-01T12:00:00+24:00",
            "now",
            "0000-01-01T00:00:00Z",
            "2026-06-01T12:00:00+02:60",
            "2026-06-01T12:00:00+02",
            "2026-06-01T12:00:00ZZ",
            "2026-06-01T12:00:00 Z",
            " 2026-06-01T12:00:00Z",
            "+2026-06-01T12:00:00Z",
            "-2026-06-01T12:00:00Z",
            "12026-06-01T12:00:00Z",
            "1780315200000",
            "２０２６-06-01T12:00:00Z",
            "2026-06-01T12:00:00EST",
        ];
        foreach (string time in malformed)
            yield return Case($"time {time}", At($"\"{time}\""), RejectionReason.BadTime, "/time");
        foreach (
            string time in new[]
            {
                "1989-12-31T23:59:59.999Z",
                "2200-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "0001-01-01T00:00:00+14:00",
                "1990-01-01T00:00:00+00:01",
            }
        )
            yield return Case($"time {time}", At($"\"{time}\""), RejectionReason.TimeOutOfRange, "/time");
        foreach (
            string time in new[]
            {
                "0",
                "-1",
                "1780315200",
                "631151999999",
                "7258118400000",
                "9223372036854775807",
                "9223372036854775808",
                "-99999999999999999999",
            }
        )
            yield return Case($"time {time}", At(time), RejectionReason.TimeOutOfRange, "/time");
        foreach (string time in new[] { "1780315200000.5", "1.7803152e12", "1780315200000.0" })
            yield return Case($"time {time}", At(time), RejectionReason.BadTime, "/time");
        yield return Case(
            "label of 401 days",
            Label(from: "\"2026-01-01T00:00:00Z\"", to: "\"2027-02-06T00:00:00Z\""),
            RejectionReason.TimeOutOfRange,
            "/label/to"
        );
        yield return Case(
            "label backwards",
            Label(from: "1780315200001", to: "1780315200000"),
            RejectionReason.TimeOutOfRange,
            "/label/to"
        );
        yield return Case("label from 1970", Label(from: "0"), RejectionReason.TimeOutOfRange, "/label/from");
        yield return Case("label to never", Label(to: "\"never\""), RejectionReason.BadTime, "/label/to");
    }

    private static string At(string time) => $$"""{"id":"e-1","type":"click","time":{{time}}}""";

    private static IEnumerable<HostilePayload> Amounts()
    {
        foreach (
            string code in new[]
            {
                "XXX",
                "XTS",
                "XAU",
                "XDR",
                "ZZZ",
                "eur",
                "Eur",
                "EU",
                "EURO",
                "€",
                "978",
                "E R",
                "DEM",
                "BTC",
                "EUR\\u00a0",
            }
        )
            yield return Case(
                $"currency {code}",
                Value($"\"minor\":1,\"currency\":\"{code}\""),
                RejectionReason.UnknownCurrency,
                "/conversion/value/currency"
            );
        foreach (
            string minor in new[]
            {
                "9007199254740992",
                "-1",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775809",
                new string('9', 100),
            }
        )
            yield return Case(
                $"minor {minor}",
                Value($"\"minor\":{minor},\"currency\":\"EUR\""),
                RejectionReason.AmountOutOfRange,
                "/conversion/value/minor"
            );
        foreach (string minor in new[] { "1.0", "12.5", "1e3", "1E-2", "0.1", "1e999" })
            yield return Case(
                $"minor {minor}",
                Value($"\"minor\":{minor},\"currency\":\"EUR\""),
                RejectionReason.BadNumber,
                "/conversion/value/minor"
            );
        foreach (
            string amount in new[]
            {
                "1,50",
                "1.",
                ".5",
                "+1",
                "1e3",
                "NaN",
                "Infinity",
                "1 000",
                "--1",
                "-",
                "0x10",
                "1.2.3",
                "١٢",
                "12 EUR",
                " 1",
                "1'000",
            }
        )
            yield return Case(
                $"amount {amount}",
                Amount(amount, "EUR"),
                RejectionReason.BadAmount,
                "/conversion/value/amount"
            );
        foreach (
            (string amount, string code) in (IEnumerable<(string, string)>)
                [
                    ("0.001", "EUR"),
                    ("1.5", "JPY"),
                    ("1.0001", "KWD"),
                    ("0.00001", "CLF"),
                    ("1.00000000000000001", "USD"),
                ]
        )
            yield return Case(
                $"amount {amount} {code}",
                Amount(amount, code),
                RejectionReason.AmountPrecision,
                "/conversion/value/amount"
            );
        foreach (
            (string amount, string code) in (IEnumerable<(string, string)>)
                [
                    ("90071992547409.92", "EUR"),
                    ("9007199254740992", "JPY"),
                    (new string('9', 60), "EUR"),
                    ("-0.01", "EUR"),
                    ("9007199254741", "BHD"),
                ]
        )
            yield return Case(
                $"amount {amount} {code}",
                Amount(amount, code),
                RejectionReason.AmountOutOfRange,
                "/conversion/value/amount"
            );
        yield return Case(
            "amount of 65 digits",
            Amount(new string('1', 65), "EUR"),
            RejectionReason.TooLong,
            "/conversion/value/amount"
        );
        foreach (string value in new[] { "\"minor\":0", "\"minor\":-5", "\"amount\":\"0.00\"", "\"amount\":\"-1\"" })
            yield return Case(
                $"refund of {value}",
                Refund($"\"conversion\":\"e-0\",\"value\":{{{value},\"currency\":\"EUR\"}}"),
                RejectionReason.AmountOutOfRange,
                value.StartsWith("\"minor", StringComparison.Ordinal) ? "/refund/value/minor" : "/refund/value/amount"
            );
    }

    private static string Amount(string amount, string code) =>
        Value($"\"amount\":\"{amount}\",\"currency\":\"{code}\"");

    private static IEnumerable<HostilePayload> Identifiers()
    {
        foreach (string type in new[] { "Email", "e-mail", "1st", "_id", "a b", "ü", "a.b", "user ", "a/b" })
            yield return Case(
                $"identifier type {type}",
                Identifier($"\"{type}\"", "\"v\""),
                RejectionReason.BadIdentifierType,
                "/identifiers/0/type"
            );
        foreach (string type in new[] { "user", "email", "phone", "device", "cookie", "loyalty" })
        foreach (string blank in new[] { "   ", "\\u00a0\\u2003", "\\u3000" })
            yield return Case(
                $"blank {type} {blank}",
                Identifier($"\"{type}\"", $"\"{blank}\""),
                RejectionReason.Empty,
                "/identifiers/0/value"
            );
        foreach (
            string email in new[]
            {
                "ada",
                "@",
                "a@",
                "@b.de",
                "a@b@c.de",
                "a b@c.de",
                "a@b c.de",
                "a@@b.de",
                "a\\u2003x@b.de",
                new string('a', 250) + "@b.de",
            }
        )
            yield return Case(
                $"e-mail {email}",
                Identifier("\"email\"", $"\"{email}\""),
                RejectionReason.BadEmail,
                "/identifiers/0/value"
            );
        foreach (
            string phone in new[]
            {
                "12",
                "+",
                "+1",
                "+1234567",
                "+1234567890123456",
                "0171 1234567",
                "+0123456789",
                "abc",
                "+49 171 abc",
                "+49171+1234567",
                "0049",
                "00000000000000",
                "+４９1711234567",
                "+49 171 1234567 ext 5",
                "++491711234567",
                "tel:",
                "911",
            }
        )
            yield return Case(
                $"phone {phone}",
                Identifier("\"phone\"", $"\"{phone}\""),
                RejectionReason.BadPhone,
                "/identifiers/0/value"
            );
        string[] addresses =
        [
            "localhost",
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "1.2.3.-4",
            "01.2.3.4",
            "1.2.3.4:80",
            "1.2.3.4/8",
            "0x7f.0.0.1",
            "2130706433",
            "1.2.3.4 ",
            ":",
            ":::",
            "1::2::3",
            "[::1]",
            "fe80::1%eth0",
            "::1/64",
            "12345::",
            "g::1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "::ffff:1.2.3",
            "::ffff:1.2.3.256",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1.2.3.4::",
            "unknown",
            "-",
            "１.2.3.4",
            "1:2:3:4:5:6:7::8",
            "::1.2.3.4:5",
            "1:",
            ":1",
        ];
        foreach (string address in addresses)
            yield return Case(
                $"address {address}",
                Context("address", $"\"{address}\""),
                RejectionReason.BadAddress,
                "/context/address"
            );
    }

    private static IEnumerable<HostilePayload> Numbers()
    {
        foreach (string status in new[] { "-1", "1000", "200.0", "2e2", "99999999999999999999" })
            yield return Case(
                $"status {status}",
                Section("request", $"{{\"status\":{status}}}"),
                RejectionReason.BadNumber,
                "/request/status"
            );
        foreach (string bytes in new[] { "-1", "9007199254740992", "1.5", "1e3" })
            yield return Case(
                $"bytes {bytes}",
                Section("request", $"{{\"bytes\":{bytes}}}"),
                RejectionReason.BadNumber,
                "/request/bytes"
            );
        foreach (string score in new[] { "2147483648", "-2147483649", "0.5", "1e1", "1e400" })
            yield return Case(
                $"score {score}",
                Section("decision", $$"""{"request":"e","action":"tag","score":{{score}}}"""),
                RejectionReason.BadNumber,
                "/decision/score"
            );
        foreach (string tier in new[] { "0", "100", "-1", "1.5", "1e1" })
            yield return Case($"tier {tier}", Link(tier: tier), RejectionReason.BadNumber, "/link/tier");
        foreach (string score in new[] { "-1", "1000001", "0.97", "1e6" })
            yield return Case($"scorePpm {score}", Link(score: score), RejectionReason.BadNumber, "/link/scorePpm");
    }
}
