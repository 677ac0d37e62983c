using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>Cases of Chromium's form: registrations with headers in, reports out.</summary>
internal static class AraInterop
{
    private const string Eligible = "Attribution-Reporting-Eligible";

    /// <summary>What the case's reports should be and are, one to a line, in an order of their own.</summary>
    public static (string Expected, string Actual) Run(JsonElement document, JsonElement? usual)
    {
        AraSettings settings = AraInteropSettings.Read(document, usual);
        bool hasOs = AraInteropSettings.HasOs(document);
        AraBrowser browser = new(settings);
        int number = 0;
        foreach (
            JsonElement registration in document.GetProperty("input").GetProperty("registrations").EnumerateArray()
        )
            Register(browser, registration, settings, hasOs, number++);
        IEnumerable<string> expected = AraParse
            .List(document.GetProperty("output"), "reports")
            .Select(x => Canonical(Node(x)));
        IEnumerable<string> actual = browser
            .Finish()
            .Select(x =>
                Canonical(
                    new JsonObject
                    {
                        ["payload"] = x.Payload,
                        ["report_time"] = x.Time.ToString(CultureInfo.InvariantCulture),
                        ["report_url"] = x.Url,
                    }
                )
            );
        return (
            string.Join('\n', expected.Order(StringComparer.Ordinal)),
            string.Join('\n', actual.Order(StringComparer.Ordinal))
        );
    }

    private static void Register(
        AraBrowser browser,
        JsonElement registration,
        AraSettings settings,
        bool hasOs,
        int number
    )
    {
        JsonElement request = registration.GetProperty("registration_request");
        string eligible = request.TryGetProperty(Eligible, out JsonElement given)
            ? given.GetString() ?? ""
            : "event-source, trigger";
        bool isNavigation = eligible.Contains("navigation-source", StringComparison.Ordinal);
        bool takesSources = isNavigation || eligible.Contains("event-source", StringComparison.Ordinal);
        bool takesTriggers = !isNavigation && eligible.Contains("trigger", StringComparison.Ordinal);
        string context = request.GetProperty("context_origin").GetString()!;
        if (AraParse.Site(context) is not { } site)
            return;
        bool isFenced =
            request.TryGetProperty("fenced", out JsonElement fenced) && fenced.ValueKind == JsonValueKind.True;
        foreach (JsonElement answer in AraParse.List(registration, "responses"))
        {
            string url = answer.GetProperty("url").GetString()!;
            if (!AraParse.IsTrustworthy(url))
                continue;
            long time = long.Parse(
                (
                    answer.TryGetProperty("timestamp", out JsonElement own)
                        ? own
                        : registration.GetProperty("timestamp")
                ).GetString()!,
                CultureInfo.InvariantCulture
            );
            string origin = new Uri(url).GetLeftPart(UriPartial.Authority);
            bool permitted =
                !isFenced
                && answer.TryGetProperty("debug_permission", out JsonElement flag)
                && flag.ValueKind == JsonValueKind.True;
            int[] days = [.. AraParse.List(answer, "null_aggregatable_reports_days").Select(x => x.GetInt32())];
            AraParse.Context who = new(time, context, site, origin, isNavigation, permitted, settings, number)
            {
                EmptyReportDays = days,
            };
            JsonElement headers = answer.GetProperty("response");
            if (AraHeaders.Read(headers, hasOs, wantsErrors: !isFenced) is not { } read)
                continue;
            if (read.IsSource ? takesSources : takesTriggers)
                Register(browser, read, who, answer);
        }
    }

    private static void Register(AraBrowser browser, AraHeaders read, AraParse.Context who, JsonElement answer)
    {
        (long time, string site) = (who.Time, who.ContextSite);
        void Refuse()
        {
            if (read.WantsErrors)
                browser.HeaderError(time, who.Origin, site, read.Name, Raw(read.Value));
        }
        if (read.IsOs)
        {
            if (AraOs.Read(read.Value.GetString() ?? "") is not { } addresses)
                Refuse();
            else
                foreach ((string url, _) in addresses.Where(x => x.WantsDebugReports))
                    browser.Delegated(time, new Uri(url).GetLeftPart(UriPartial.Authority), site, url, read.IsSource);
        }
        else if (read.IsSource && AraParse.Source(read.Value, who, Fake(answer)) is { } source)
            browser.Register(source);
        else if (!read.IsSource && AraParse.Trigger(read.Value, who) is { } trigger)
            browser.Register(trigger);
        else
            Refuse();
    }

    private static List<AraFakeReport>? Fake(JsonElement answer) =>
        answer.TryGetProperty("randomized_response", out JsonElement fake) && fake.ValueKind == JsonValueKind.Array
            ?
            [
                .. fake.EnumerateArray()
                    .Select(x => new AraFakeReport(
                        x.GetProperty("trigger_data").GetInt64(),
                        x.GetProperty("report_window_index").GetInt32()
                    )),
            ]
            : null;

    // As a header that is text, or as the shortest JSON with members in order.
    private static string Raw(JsonElement header) =>
        header.ValueKind == JsonValueKind.String ? header.GetString()! : Canonical(Node(header), isShown: true);

    internal static JsonNode Node(JsonElement element) =>
        JsonNode.Parse(
            element.GetRawText(),
            documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        )!;

    /// <summary>Members in order, numbers in one form; shown, those that are no integers of 32 bits have a point.</summary>
    internal static string Canonical(JsonNode node, bool isShown = false)
    {
        StringBuilder text = new();
        Write(text, node, isShown);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, bool isShown)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                foreach ((string name, JsonNode? value) in members.OrderBy(x => x.Key, StringComparer.Ordinal))
                {
                    text.Append(text[^1] == '{' ? "" : ",").Append(JsonValue.Create(name).ToJsonString()).Append(':');
                    Write(text, value, isShown);
                }
                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                for (int i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Write(text, list[i], isShown);
                }
                text.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                string raw = value.ToJsonString();
                string number = double.Parse(raw, CultureInfo.InvariantCulture)
                    .ToString("R", CultureInfo.InvariantCulture);
                bool needsPoint = isShown && !int.TryParse(raw, CultureInfo.InvariantCulture, out _);
                text.Append(number).Append(needsPoint && !number.Contains('.', StringComparison.Ordinal) ? ".0" : "");
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }
}
