using System.Buffers;
using System.Text;
using Throughline.Core.State;

namespace Throughline.Core.Gate;

/// <summary>
/// Sorts user agents by what they declare of themselves. The patterns are our own: generic words that only programs use,
/// names of HTTP libraries and tools, and the well-known crawlers; and who names no device, system or engine is no browser.
/// Case does not matter.
/// </summary>
public sealed class AgentTable
{
    private const int CacheEntries = 1 << 10;

    private static readonly SearchValues<string> GoodBots = SearchValues.Create(
        [
            "googlebot",
            "google-inspectiontool",
            "storebot-google",
            "adsbot-google",
            "mediapartners-google",
            "apis-google",
            "feedfetcher-google",
            "google-read-aloud",
            "google-site-verification",
            "googleother",
            "google-extended",
            "bingbot",
            "bingpreview",
            "adidxbot",
            "msnbot",
            "duckduckbot",
            "duckassistbot",
            "slurp",
            "yandexbot",
            "yandeximages",
            "yandexmobilebot",
            "yandex.com/bots",
            "baiduspider",
            "sogou web spider",
            "exabot",
            "qwantbot",
            "qwantify",
            "seznambot",
            "applebot",
            "facebookexternalhit",
            "facebot",
            "meta-externalagent",
            "twitterbot",
            "linkedinbot",
            "pinterestbot",
            "pinterest.com/bot",
            "slackbot",
            "discordbot",
            "telegrambot",
            "whatsapp/",
            "skypeuripreview",
            "redditbot",
            "embedly",
            "archive.org_bot",
            "ia_archiver",
            "ccbot",
            "gptbot",
            "oai-searchbot",
            "chatgpt-user",
            "claudebot",
            "perplexitybot",
            "amazonbot",
            "petalbot",
            "mojeekbot",
            "uptimerobot",
            "pingdom",
            "statuscake",
            "w3c_validator",
            "w3c-checklink",
            "feedly",
            "feedburner",
            "tiny tiny rss",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<string> Bots = SearchValues.Create(
        [
            "crawl",
            "spider",
            "scrap",
            "slurp",
            "archiver",
            "fetcher",
            "harvest",
            "indexer",
            "scanner",
            "validator",
            "monitoring",
            "preview",
            "headless",
            "phantomjs",
            "selenium",
            "puppeteer",
            "playwright",
            "webdriver",
            "electron/",
            "curl/",
            "libcurl",
            "wget",
            "aria2",
            "python-",
            "python/",
            "urllib",
            "aiohttp",
            "httpx/",
            "scrapy",
            "mechanize",
            "beautifulsoup",
            "go-http-client",
            "okhttp",
            "java/",
            "jakarta",
            "apache-httpclient",
            "httpclient",
            "http_client",
            "httpunit",
            "libwww",
            "lwp::",
            "lwp-",
            "perl",
            "ruby/",
            "ruby-",
            "faraday",
            "typhoeus",
            "guzzle",
            "php/",
            "php-",
            "node-fetch",
            "axios/",
            "got (",
            "undici",
            "superagent",
            "postman",
            "insomnia/",
            "rest-client",
            "winhttp",
            "wininet",
            "nikto",
            "sqlmap",
            "nmap",
            "masscan",
            "zgrab",
            "nuclei",
            "gobuster",
            "dirbuster",
            "wpscan",
            "acunetix",
            "nessus",
            "openvas",
            "burp",
            "jorgee",
            "zmeu",
            "censys",
            "feed",
            "rss",
            "newsgator",
            "netnewswire",
            "liferea",
            "checker",
            "linkcheck",
            "link check",
            "sitemap",
            "analyzer",
            "reader/",
            "transcoder",
            "nutch",
            "heritrix",
            "-agent",
            "agent)",
            "agent/",
            "httpagent",
            "googleagent",
            "google-",
            "-google",
            "lighthouse",
            "synthetic",
            "scan",
            "monitor",
            "audit",
            "uptime",
            "survey",
            "research",
            "finder",
            "verify",
            "optimizer",
            "inspector",
            "capture",
            "favicon",
            "imageproxy",
            "image proxy",
            "httrack",
            "ptst/",
            "indy library",
            "connector/",
            "gtmetrix",
            "dareboost",
            "datanyze",
            "silktide",
            "hardenize",
            "siteimprove",
            "securityheaders",
            "sitesucker",
            "check_http",
            "linktiger",
            "criticalcss",
            "hotjar",
            "rigor)",
            "splash ",
            "watcher",
            "watchtowr",
            "testlocally",
            "printfriendly",
            "marketgoo",
            "adbeat",
            "appinsights",
            "gecko; compatible",
            "http://",
            "https://",
            "www.",
            "mailto:",
            "[at]",
            "(at)",
            ".com)",
            ".io/",
            ".ai/",
            "abuse.",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<string> Browsers = SearchValues.Create(
        ["mozilla/", "opera/", "dalvik/", "ucweb/", "nokia", "blackberry", "links (", "lynx/", "w3m/", "elinks"],
        StringComparison.OrdinalIgnoreCase
    );

    // Words for what a person holds: an agent that names none of them, neither device, system nor engine, is a program's.
    private static readonly SearchValues<string> Platforms = SearchValues.Create(
        [
            "windows",
            "macintosh",
            "mac os",
            "macos",
            "darwin",
            "linux",
            "android",
            "x11",
            "iph",
            "ipad",
            "ipod",
            "ios",
            "cros ",
            "freebsd",
            "openbsd",
            "netbsd",
            "sunos",
            "beos",
            "os/2",
            "haiku",
            "midp",
            "cldc",
            "j2me",
            "nokia",
            "blackberry",
            "symbian",
            "series60",
            "samsung",
            "sonyericsson",
            "up.browser",
            "docomo",
            "kddi",
            "kaios",
            "bada",
            "brew",
            "palm",
            "playstation",
            "nintendo",
            "xbox",
            "webos",
            "web0s",
            "tizen",
            "smart-tv",
            "smarttv",
            "mobile",
            "tablet",
            "webkit",
            "gecko",
            "netfront",
            "konqueror",
            "ucweb/",
            "links (",
            "lynx/",
            "w3m/",
            "elinks",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    // A pure function's results, for the agents seen lately; not state.
    private readonly (ulong Hash, AgentClasses Class)[] cache = new (ulong, AgentClasses)[CacheEntries];

    /// <summary>The class of one user agent, given as UTF-8.</summary>
    public AgentClasses Classify(ReadOnlySpan<byte> utf8)
    {
        ulong hash = Mix.Bytes(utf8) | 1;
        ref (ulong Hash, AgentClasses Class) entry = ref cache[(int)(hash >> 32) & (CacheEntries - 1)];
        if (entry.Hash != hash)
            entry = (hash, Classify(Encoding.UTF8.GetString(utf8)));
        return entry.Class;
    }

    /// <summary>The class of one user agent.</summary>
    public static AgentClasses Classify(string agent)
    {
        ReadOnlySpan<char> text = agent.AsSpan().Trim();
        if (text.IsEmpty || text is "-")
            return AgentClasses.Missing;
        if (text.ContainsAny(GoodBots))
            return AgentClasses.GoodBot;
        if (text.ContainsAny(Bots) || HasBotWord(text) || HasMailAddress(text) || !text.ContainsAny(Platforms))
            return AgentClasses.Bot;
        return text.ContainsAny(Browsers) ? AgentClasses.Browser : AgentClasses.Other;
    }

    // "bot" ends a word in crawlers' names (FooBot/1.0, foo-bot); the phone maker Cubot and words like "both" do not count.
    private static bool HasBotWord(ReadOnlySpan<char> text)
    {
        for (int from = 0; ; )
        {
            int at = text[from..].IndexOf("bot", StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return false;
            at += from;
            from = at + 3;
            bool ends =
                from == text.Length
                || !char.IsAsciiLetter(text[from])
                || text[from..].StartsWith("s", StringComparison.OrdinalIgnoreCase);
            bool phone = at >= 2 && text[(at - 2)..].StartsWith("cubot", StringComparison.OrdinalIgnoreCase);
            if (ends && !phone)
                return true;
        }
    }

    // Only programs say whom to write to; a phone's "version@81" is no address.
    private static bool HasMailAddress(ReadOnlySpan<char> text)
    {
        for (int at = 1; at < text.Length - 1; at++)
            if (text[at] == '@' && char.IsAsciiLetterOrDigit(text[at - 1]) && char.IsAsciiLetter(text[at + 1]))
                return true;
        return false;
    }
}
