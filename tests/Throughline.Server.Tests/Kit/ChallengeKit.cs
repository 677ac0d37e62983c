using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Throughline.Core.Events;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Challenges;
using Throughline.Testing;

namespace Throughline.Server.Tests.Kit;

/// <summary>Clients that are challenged by the gate's own page, and solve its tasks by work, as a browser does.</summary>
internal static partial class ChallengeKit
{
    /// <summary>Little work for tests; everything under /challenge asks for it.</summary>
    public static EdgeOptions Options { get; } =
        EdgeKit.Options with
        {
            ChallengeUrl = null,
            ExtAuthzHasAllHeaders = true,
            BudgetMs = 10_000,
            Challenge = new() { Difficulty = 6 },
        };

    public static Task<TestService> StartAsync(
        RecordingSink? sink = null,
        ChallengeOptions? challenge = null,
        FakeTimeProvider? clock = null
    ) => StartAsync(EdgeKit.Rules, sink, challenge, clock);

    public static async Task<TestService> StartAsync(
        GateDocument rules,
        RecordingSink? sink = null,
        ChallengeOptions? challenge = null,
        FakeTimeProvider? clock = null
    )
    {
        TestService service = await TestService.StartAsync(
            new ServeOptions
            {
                Edge = Options with { Challenge = challenge ?? Options.Challenge },
                Decisions = sink ?? new(),
            },
            clock: clock
        );
        service.Server.PublishRules(EdgeKit.Alpha, EdgeKit.Model(rules));
        return service;
    }

    /// <summary>The task on a page.</summary>
    public static string TicketOf(string page) => Ticket().Match(page).Groups[1].Value;

    public static int DifficultyOf(string page) =>
        int.Parse(Difficulty().Match(page).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>The target that brings the proof of a task.</summary>
    public static string ProofOf(string ticket, int? difficulty = null)
    {
        ReadOnlySpan<char> seal = ticket.AsSpan()[(ticket.LastIndexOf('.') + 1)..];
        int bits = difficulty ?? ChallengeTicket.DifficultyOf(ticket) ?? 0;
        for (int number = 0; ; number++)
        {
            string digits = number.ToString(CultureInfo.InvariantCulture);
            if (ProofOfWork.IsSolution(seal, digits, bits))
                return $"{ChallengePage.Target}?t={ticket}&n={digits}";
        }
    }

    [GeneratedRegex("data-ticket=\"([A-Za-z0-9_.-]+)\"")]
    private static partial Regex Ticket();

    [GeneratedRegex("data-difficulty=\"([0-9]+)\"")]
    private static partial Regex Difficulty();
}

/// <summary>One client behind a proxy that asks by forward_auth: it keeps cookies, unless told not to.</summary>
internal sealed class ChallengedClient(TestService service, string address, string agent = "a-browser/1")
{
    public string Address { get; set; } = address;
    public string Agent { get; set; } = agent;
    public string Scheme { get; init; } = "http";
    public bool KeepsCookies { get; init; } = true;
    public string? Cookie { get; set; }

    /// <summary>Asks; keeps what is set.</summary>
    public async Task<Answer> GetAsync(string target, string method = "GET", params (string, string)[] headers)
    {
        List<(string, string)> all =
        [
            ("X-Forwarded-Method", method),
            ("X-Forwarded-Host", "shop.example"),
            ("X-Forwarded-Proto", Scheme),
            ("X-Forwarded-Uri", target),
            ("X-Forwarded-For", Address),
            ("User-Agent", Agent),
            .. headers,
        ];
        if (Cookie is not null)
            all.Add(("Cookie", $"a=b; {Cookie}; c=d"));
        Answer answer = await service.SendAsync(HttpMethod.Get, "/v1/edge/forward-auth", null, "", [.. all]);
        if (KeepsCookies && answer.Header("Set-Cookie") is { } set)
            Cookie = set[..set.IndexOf(';', StringComparison.Ordinal)];
        return answer;
    }

    /// <summary>What a browser does with an answer: solves the task, and goes where it is sent. Gives the last answer, and how many tasks there were.</summary>
    public async Task<(Answer Last, int Tasks, string Target)> VisitAsync(string target, int tasksMax = 10)
    {
        Answer answer = await GetAsync(target);
        for (int tasks = 0; ; )
        {
            if (answer.Status == 303)
            {
                target = answer.Headers.Location!.OriginalString;
                answer = await GetAsync(target);
            }
            else if (
                answer.Status == 403
                && ChallengeKit.TicketOf(answer.Text) is { Length: > 0 } ticket
                && tasks < tasksMax
            )
            {
                tasks++;
                answer = await GetAsync(ChallengeKit.ProofOf(ticket));
            }
            else
            {
                return (answer, tasks, target);
            }
        }
    }
}
