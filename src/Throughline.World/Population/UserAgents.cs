using System.Text;

namespace Throughline.World.Population;

/// <summary>A family of user agents: the versions of one program on one platform, oldest first.</summary>
internal enum AgentClass : byte
{
    WindowsChrome,
    WindowsEdge,
    WindowsFirefox,
    MacSafari,
    MacChrome,
    LinuxFirefox,
    AndroidChrome,
    AndroidSamsung,
    AndroidFirefox,
    PhoneSafari,
    PhoneChrome,
    TabletSafari,
    AppPhone,
    AppAndroid,
    OldChrome,
    Script,
    Crawler,
}

/// <summary>An own list of user agents as browsers, apps, scripts and crawlers send them in 2026.</summary>
internal static class UserAgents
{
    private const string Kit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    private const string Safari = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

    private static readonly string[][] Lists =
    [
        Versions(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + Kit + " Chrome/{0}.0.0.0 Safari/537.36",
            "145",
            "146",
            "147",
            "148"
        ),
        Versions(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + Kit + " Chrome/{0}.0.0.0 Safari/537.36 Edg/{0}.0.0.0",
            "146",
            "147",
            "148"
        ),
        Versions(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
            "140",
            "149",
            "150",
            "151"
        ),
        Versions(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " + Safari + " Version/{0} Safari/605.1.15",
            "18.6",
            "26.3",
            "26.4",
            "26.5"
        ),
        Versions(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " + Kit + " Chrome/{0}.0.0.0 Safari/537.36",
            "146",
            "147",
            "148"
        ),
        Versions("Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", "140", "150", "151"),
        Versions(
            "Mozilla/5.0 (Linux; Android 10; K) " + Kit + " Chrome/{0}.0.0.0 Mobile Safari/537.36",
            "144",
            "146",
            "147",
            "148"
        ),
        Versions(
            "Mozilla/5.0 (Linux; Android 10; K) " + Kit + " SamsungBrowser/{0} Chrome/136.0.0.0 Mobile Safari/537.36",
            "28.0",
            "29.0",
            "30.0"
        ),
        Versions("Mozilla/5.0 (Android 16; Mobile; rv:{0}.0) Gecko/{0}.0 Firefox/{0}.0", "149", "150", "151"),
        Versions(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) "
                + Safari
                + " Version/{0} Mobile/15E148 Safari/604.1",
            "18.6",
            "26.2",
            "26.3",
            "26.4",
            "26.5"
        ),
        Versions(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) "
                + Safari
                + " CriOS/{0}.0.7778.60 Mobile/15E148 Safari/604.1",
            "146",
            "147",
            "148"
        ),
        Versions(
            "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) " + Safari + " Version/{0} Mobile/15E148 Safari/604.1",
            "18.6",
            "26.3",
            "26.4",
            "26.5"
        ),
        Versions(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) " + Safari + " Mobile/15E148 ShopApp/{0}",
            "7.10.2",
            "7.11.0",
            "7.12.1"
        ),
        Versions(
            "Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/BP2A.250605.031; wv) "
                + Kit
                + " Version/4.0 Chrome/147.0.7680.120 Mobile Safari/537.36 ShopApp/{0}",
            "7.10.2",
            "7.11.0",
            "7.12.1"
        ),
        Versions(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + Kit + " Chrome/{0}.0.0.0 Safari/537.36",
            "109",
            "117",
            "120",
            "124"
        ),
        ["python-requests/2.32.3", "Go-http-client/1.1", "curl/8.9.1", "okhttp/4.12.0", "Python/3.12 aiohttp/3.10.5"],
        [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 " + Kit + "; compatible; GPTBot/1.3; +https://openai.com/gptbot",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 " + Kit + "; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
            "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
            "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
            "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
            "CCBot/2.0 (https://commoncrawl.org/faq/)",
        ],
    ];

    private static readonly int[] First = Starts();

    /// <summary>All of them as UTF-8; the index is what an event carries.</summary>
    public static byte[][] Utf8 { get; } = [.. Lists.SelectMany(list => list).Select(Encoding.ASCII.GetBytes)];

    public static int Count(AgentClass of) => Lists[(int)of].Length;

    /// <summary>The index of a version; one past the newest is the newest.</summary>
    public static short Of(AgentClass of, int version) =>
        (short)(First[(int)of] + Math.Min(version, Lists[(int)of].Length - 1));

    private static string[] Versions(string form, params string[] versions) =>
        [.. versions.Select(version => form.Replace("{0}", version, StringComparison.Ordinal))];

    private static int[] Starts()
    {
        int[] starts = new int[Lists.Length];
        for (int i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + Lists[i - 1].Length;
        return starts;
    }
}
