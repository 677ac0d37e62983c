using System.Text.Json;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

/// <summary>
/// The tests of CrowdSec's scenarios, replayed through the default pack: log lines and the addresses that must be alerted (data of
/// crowdsecurity/hub, MIT; see ../shared/data/gate/README.md).
/// </summary>
public sealed class CrowdSecTests
{
    // Recognising a declared bot (curl) is no alert, and whoever was alerted stays caught for minutes.
    private static readonly string[] NoAlerts = ["declared-bot", "caught"];

    // What asks for a server, a log or a protocol that a gate of web requests does not read.
    private static readonly string[] NotRead = ["iis-xml-logs", "nginx-mail-bf"];

    /// <summary>Test, rule, and after which of the address's requests it must match first (0: not looked at).</summary>
    public static TheoryData<string, string, int> Behaviours =>
        new()
        {
            { "apache-http-probing", "probing", 14 }, // the eleventh path: three requests differ in their query alone
            { "apache2-malformed", "probing", 11 },
            { "http-dos-random-uri", "probing", 11 },
            { "nginx-http-path-traversal", "path-traversal-probing", 0 },
            { "bunkerweb-http-path-traversal", "path-traversal-probing", 0 },
            { "apache2-http-sensitive-files", "sensitive-files", 5 },
            { "nginx-http-sensitive-files", "sensitive-files", 5 },
            { "nginx-http-generic-bf", "brute-force", 0 },
            { "nginx-http-generic-bf", "brute-force-log-in", 6 },
            { "apiscp-bf", "brute-force-form", 6 },
            { "nginx-http-sqli-probing", "sql-injection-probing", 11 },
            { "nginx-http-xss-probing", "script-injection-probing", 6 },
            { "nginx-http-backdoor", "backdoors", 2 },
            { "bunkerweb-bad-user-agent", "declared-scanner", 1 },
            { "envoy-http-bad-user-agent", "declared-scanner", 1 },
            { "nginx-http-w00twoot", "exploit", 1 },
            { "CVE-2022-41697", "brute-force-form", 6 },
            { "http-wordpress_user-enum", "user-enumeration", 6 },
            { "http-admin-interface-probing", "admin-probing", 3 },
        };

    [Theory]
    [MemberData(nameof(Behaviours))]
    public void Replay_Behaviour_AlertsTheSameAddressesAndNoOthers(string test, string rule, int place)
    {
        Case given = Read().Single(x => x.Test == test);

        (_, List<Alert> alerts) = ReplayKit.Run(given.Lines);

        Alert first = alerts.First(x => x.Rule == rule);
        Assert.False(first.Quiet);
        if (place > 0)
            Assert.Equal(place, first.Place);
        Assert.Equal(given.Sources, Alerted(alerts));
    }

    [Theory]
    [InlineData("http-bf-wordpress-bf")] // lines of syslog, not of an access log
    [InlineData("jellyfin-whitelist")]
    public void Replay_CasesWithoutAlert_AlertNobody(string test)
    {
        Case given = Read().Single(x => x.Test == test);
        Assert.Empty(given.Sources);

        Assert.Empty(Alerted(ReplayKit.Run(given.Lines).Alerts));
    }

    [Fact]
    public void Replay_AllCases_AlertNobodyUnexpectedAndMostExpected()
    {
        List<string> missed = [];
        List<string> unexpected = [];
        int covered = 0;
        foreach (Case given in Read().Where(x => !NotRead.Contains(x.Test)))
        {
            string[] alerted = Alerted(ReplayKit.Run(given.Lines).Alerts);
            covered += given.Sources.Intersect(alerted).Count();
            missed.AddRange(given.Sources.Except(alerted).Select(x => given.Test + " " + x));
            unexpected.AddRange(alerted.Except(given.Sources).Select(x => given.Test + " " + x));
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{covered} addresses covered; missed: {string.Join("; ", missed)}; unexpected: {string.Join("; ", unexpected)}"
        );
        // A request for /etc/passwd in a log that was made to try a parser.
        Assert.Equal(["bunkerweb-logs 172.18.0.1"], unexpected);
        // A path of CrowdSec's own, to see whether CrowdSec runs.
        Assert.Equal(["base-upsun-generic-test 203.0.113.1", "http-generic-test 127.0.0.1"], missed);
    }

    private static string[] Alerted(List<Alert> alerts) =>
        [
            .. alerts
                .Where(x => !NoAlerts.Contains(x.Rule))
                .Select(x => x.Address)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static List<Case> Read() =>
        [.. File.ReadLines(SharedData.Require("gate/crowdsec-http/tests.jsonl")).Select(Case.Of)];

    private sealed record Case(string Test, string[] Sources, string[] Lines)
    {
        public static Case Of(string json)
        {
            JsonElement root = JsonElement.Parse(json);
            return new(
                root.GetProperty("test").GetString()!,
                [
                    .. root.GetProperty("expectedAlerts")
                        .EnumerateArray()
                        .Select(x => x.GetProperty("source").GetString()!)
                        .Distinct()
                        .Order(StringComparer.Ordinal),
                ],
                [.. root.GetProperty("lines").EnumerateArray().Select(x => x.GetString()!)]
            );
        }
    }
}
