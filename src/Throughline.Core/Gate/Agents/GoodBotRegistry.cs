using System.Collections.Frozen;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Agents;

/// <summary>How the claim to be a bot can be verified.</summary>
/// <param name="Name">As <see cref="Requests.AgentFacts.Name"/> has it.</param>
/// <param name="List">The name of its operator's published list of addresses; bots may share one. Null: none is known.</param>
/// <param name="Domains">Names of its addresses end in one of these, after a dot. Empty: its operator promises no names.</param>
public sealed record VerifiableBot(string Name, string? List, IReadOnlyList<string> Domains)
{
    /// <summary>Whether a host's name is one that the operator gives its bots.</summary>
    public bool Owns(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        ReadOnlySpan<char> name = host.AsSpan().TrimEnd('.');
        foreach (string domain in Domains)
            if (
                name.Length > domain.Length
                && name[^(domain.Length + 1)] == '.'
                && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            )
                return true;
        return false;
    }

    /// <summary>
    /// What names mean that were asked for an address (reverse), with the addresses of each that <see cref="Owns"/> (forward): verified if
    /// one leads back; an impostor if none does. A question without an answer is not to be given here: it says nothing.
    /// </summary>
    public BotIdentity Judge(IpAddress address, IEnumerable<(string Name, IReadOnlyList<IpAddress> Addresses)> names)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(names);
        bool confirmed = names.Any(name => Owns(name.Name) && name.Addresses.Any(found => found.EqualTo(address)));
        return confirmed ? BotIdentity.Verified : BotIdentity.Impostor;
    }
}

/// <summary>
/// The bots whose operators say how to verify them. From the operators' own pages ("Verifying Googlebot", "Verify Bingbot", "About
/// Applebot", "Is that DuckDuckBot", "Yandex robots in server logs", OpenAI's "Overview of crawlers" and so on). Where the lists of
/// addresses are is configured: nothing is fetched unasked.
/// </summary>
public static class GoodBotRegistry
{
    private static readonly string[] Google = ["googlebot.com", "google.com"];
    private static readonly string[] GoogleForUsers = ["google.com", "googleusercontent.com"];

    /// <summary>In ordinal order of names.</summary>
    public static IReadOnlyList<VerifiableBot> All { get; } =
    [
        .. new VerifiableBot[]
        {
            new("adsbot-google", "google-special", Google),
            new("amazonbot", "amazonbot", ["crawl.amazonbot.amazon"]),
            new("apis-google", "google-special", Google),
            new("applebot", "applebot", ["applebot.apple.com"]),
            new("baiduspider", null, ["baidu.com", "baidu.jp"]),
            new("bingbot", "bingbot", ["search.msn.com"]),
            new("ccbot", "ccbot", ["crawl.commoncrawl.org"]),
            new("chatgpt-user", "chatgpt-user", []),
            new("duckduckbot", "duckduckbot", []),
            new("feedfetcher-google", "google-users", GoogleForUsers),
            new("google-read-aloud", "google-users", GoogleForUsers),
            new("google-safety", "google-special", Google),
            new("google-site-verification", "google-users", GoogleForUsers),
            new("googlebot", "googlebot", Google),
            new("gptbot", "gptbot", []),
            new("mediapartners-google", "google-special", Google),
            new("mojeekbot", null, ["mojeek.com"]),
            new("oai-searchbot", "oai-searchbot", []),
            new("perplexity-user", "perplexity-user", []),
            new("perplexitybot", "perplexitybot", []),
            new("petalbot", null, ["petalsearch.com"]),
            new("seznambot", null, ["seznam.cz"]),
            new("slurp", null, ["crawl.yahoo.net"]),
            new("sogou", null, ["sogou.com"]),
            new("yandexbot", null, ["yandex.ru", "yandex.net", "yandex.com"]),
        }.OrderBy(bot => bot.Name, StringComparer.Ordinal),
    ];

    private static readonly FrozenDictionary<string, VerifiableBot> ByName = All.ToFrozenDictionary(bot => bot.Name);

    /// <summary>The names of all lists, in ordinal order.</summary>
    public static IReadOnlyList<string> Lists { get; } =
    [.. All.Select(bot => bot.List).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The list of a bot, or of a list's own name; null: there is none.</summary>
    public static string? ListOf(string name) => Lists.Contains(name) ? name : Find(name)?.List;

    /// <summary>Null: whoever claims this name cannot be verified.</summary>
    public static VerifiableBot? Find(string name) => ByName.GetValueOrDefault(name);
}
