using System.Globalization;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Discovery;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Tests.Gate.Discovery;

/// <summary>Requests of invented visitors, and what discovery makes of them.</summary>
internal sealed class TrafficKit(Random random)
{
    public const string Browser =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36";
    public const long DayMs = 86_400_000;
    private const string Site = "https://shop.example";
    private const long Start = 20_500 * DayMs;

    private readonly List<(long Time, EdgeRequest Request, int Status, RequestNote Note)> requests = [];

    public int Requests => requests.Count;

    /// <summary>An agent of a current browser.</summary>
    public string Agent() => string.Format(CultureInfo.InvariantCulture, Browser, random.Next(140, 150));

    public string Address() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{random.Next(11, 180)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}"
        );

    /// <summary>People who read some pages: two of three fetch pictures, and from the second page on they come by links.</summary>
    public void People(int count, int days, Func<bool?>? label = null)
    {
        for (int i = 0; i < count; i++)
        {
            (string address, string agent) = (Address(), Agent());
            RequestNote note = new(Flagged: false, label?.Invoke(), Sale: false);
            long at = random.Next(days) * DayMs + random.Next((int)DayMs / 2);
            string from = random.Next(2) == 0 ? "https://www.search.example/" : "";
            for (int left = random.Next(1, 7); left > 0; left--)
            {
                string page = $"/p/{random.Next(200)}";
                Add(at, address, agent, page, from, note);
                if (random.Next(3) > 0)
                    Add(at + 200, address, agent, $"/img/{random.Next(50)}.png", Site + page, note);
                from = Site + page;
                at += random.Next(3_000, 90_000);
            }
        }
    }

    /// <summary>Bots under browsers' names that read a page every half minute and show nothing.</summary>
    public void Readers(int count, int firstDay, int days, int pages = 12)
    {
        for (int i = 0; i < count; i++)
        {
            (string address, string agent) = (Address(), Agent());
            long at = (firstDay + random.Next(days)) * DayMs + random.Next((int)DayMs / 2);
            for (int page = 0; page < pages; page++, at += 30_000)
                Add(at, address, agent, $"/p/{random.Next(200)}", "", default);
        }
    }

    /// <summary>A request; no referrer if empty.</summary>
    public void Add(long time, string address, string agent, string path, string referrer, RequestNote note)
    {
        Assert.True(IpAddress.TryParse(address, out IpAddress ip, out string error), error);
        EdgeRequest request = new()
        {
            Time = Start + time,
            Knowledge = RequestKnowledge.Agent,
            Address = ip,
            Method = "GET",
            Path = path,
            UserAgent = agent,
            Referrer = referrer.Length == 0 ? null : referrer,
        };
        requests.Add((time, request, 200, note));
    }

    public (DiscoveryResult Result, Vocabulary Vocabulary) Discover(MiningLimits? limits = null)
    {
        FeatureReader features = new(new AgentTable());
        (long Time, EdgeRequest Request, int Status, RequestNote Note)[] sorted = [.. requests.OrderBy(x => x.Time)];
        TrafficSurvey survey = new();
        RequestFeatures read = new();
        foreach ((_, EdgeRequest request, _, RequestNote note) in sorted)
        {
            features.Read(request, read);
            survey.Add(read, note);
        }
        SiteTraffic traffic = survey.Finish();
        Vocabulary vocabulary = Vocabulary.Of(traffic);
        VocabularyRun run = new(vocabulary, traffic.Requests, new CounterLimits());
        foreach ((_, EdgeRequest request, int status, _) in sorted)
        {
            features.Read(request, run.Inputs.Request);
            run.Add(request, new(status));
        }
        return (RuleDiscovery.Run(traffic, run, limits ?? MiningLimits.Default), vocabulary);
    }
}
