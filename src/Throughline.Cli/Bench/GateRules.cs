using System.Globalization;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Bench;

/// <summary>A rule set of the size that a careful tenant has: 200 rules of every sort over 20 counters.</summary>
internal static class GateRules
{
    private static readonly string[] Folders =
    [
        "wp-admin",
        "admin",
        "phpmyadmin",
        "backup",
        "cgi-bin",
        "actuator",
        "vendor",
        "node_modules",
        "solr",
        "jenkins",
        "manager",
        "console",
        "debug",
        "old",
        "test",
        "private",
        "config",
        "db",
        "sql",
        "dump",
    ]; // csharpier-ignore

    private static readonly string[] Files =
    [
        ".env",
        ".git/config",
        "id_rsa",
        "wp-login.php",
        "xmlrpc.php",
        "shell.php",
        "web.config",
        "passwd",
        ".aws/credentials",
        "docker-compose.yml",
        "composer.json",
        "package.json",
        ".htpasswd",
        "phpinfo.php",
        "server-status",
        "dump.sql",
        "backup.zip",
        "config.php",
        "settings.py",
        "database.yml",
    ]; // csharpier-ignore

    private static readonly string[] Attacks =
    [
        "union select",
        "' or '1'='1",
        "<script",
        "../..",
        "etc/passwd",
        "sleep(",
        "benchmark(",
        "load_file(",
        "onerror=",
        "javascript:",
        "${jndi:",
        "cmd.exe",
        "/bin/sh",
        "wget http",
        "base64_decode",
        "eval(",
        "xp_cmdshell",
        "%00",
        "php://",
        "data://",
    ]; // csharpier-ignore

    private static readonly string[] Tools =
    [
        "sqlmap",
        "nikto",
        "nmap",
        "masscan",
        "zgrab",
        "gobuster",
        "dirbuster",
        "wpscan",
        "nuclei",
        "acunetix",
        "nessus",
        "openvas",
        "hydra",
        "burp",
        "arachni",
        "w3af",
        "skipfish",
        "whatweb",
        "httprint",
        "jaeles",
    ]; // csharpier-ignore

    public static GateDocument Create() => new() { Rules = [.. Rules()], Counters = [.. Counters()] };

    private static IEnumerable<RuleDocument> Rules()
    {
        for (int i = 0; i < Folders.Length; i++)
        {
            yield return Rule($"folder-{i}", $"request.path.startsWith('/{Folders[i]}/')", RuleAction.Score, 20);
            yield return Rule($"file-{i}", $"request.target.endsWith('/{Files[i]}')", RuleAction.Deny, 0);
            string attack = Attacks[i].Replace("'", "\\'", StringComparison.Ordinal);
            yield return Rule($"attack-{i}", $"request.target.contains('{attack}')", RuleAction.Deny, 0);
            yield return Rule($"tool-{i}", $"ua.text.contains('{Tools[i]}')", RuleAction.Deny, 0);
            yield return Rule(
                $"pattern-{i}",
                $"request.target.matches('/{Folders[i][..2]}[a-z0-9_-]*/[a-z]+[.](php|asp|jsp)$')",
                RuleAction.Score,
                10
            );
            yield return Rule(
                $"network-{i}",
                Text($"cidr('198.{18 + i}.0.0/16').containsIP(request.ip) && request.method == 'POST'"),
                RuleAction.Challenge,
                0
            );
            yield return Rule($"rate-{i}", Text($"counter.c{i} > {1_000_000 + i}"), RuleAction.Challenge, 0);
            yield return Rule(
                $"odd-{i}",
                Text($"ua.browser && check.score >= {2 + (i % 3)} && request.path.startsWith('/{Folders[i]}')"),
                RuleAction.Score,
                15
            );
            yield return Rule(
                $"country-{i}",
                $"request.method == 'POST' && has(request.country) && request.country == '{(char)('A' + i)}X'",
                RuleAction.Tag,
                0
            );
            yield return Rule(
                $"shadow-{i}",
                Text($"request.host == 'shop{i}.example' && request.query.size() > {200 + i} && !request.static"),
                RuleAction.Tag,
                0
            );
        }
    }

    private static RuleDocument Rule(string id, string when, RuleAction action, int score) =>
        new()
        {
            Id = id,
            When = when,
            Action = action,
            Score = score,
            Tag = action == RuleAction.Tag ? id : null,
            Mode = id.StartsWith("shadow", StringComparison.Ordinal) ? RuleMode.Shadow : RuleMode.Enforce,
        };

    private static IEnumerable<CounterDocument> Counters()
    {
        string[][] keys =
        [
            ["request.ip"],
            ["request.network"],
            ["ua.text"],
            ["request.ip", "request.host"],
            [],
        ];
        CounterKind[] kinds = [CounterKind.Count, CounterKind.Distinct, CounterKind.Ratio, CounterKind.Bucket];
        for (int i = 0; i < Folders.Length; i++)
        {
            CounterKind kind = kinds[i % kinds.Length];
            yield return new()
            {
                Name = Text($"c{i}"),
                Key = keys[i % keys.Length],
                Kind = kind,
                WindowMs = 1000L * (1 + (i * 30)),
                Of = kind == CounterKind.Distinct ? "request.path" : null,
                Where = kind == CounterKind.Ratio ? "request.static" : null,
            };
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
