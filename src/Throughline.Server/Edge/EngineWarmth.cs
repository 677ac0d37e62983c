using System.Diagnostics;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge;

/// <summary>
/// Evaluates a version on made-up requests before it is put in force, so that its first client does not wait while code is compiled and
/// patterns get their automata. The engine for it has counters and lists of its own: nothing of it reaches those that judge.
/// </summary>
internal static class EngineWarmth
{
    /// <summary>Enough that what is called often is optimised soon after.</summary>
    private const int Rounds = 8;

    /// <summary>A version whose rules are that slow is put in force all the same.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan DecisionMax = TimeSpan.FromMilliseconds(50);

    private const long Time = 1_780_315_200_000;

    private static readonly string?[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "curl/8.5.0",
        null,
    ];

    private static readonly string[] Paths = ["/", "/p/10423-trail-runner", "/wp-login.php", "/static/app.js"];

    private static readonly string[] Queries = ["", "utm_source=mail&utm_campaign=june", "id=1%27%20or%20sleep(1)"];

    /// <summary>Evaluates.</summary>
    /// <returns>How many requests were decided.</returns>
    public static int Run(GateModel model)
    {
        GateEngine engine = new(model, new CounterBank(new()), new ListBook(), new NoFacts());
        FeatureReader features = new(new AgentTable());
        EdgeRequest request = new();
        GateInputs inputs = new();
        GateDecision decision = new();
        long began = Stopwatch.GetTimestamp();
        long started = began;
        bool IsLate() => Stopwatch.GetElapsedTime(started) > DecisionMax;
        int decided = 0;
        for (int i = 0; i < Rounds * Agents.Length * Paths.Length; i++)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeMax)
                break;
            Fill(request, i);
            started = Stopwatch.GetTimestamp();
            features.Read(request, inputs.Request);
            engine.Decide(request, inputs, decision, IsLate);
            engine.Answered(inputs, new(i % 3 == 0 ? 404 : 200, 1000, i % 5 == 0), decision);
            decided++;
        }
        return decided;
    }

    private static void Fill(EdgeRequest request, int number)
    {
        request.Reset();
        request.Knowledge = RequestReader.AllHeaders;
        request.Time = Time + 100 * number;
        request.Address = IpAddress.Of((UInt128)(0xCB00_7100u + (uint)number % 8), isV6: number % 7 == 0);
        request.Method = number % 6 == 0 ? "POST" : "GET";
        request.UserAgent = Agents[number % Agents.Length];
        request.Path = Paths[number / Agents.Length % Paths.Length];
        request.Query = Queries[number % Queries.Length];
        (request.Host, request.Scheme) = ("shop.example", "https");
        void Add(string name, string value) => request.Headers.Add(new(name, value));
        Add("host", request.Host);
        if (request.UserAgent is { } agent)
            Add("user-agent", agent);
        Add("accept", "*/*");
        if (number % 2 == 0)
            return;
        Add("accept-language", "de-DE,de;q=0.9");
        Add("sec-fetch-site", "same-origin");
        Add("cookie", "sid=1");
        request.Session = "1";
        request.Referrer = "https://shop.example/";
    }

    private sealed class NoFacts : IGateFacts
    {
        public BotIdentity Identify(RequestFeatures request) => BotIdentity.None;

        public CustomerFacts Customer(EdgeRequest request) => default;
    }
}
