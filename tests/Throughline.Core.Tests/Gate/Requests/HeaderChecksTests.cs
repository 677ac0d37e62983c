using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Tests.Gate.Requests;

/// <summary>Headers as browsers send them pass; each contradiction is found; where nothing is known nothing is said.</summary>
public sealed class HeaderChecksTests
{
    private const string Chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
    private const string Edge = Chrome + " Edg/126.0.0.0";
    private const string Phone =
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";
    private const string WebView =
        "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36";
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0";
    private const string OldFirefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0";
    private const string Safari =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15";
    private const string ChromeHints = "\"Not/A)Brand\";v=\"8\", \"Chromium\";v=\"126\", \"Google Chrome\";v=\"126\"";
    private const string EdgeHints = "\"Not/A)Brand\";v=\"8\", \"Chromium\";v=\"126\", \"Microsoft Edge\";v=\"126\"";

    [Theory] // what the browsers themselves send
    [InlineData(Chrome, ChromeHints, "\"Windows\"", "?0", "none", "navigate", "document")]
    [InlineData(Edge, EdgeHints, "\"Windows\"", "?0", "same-origin", "cors", "empty")]
    [InlineData(Phone, ChromeHints, "\"Android\"", "?1", "cross-site", "no-cors", "image")]
    [InlineData(Firefox, null, null, null, "same-origin", "navigate", "document")]
    [InlineData(OldFirefox, null, null, null, null, null, null)]
    [InlineData(Safari, null, null, null, "none", "navigate", "document")]
    public void Read_HeadersOfBrowsers_AreConsistent(
        string agent,
        string? brands,
        string? platform,
        string? mobile,
        string? site,
        string? mode,
        string? dest
    )
    {
        ConsistencyFacts facts = Read(Request(agent, brands, platform, mobile, site, mode, dest));

        Assert.Equal((0, false, false), (facts.Score, facts.HintsMismatch, facts.SecFetchMismatch));
    }

    [Theory]
    [InlineData(Chrome, null, null, null)] // always sent since 89
    [InlineData(Chrome, "\"Chromium\";v=\"110\", \"Google Chrome\";v=\"110\"", null, null)]
    [InlineData(Chrome, "\"Chromium\";v=\"126\", \"HeadlessChrome\";v=\"126\"", null, null)]
    [InlineData(Chrome, ChromeHints, "\"Linux\"", "?0")]
    [InlineData(Chrome, ChromeHints, "\"Windows\"", "?1")]
    [InlineData(Phone, ChromeHints, "\"Android\"", "?0")]
    [InlineData(Edge, ChromeHints, "\"Windows\"", "?0")]
    [InlineData(Firefox, ChromeHints, null, null)]
    [InlineData(Safari, ChromeHints, null, null)]
    public void Read_HintsAgainstTheAgent_AreFound(string agent, string? brands, string? platform, string? mobile)
    {
        ConsistencyFacts facts = Read(Request(agent, brands, platform, mobile, "none", "navigate", "document"));

        Assert.Equal((1, true), (facts.Score, facts.HintsMismatch));
    }

    [Theory]
    [InlineData(Chrome, null, null, null, null)]
    [InlineData(Firefox, null, null, null, null)]
    [InlineData(Safari, null, null, null, null)]
    [InlineData(Chrome, "none", null, null, null)] // halves
    [InlineData(Chrome, null, "cors", null, null)]
    [InlineData(Chrome, "same-origin", "cors", "empty", "?1")] // only a navigation has a user
    [InlineData(Chrome, "same-origin", "cors", "document", null)]
    [InlineData(Chrome, "same-origin", "navigate", "image", null)]
    public void Read_ImpossibleSecFetch_IsFound(string agent, string? site, string? mode, string? dest, string? user)
    {
        EdgeRequest request = Request(agent, agent == Chrome ? ChromeHints : null, null, null, site, mode, dest);
        Add(request, "sec-fetch-user", user);

        ConsistencyFacts facts = Read(request);

        Assert.Equal((1, true), (facts.Score, facts.SecFetchMismatch));
    }

    [Fact]
    public void Read_MissingHeaders_AreEachFound()
    {
        EdgeRequest request = Request(Chrome, ChromeHints, "\"Windows\"", "?0", "none", "navigate", "document");
        request.Headers.RemoveAll(header => header.Name.StartsWith("accept", StringComparison.Ordinal));
        request.Headers.Add(new("accept-language", " "));

        ConsistencyFacts facts = Read(request);

        Assert.Equal(
            (3, true, true, true),
            (facts.Score, facts.MissingAccept, facts.MissingAcceptLanguage, facts.MissingAcceptEncoding)
        );
    }

    [Theory] // no guess
    [InlineData(WebView, "https", "GET", RequestKnowledge.Headers)]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1)", "https", "GET", RequestKnowledge.Headers)]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 9; X) AppleWebKit/537.36 UCBrowser/13.0 Chrome/100.0 Mobile Safari/537.36",
        "https",
        "GET",
        RequestKnowledge.Headers
    )]
    [InlineData(Chrome, "https", "OPTIONS", RequestKnowledge.Headers)]
    [InlineData(Chrome, "https", "GET", RequestKnowledge.Agent)]
    [InlineData("", "https", "GET", RequestKnowledge.Headers)]
    public void Read_WhereNothingIsKnown_SaysNothing(
        string agent,
        string scheme,
        string method,
        RequestKnowledge knowledge
    )
    {
        EdgeRequest request = new()
        {
            UserAgent = agent,
            Scheme = scheme,
            Method = method,
            Knowledge = knowledge,
        };

        Assert.Equal(0, Read(request).Score);
    }

    [Theory]
    [InlineData("http")]
    [InlineData(null)]
    public void Read_NotOverHttps_AsksForNoHintsOrSecFetch(string? scheme)
    {
        EdgeRequest request = Request(Chrome, null, null, null, null, null, null);
        request.Scheme = scheme;

        Assert.Equal(0, Read(request).Score);
    }

    private static EdgeRequest Request(
        string agent,
        string? brands,
        string? platform,
        string? mobile,
        string? site,
        string? mode,
        string? dest
    )
    {
        EdgeRequest request = new()
        {
            UserAgent = agent,
            Scheme = "https",
            Method = "GET",
            Knowledge = RequestKnowledge.Headers,
        };
        Add(request, "accept", "*/*");
        Add(request, "accept-language", "de");
        Add(request, "accept-encoding", "gzip");
        Add(request, "sec-ch-ua", brands);
        Add(request, "sec-ch-ua-platform", platform);
        Add(request, "sec-ch-ua-mobile", mobile);
        Add(request, "sec-fetch-site", site);
        Add(request, "sec-fetch-mode", mode);
        Add(request, "sec-fetch-dest", dest);
        return request;
    }

    private static void Add(EdgeRequest request, string name, string? value)
    {
        if (value is not null)
            request.Headers.Add(new(name, value));
    }

    private static ConsistencyFacts Read(EdgeRequest request)
    {
        RequestFeatures features = new();
        new FeatureReader(new AgentTable()).Read(request, features);
        return features.Consistency;
    }
}
