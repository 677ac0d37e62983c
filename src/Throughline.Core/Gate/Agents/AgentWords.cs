using static Throughline.Core.Gate.Agents.AgentTraits;

namespace Throughline.Core.Gate.Agents;

/// <summary>
/// Our own table of what user agents say, in the notation of <see cref="AgentPattern"/>: names of crawlers, libraries, tools and scanners,
/// words that only programs use, and what people hold in their hands. Written from knowledge of the field; no list was copied in.
/// </summary>
internal static partial class AgentWords
{
    /// <summary>Everything: names, generic words, people's things.</summary>
    public static IReadOnlyList<AgentPattern> All { get; } = [.. Programs(), .. Generic(), .. People()];

    /// <summary>Without generic words and other crawlers than the good ones: what remains ours beside a list that replaces those.</summary>
    public static IReadOnlyList<AgentPattern> WithoutCrawlers { get; } =
    [.. Programs().Where(pattern => (pattern.Traits & (GoodBot | Library | Scanner | Headless)) != 0), .. People()];

    private static IEnumerable<AgentPattern> Of(AgentTraits traits, params string[] notations) =>
        notations.Select(notation => new AgentPattern(notation, traits));

    private static IEnumerable<AgentPattern> Programs() =>
        [
            .. GoodBots(),
            .. Of(Bot, Crawlers),
            .. Of(Bot | Library, Libraries),
            .. Of(Bot | Library | Weak, LibrariesOfApps),
            .. Of(Bot | Scanner, Scanners),
            .. Of(Bot | Headless, HeadlessBrowsers),
        ];

    private static IEnumerable<AgentPattern> Generic() =>
        [
            .. Of(Bot | Word, Words),
            .. Of(Bot | Word | Weak, WeakWords),
            .. Of(BotEnding, "bot"),
            .. Of(Bot | Contact, "+http", "gecko; compatible", "like gecko, compatible"),
            .. Of(Contact, "http://", "https://", "www.", "mailto:", "[at]", "(at)", "<abuse", "~(compatible;"),
            .. Of(Contact | Weak, "feed", "<rss"),
        ];

    // Words that no browser and hardly an app has in its name.
    private static string[] Words =>
        [
            "crawl",
            "spider",
            "scrap",
            "archiver",
            "fetcher",
            "fetch/",
            "harvest",
            "indexer",
            "validator",
            "linkcheck",
            "link check",
            "sitemap",
            "webmaster",
            "grabber",
            "extractor",
            "screenshot",
            "thumbnail",
            "transcoder",
            "imageproxy",
            "image proxy",
            "favicon",
            "synthetic",
            "http client",
            "httpclient",
            "http_client",
            "http-client",
            "httpagent",
            "http request",
            "healthcheck",
            "health check",
            "statuscheck",
            "uptime",
            "pagespeed",
            "page speed",
            "data collect",
            "search engine",
            "searchengine",
            "link preview",
            "linkpreview",
            "url preview",
            "webhook",
            "(via ",
            "measurement",
            "prospecting",
            "daemon",
        ];

    // Those that apps for people may have in their names, too.
    private static string[] WeakWords =>
        [
            "scan",
            "monitor",
            "check",
            "preview",
            "capture",
            "verif",
            "finder",
            "research",
            "survey",
            "analyz",
            "analys",
            "connector/",
            "audit",
            "inspector",
            "optimiz",
            "watcher",
            "reader/",
            "parser",
            "resolver",
            "detector",
            "classifier",
            "collector",
            "aggregator",
            "sniffer",
            "copier",
            "tester",
            "prober",
            "probe/",
            "discovery",
            "discoverer",
            "snapshot",
            "archive",
            "agent/",
            "agent)",
            "-agent>",
            "<agent>",
            "-google>",
            "googleagent",
            "proxy/",
            "tracker",
            "gateway",
            "ranking",
            "backlink",
            "<seo",
            "<api>",
            "-api>",
            "service/",
            "downloader",
            "splash ",
            "wordpress",
            "drupal",
        ];
}
