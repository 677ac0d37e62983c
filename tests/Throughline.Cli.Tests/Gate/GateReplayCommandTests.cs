using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Gate;

public sealed class GateReplayCommandTests
{
    private const string Curl =
        "192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET /b HTTP/1.1\" 200 1 \"-\" \"curl/8.5.0\"";
    private const string Person =
        "192.0.2.2 - - [17/May/2015:10:05:01 +0000] \"GET /a HTTP/1.1\" 200 1 \"https://x.org/\" \"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0\"";
    private const string Attack =
        "192.0.2.3 - - [17/May/2015:10:05:02 +0000] \"GET /?x=${jndi:ldap://y} HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0\"";

    [Fact]
    public async Task Replay_TwoLogs_FlagsLinesInTheOrderOfTime()
    {
        using TempFolder folder = new();
        File.WriteAllLines(folder["a.log"], [Curl, "no log line"]);
        File.WriteAllLines(folder["b.log"], [Person, "", Attack]);

        CommandRun run = await CommandRun.OfAsync(
            "gate",
            "replay",
            folder["a.log"],
            folder["b.log"],
            "--flagged",
            folder["out"],
            "--json"
        );

        Assert.Equal(0, run.Exit);
        JsonElement json = run.Json();
        Assert.Equal(3, json.GetProperty("requests").GetInt64());
        Assert.Equal(3, json.GetProperty("addresses").GetInt64());
        Assert.Equal(2, json.GetProperty("flaggedRequests").GetInt64());
        Assert.Equal(2, json.GetProperty("flaggedAddresses").GetInt64());
        Assert.Equal(1, json.GetProperty("byRule").GetProperty("declared-bot").GetProperty("hits").GetInt64());
        Assert.Equal(1, json.GetProperty("byRule").GetProperty("exploit").GetProperty("addresses").GetInt64());
        Assert.Equal(1, json.GetProperty("rejectedByReason").GetProperty("not_a_log_line").GetInt64());
        Assert.Equal(2, json.GetProperty("rejections")[0].GetProperty("line").GetInt64());
        Assert.True(json.GetProperty("requestsPerSecond").GetDouble() > 0);
        Assert.Equal([Attack, Curl], File.ReadAllLines(folder["out"]));
    }

    [Fact]
    public async Task Replay_LogOfTheCommonForm_NamesWhatRulesLacked()
    {
        using TempFolder folder = new();
        File.WriteAllLines(folder["a.log"], ["192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET /b HTTP/1.1\" 200 1"]);

        CommandRun run = await CommandRun.OfAsync("gate", "replay", folder["a.log"], "--json");

        JsonElement lacked = run.Json().GetProperty("lackedFeatures");
        Assert.Equal(1, lacked.GetProperty("declared-bot").EnumerateObject().Single().Value.GetInt64());
        Assert.Equal(
            1,
            lacked
                .GetProperty("silent-reader")
                .GetProperty("counter.visitor_shown (request.ip, ua.text, request.session, request.referrer)")
                .GetInt64()
        );
        Assert.False(lacked.TryGetProperty("exploit", out _));
    }

    [Fact]
    public async Task Replay_WithKnownRanges_TellsImpostors()
    {
        using TempFolder folder = new();
        File.WriteAllLines(folder["a.log"], [Googlebot("66.249.66.1"), Googlebot("192.0.2.9"), Person]);
        File.WriteAllText(folder["google.txt"], "66.249.64.0/19\n");

        CommandRun blind = await CommandRun.OfAsync("gate", "replay", folder["a.log"], "--json");
        CommandRun knowing = await CommandRun.OfAsync(
            "gate",
            "replay",
            folder["a.log"],
            "--bots",
            $"googlebot={folder["google.txt"]}",
            "--json"
        );

        JsonElement lacked = blind.Json().GetProperty("lackedFeatures");
        Assert.Equal(2, lacked.GetProperty("impostor").GetProperty("bot.impostor").GetInt64());
        Assert.Equal(2, lacked.GetProperty("verified-bot").GetProperty("bot.verified").GetInt64());
        Assert.False(knowing.Json().GetProperty("lackedFeatures").TryGetProperty("impostor", out _));
        JsonElement rules = knowing.Json().GetProperty("byRule");
        Assert.Equal(1, rules.GetProperty("impostor").GetProperty("hits").GetInt64());
        Assert.Equal(1, rules.GetProperty("verified-bot").GetProperty("hits").GetInt64());

        static string Googlebot(string address) =>
            $"{address} - - [17/May/2015:10:05:03 +0000] \"GET /b HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)\"";
    }

    [Theory]
    [InlineData("nobody=list.txt", "is written BOT=FILE")]
    [InlineData("googlebot", "is written BOT=FILE")]
    [InlineData("googlebot=none.txt", "cannot be read")]
    [InlineData("googlebot=a.log", "line 1: ")]
    public async Task Replay_WrongBots_SaysWhatIsWrong(string given, string expected)
    {
        using TempFolder folder = new();
        File.WriteAllLines(folder["a.log"], [Curl]);

        CommandRun run = await CommandRun.OfAsync(
            "gate",
            "replay",
            folder["a.log"],
            "--bots",
            given.Replace("=", $"={folder.Path}/", StringComparison.Ordinal)
        );

        Assert.NotEqual(0, run.Exit);
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_BadRules_SaysWhere()
    {
        using TempFolder folder = new();
        File.WriteAllLines(folder["a.log"], [Curl]);
        File.WriteAllText(folder["r.yaml"], "rules:\n  - id: x\n    when: ua.bott\n");

        CommandRun run = await CommandRun.OfAsync(
            "gate",
            "replay",
            folder["a.log"],
            "--rules",
            folder["r.yaml"],
            "--json"
        );

        Assert.Equal((int)ExitCode.BadInput, run.Exit);
        Assert.Equal("rules_invalid", run.Json().GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("r.yaml:3", run.Stderr, StringComparison.Ordinal);
    }
}
