using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Gate.Challenges;

namespace Throughline.Server.Edge.Challenges;

/// <summary>
/// The page that a challenged client is sent: it needs nothing from anywhere else, and its policy (CSP) allows its own script and style by
/// their hashes and nothing more. Ticket and difficulty stand in attributes, so that the script is the same for all.
/// </summary>
internal static class ChallengePage
{
    /// <summary>Where the page brings the proof: a path of the site, which the gate answers itself.</summary>
    public const string Target = "/_throughline/clearance";

    private static readonly string Template = Load();
    private static readonly string[] Parts = Template
        .Replace("{target}", Target, StringComparison.Ordinal)
        .Split(["{ticket}", "{difficulty}"], StringSplitOptions.None);
    private static readonly string Policy =
        $"default-src 'none'; script-src {HashOf("script")}; worker-src blob:; style-src {HashOf("style")}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    /// <summary>The answer that shows the task of a ticket.</summary>
    public static ChallengeReply Reply(string ticket, int difficulty, int status) =>
        new(
            status,
            [
                ("content-type", "text/html; charset=utf-8"),
                ("cache-control", "no-store"),
                ("content-security-policy", Policy),
                ("referrer-policy", "same-origin"),
                ("x-content-type-options", "nosniff"),
                ("x-robots-tag", "noindex"),
            ],
            string.Concat([Parts[0], ticket, Parts[1], difficulty.ToString(CultureInfo.InvariantCulture), Parts[2]])
        );

    /// <summary>The same for a ticket that a proxy brings back; null if it has not the form of one.</summary>
    public static ChallengeReply? Reply(string ticket, int status) =>
        ChallengeTicket.DifficultyOf(ticket) is { } difficulty ? Reply(ticket, difficulty, status) : null;

    private static string Load()
    {
        using Stream stream = typeof(ChallengePage).Assembly.GetManifestResourceStream("Edge.Challenges.page.html")!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string HashOf(string element)
    {
        int start = Template.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        int end = Template.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(Template[start..end]));
        return $"'sha256-{Convert.ToBase64String(hash)}'";
    }
}

/// <summary>An answer that the gate gives the client itself, whole.</summary>
/// <param name="Headers">Names in lower case.</param>
internal sealed record ChallengeReply(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    /// <summary>The value of a header; null if it is not there.</summary>
    public string? Header(string name) => Headers.FirstOrDefault(header => header.Name == name).Value;

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        foreach ((string name, string value) in Headers)
            context.Response.Headers[name] = value;
        byte[] body = Encoding.UTF8.GetBytes(Body);
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
