using System.Globalization;
using Throughline.Core.Gate.Challenges;

namespace Throughline.Core.Gate.Rules;

/// <summary>Checks routes, and denials wherever they stand.</summary>
internal sealed class RouteCheck(ModelIssues issues)
{
    public const int DelayMaxMs = 10_000;
    public const int BodyMax = 65_536;

    public void Check(IReadOnlyList<RouteDocument> routes)
    {
        Dictionary<string, int> places = [];
        for (int i = 0; i < routes.Count; i++)
        {
            RouteDocument route = routes[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"/routes/{i}");
            issues.Require(NameRules.IsId(route.Id), path + "/id", $"an id has {NameRules.OfId}");
            issues.Unique(places, route.Id, i, "route", "/routes", path + "/id");
            for (int j = 0; j < route.Hosts.Count; j++)
                issues.Require(
                    IsHost(route.Hosts[j]),
                    string.Create(CultureInfo.InvariantCulture, $"{path}/hosts/{j}"),
                    $"'{route.Hosts[j]}' is no host and no *.host"
                );
            for (int j = 0; j < route.PathPrefixes.Count; j++)
                issues.Require(
                    route.PathPrefixes[j].StartsWith('/'),
                    string.Create(CultureInfo.InvariantCulture, $"{path}/pathPrefixes/{j}"),
                    $"'{route.PathPrefixes[j]}' does not begin with /"
                );
            issues.Known(route.OnFailure, path + "/onFailure");
            if (route.Record is { } record)
                issues.Known(record, path + "/record");
            if (route is { ChallengeScore: { } challenge, DenyScore: { } deny })
                issues.Require(
                    challenge < deny,
                    path + "/challengeScore",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"challengeScore {challenge} must be below denyScore {deny}"
                    )
                );
            issues.Require(
                route.ChallengeUrl is null || IsUrl(route.ChallengeUrl),
                path + "/challengeUrl",
                "a challenge is at a path beginning with /, or at an http or https URL"
            );
            if (route.ChallengeDifficulty is { } difficulty)
                issues.Range(difficulty, 1, ProofOfWork.DifficultyMax, path + "/challengeDifficulty");
            Check(route.Denial, path + "/denial");
        }
    }

    public void Check(DenialDocument denial, string path)
    {
        issues.Range(denial.Status, 400, 599, path + "/status");
        issues.Range(denial.DelayMs, 0, DelayMaxMs, path + "/delayMs", " ms");
        issues.Require(
            (denial.Body?.Length ?? 0) <= BodyMax,
            path + "/body",
            string.Create(CultureInfo.InvariantCulture, $"a body has at most {BodyMax} characters")
        );
        issues.Require(
            denial.ContentType is null || !denial.ContentType.Any(char.IsControl),
            path + "/contentType",
            "a content type has no control characters"
        );
    }

    private static bool IsHost(string host)
    {
        string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return name.Length > 0
            && (Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 || name.StartsWith('['));
    }

    private static bool IsUrl(string url) =>
        !url.Any(char.IsControl)
        && (
            (url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal))
            || (
                Uri.TryCreate(url, UriKind.Absolute, out Uri? uri)
                && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            )
        );
}
