using System.Text.Json;
using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Models.W3c;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>
/// W3C Attribution Level 1: files with a list of <c>events</c>, settings of their own (<c>config</c>) or in the nearest
/// CONFIG.json. A file is a case; its first event that comes out otherwise is what failed.
/// </summary>
internal static class W3cSuite
{
    public static void Run(ConformanceTally tally)
    {
        foreach ((string file, JsonElement document) in JsonCases.Find(tally.Root, "events"))
        {
            if (
                document.TryGetProperty("$schema", out _)
                || document.GetProperty("events").ValueKind != JsonValueKind.Array
            )
                continue;
            W3cAttribution browser = new(Settings(file, document, tally.Root));
            (string Expected, string Actual, string At) last = ("", "", "");
            foreach (JsonElement e in document.GetProperty("events").EnumerateArray())
            {
                last = Apply(browser, e, file);
                if (last.Expected != last.Actual)
                    break;
            }
            tally.Check(file, null, last.Expected == last.Actual, last.At + last.Expected, last.At + last.Actual);
        }
    }

    private static (string Expected, string Actual, string At) Apply(W3cAttribution browser, JsonElement e, string file)
    {
        long now = e.GetProperty("seconds").GetInt64();
        string site = e.TryGetProperty("site", out JsonElement on) ? on.GetString()! : "";
        string? intermediary = e.TryGetProperty("intermediarySite", out JsonElement by) ? by.GetString() : null;
        string at = $"at {now} s: ";
        switch (e.GetProperty("event").GetString())
        {
            case "saveImpression":
                W3cError saved = browser.Save(now, site, intermediary, Impression(e.GetProperty("options")));
                return (
                    e.TryGetProperty("expectedError", out JsonElement error) ? Error(error) : "saved",
                    Text(saved, "saved"),
                    at
                );
            case "measureConversion":
                W3cConversion conversion = Conversion(e.GetProperty("options"), file);
                W3cError measured = browser.Measure(now, site, intermediary, conversion, out long[] histogram);
                JsonElement expected = e.GetProperty("expected");
                return (
                    expected.ValueKind == JsonValueKind.Array
                        ? $"[{string.Join(", ", expected.EnumerateArray().Select(x => x.GetInt64()))}]"
                        : Error(expected),
                    Text(measured, $"[{string.Join(", ", histogram)}]"),
                    at
                );
            case "clearImpressionsForSite":
                browser.ClearImpressions(site);
                return ("", "", at);
            case "clearBrowsingHistoryForAttribution":
                W3cError cleared = browser.ClearHistory(
                    now,
                    Texts(e, "sites"),
                    e.GetProperty("forgetVisits").GetBoolean()
                );
                return ("cleared", Text(cleared, "cleared"), at);
            case "enableAPI":
                browser.Enabled = true;
                return ("", "", at);
            case "disableAPI":
                browser.Enabled = false;
                return ("", "", at);
            default:
                return ("an event that is known", e.GetProperty("event").GetString() ?? "null", at);
        }
    }

    private static W3cImpression Impression(JsonElement options) =>
        new(options.GetProperty("histogramIndex").GetInt64())
        {
            MatchValue = Whole(options, "matchValue") ?? 0,
            ConversionSites = Texts(options, "conversionSites"),
            ConversionCallers = Texts(options, "conversionCallers"),
            LifetimeDays = Whole(options, "lifetimeDays") ?? 30,
            Priority = Whole(options, "priority") ?? 0,
        };

    private static W3cConversion Conversion(JsonElement options, string file) =>
        new(options.GetProperty("aggregationService").GetString()!, options.GetProperty("histogramSize").GetInt64())
        {
            Epsilon = options.TryGetProperty("epsilon", out JsonElement epsilon) ? epsilon.GetDouble() : 1,
            ImpressionSites = Texts(options, "impressionSites"),
            ImpressionCallers = Texts(options, "impressionCallers"),
            MatchValues = options.TryGetProperty("matchValues", out JsonElement values)
                ? [.. values.EnumerateArray().Select(x => x.GetInt64())]
                : [],
            Credit = options.TryGetProperty("credit", out JsonElement credit)
                ? [.. credit.EnumerateArray().Select(x => x.Fraction(file))]
                : [Rational.One],
            LookbackDays = Whole(options, "lookbackDays"),
            Value = Whole(options, "value") ?? 1,
            MaxValue = Whole(options, "maxValue") ?? 1,
        };

    private static W3cSettings Settings(string file, JsonElement document, string root)
    {
        if (!document.TryGetProperty("config", out JsonElement config))
        {
            if (JsonCases.Nearest(file, "CONFIG.json", root) is not { } shared)
                return new();
            config = JsonCases.Read(shared);
        }
        W3cSettings usual = new();
        int Small(string name, int otherwise) => (int)(Whole(config, name) ?? otherwise);
        double Part(string name, double otherwise) =>
            config.TryGetProperty(name, out JsonElement part) ? part.GetDouble() : otherwise;
        return new()
        {
            AggregationServices = config.TryGetProperty("aggregationServices", out JsonElement services)
                ? services.EnumerateObject().Select(x => x.Name).ToHashSet(StringComparer.Ordinal)
                : usual.AggregationServices,
            EpochStart = Part("epochStart", usual.EpochStart),
            RoundingDraw = Part("fairlyAllocateCreditFraction", usual.RoundingDraw),
            GlobalBudgetPerEpoch = Whole(config, "globalPrivacyBudgetPerEpoch") ?? usual.GlobalBudgetPerEpoch,
            ImpressionSiteQuotaPerEpoch =
                Whole(config, "impressionSiteQuotaPerEpoch") ?? usual.ImpressionSiteQuotaPerEpoch,
            SiteBudgetPerEpoch = Whole(config, "perSitePrivacyBudget") ?? usual.SiteBudgetPerEpoch,
            EpochDays = Small("privacyBudgetEpochDays", usual.EpochDays),
            ConversionSitesMax = Small("maxConversionSitesPerImpression", usual.ConversionSitesMax),
            ConversionCallersMax = Small("maxConversionCallersPerImpression", usual.ConversionCallersMax),
            ImpressionSitesMax = Small("maxImpressionSitesForConversion", usual.ImpressionSitesMax),
            ImpressionCallersMax = Small("maxImpressionCallersForConversion", usual.ImpressionCallersMax),
            CreditsMax = Small("maxCreditSize", usual.CreditsMax),
            MatchValuesMax = Small("maxMatchValues", usual.MatchValuesMax),
            LookbackDaysMax = Small("maxLookbackDays", usual.LookbackDaysMax),
            HistogramSizeMax = Small("maxHistogramSize", usual.HistogramSizeMax),
        };
    }

    private static string Error(JsonElement error) =>
        error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetProperty("name").GetString()!;

    private static string Text(W3cError error, string otherwise) =>
        error == W3cError.None ? otherwise : error.ToString();

    private static long? Whole(JsonElement options, string name) =>
        options.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : null;

    private static IReadOnlyList<string> Texts(JsonElement options, string name) =>
        options.TryGetProperty(name, out JsonElement list)
            ? [.. list.EnumerateArray().Select(x => x.GetString()!)]
            : [];
}
