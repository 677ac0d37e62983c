using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution.Models.Ara;

namespace Throughline.Cli.Attribution.Conformance.Ara;

/// <summary>
/// Registrations of Android's form: an app's call is answered by one address, whose answer may send on to others, in a queue; the
/// web's is answered by each address it names, and none sends on.
/// </summary>
internal sealed class AraAndroidCalls(AraDevice device, AraAndroidFlags flags)
{
    private const string App = "android-app://";
    private const string SourceHeader = "Attribution-Reporting-Register-Source";
    private const string TriggerHeader = "Attribution-Reporting-Register-Trigger";
    private const string WellKnown = "/.well-known/attribution-reporting/register-redirect";

    private int calls;

    public void Register(JsonElement happening, string kind, long now)
    {
        calls++;
        bool isWeb = kind.StartsWith("web", StringComparison.Ordinal);
        JsonElement request = happening.GetProperty("registration_request");
        Dictionary<string, Queue<JsonElement>> answers = new(StringComparer.Ordinal);
        foreach (JsonElement answer in AraParse.List(happening, "responses"))
        {
            string url = answer.GetProperty("url").GetString()!;
            if (!answers.TryGetValue(url, out Queue<JsonElement>? queue))
                answers[url] = queue = [];
            queue.Enqueue(answer);
        }
        Queue<(string Url, bool ToWellKnown)> urls = new(
            First(request, happening, isWeb).Select(url => (url, ToWellKnown: false))
        );
        int followed = 0;
        while (urls.TryDequeue(out (string Url, bool ToWellKnown) at))
        {
            if (
                !answers.TryGetValue(at.Url, out Queue<JsonElement>? queue) || !queue.TryDequeue(out JsonElement answer)
            )
                continue;
            JsonElement headers = answer.GetProperty("response");
            if (!flags.ChecksEnrolment || !IsFalse(answer, "enroll"))
                Register(headers, answer, request, isWeb, now);
            if (!isWeb)
                foreach ((string Url, bool ToWellKnown) next in Next(headers, at.ToWellKnown))
                    if (followed++ < flags.RedirectsMax)
                        urls.Enqueue(next);
        }
    }

    private void Register(JsonElement headers, JsonElement answer, JsonElement request, bool isWeb, long now)
    {
        bool isSource = headers.TryGetProperty(SourceHeader, out JsonElement header);
        if (!isSource && !headers.TryGetProperty(TriggerHeader, out header))
            return;
        if (Plain(header) is not { } plain)
            return;
        string registrant = request.GetProperty("registrant").GetString()!;
        string member = isSource ? "source_origin" : "destination_origin";
        string origin =
            isWeb && request.TryGetProperty(member, out JsonElement given) ? given.GetString()! : App + registrant;
        string reporter = new Uri(answer.GetProperty("url").GetString()!).GetLeftPart(UriPartial.Authority);
        bool permitted = IsTrue(answer, isWeb ? "debug_permission" : "has_ad_id_permission");
        AraParty party = new(!isWeb, registrant, permitted)
        {
            AdId = request.TryGetProperty("platform_ad_id", out JsonElement id) ? id.GetString() : null,
        };
        AraParse.Context context = new(
            now,
            origin,
            isWeb ? Site(origin) : origin,
            reporter,
            request.TryGetProperty("source_type", out JsonElement type) && type.GetString() == "navigation",
            permitted,
            flags.Settings.Shared,
            calls,
            isSource ? Destinations(plain) : null,
            new(party, Network(reporter), flags)
        );
        if (!isSource)
        {
            if (AraParse.Trigger(plain, context) is { } trigger)
                device.Register(trigger);
        }
        else if (context.Destinations is { Count: > 0 } && (!isWeb || IsAsAnnounced(request, context.Destinations)))
        {
            if (AraParse.Source(plain, context, fake: null) is { } source)
                device.Register(source);
        }
    }

    // Where the browser said that the user goes must be among the destinations.
    private static bool IsAsAnnounced(JsonElement request, IReadOnlyList<string> destinations) =>
        (
            !request.TryGetProperty("app_destination", out JsonElement app)
            || app.GetString() is not { } named
            || destinations.Contains(named)
        )
        && (
            !request.TryGetProperty("web_destination", out JsonElement web)
            || web.GetString() is not { } site
            || destinations.Contains(Site(site))
        );

    private static IEnumerable<string> First(JsonElement request, JsonElement happening, bool isWeb)
    {
        if (isWeb)
            return AraParse
                .List(request, "source_params")
                .Concat(AraParse.List(request, "trigger_params"))
                .Select(x => x.GetProperty("attribution_src_url").GetString()!);
        return AraParse.List(happening, "responses").Take(1).Select(x => x.GetProperty("url").GetString()!);
    }

    // First the list, then the plain redirect; that one keeps going to the well-known place once it was sent there.
    private static IEnumerable<(string Url, bool ToWellKnown)> Next(JsonElement headers, bool wasWellKnown)
    {
        bool toWellKnown =
            wasWellKnown
            || headers.TryGetProperty("Attribution-Reporting-Redirect-Config", out JsonElement config)
                && string.Equals(config.ToString(), "redirect-302-to-well-known", StringComparison.OrdinalIgnoreCase);
        foreach (string url in Texts(headers, "Attribution-Reporting-Redirect"))
            yield return (url, false);
        foreach (string url in Texts(headers, "Location").Take(1))
            yield return toWellKnown
                ? (
                    new Uri(url).GetLeftPart(UriPartial.Authority)
                        + WellKnown
                        + "?302_url="
                        + Uri.EscapeDataString(url),
                    true
                )
                : (url, false);
    }

    private static IEnumerable<string> Texts(JsonElement headers, string name) =>
        !headers.TryGetProperty(name, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(x => x.ToString())
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : [];

    // A member that is null is as good as none.
    private static JsonElement? Plain(JsonElement header)
    {
        try
        {
            JsonNode? node =
                header.ValueKind == JsonValueKind.String
                    ? JsonNode.Parse(header.GetString()!)
                    : AraInterop.Node(header);
            if (node is not JsonObject)
                return null;
            RemoveNulls(node);
            return JsonDocument.Parse(node.ToJsonString()).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void RemoveNulls(JsonNode node)
    {
        if (node is JsonObject members)
            foreach ((string name, JsonNode? value) in members.ToList())
                if (value is null)
                    members.Remove(name);
                else
                    RemoveNulls(value);
        if (node is JsonArray list)
            foreach (JsonNode? value in list)
                if (value is not null)
                    RemoveNulls(value);
    }

    private static string[] Destinations(JsonElement header) =>
        [
            .. new[] { "destination", "web_destination" }
                .Where(x => header.TryGetProperty(x, out _))
                .Select(header.GetProperty)
                .SelectMany(x => x.ValueKind == JsonValueKind.Array ? [.. x.EnumerateArray()] : (JsonElement[])[x])
                .Where(x => x.ValueKind == JsonValueKind.String)
                .Select(x => x.GetString()!)
                .Select(x => x.StartsWith(App, StringComparison.Ordinal) ? x : Site(x))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    // Of an app its name stands for a host.
    private static string Site(string origin) =>
        !origin.StartsWith(App, StringComparison.Ordinal) ? AraParse.Site(origin) ?? origin
        : AraParse.Site("https://" + origin[App.Length..]) is { } site ? App + site["https://".Length..]
        : origin;

    // The cases enrol every reporter under its site's name.
    private static string Network(string reporter) =>
        "enrollment-id-" + new Uri(AraParse.Site(reporter) ?? reporter).Host;

    private static bool IsTrue(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private static bool IsFalse(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.False;
}
