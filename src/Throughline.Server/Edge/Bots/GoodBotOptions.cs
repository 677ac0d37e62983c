using Throughline.Core.Gate.Agents;

namespace Throughline.Server.Edge.Bots;

/// <summary>How claims to be a good bot are verified. Nothing is fetched and nobody is asked unless it is said here.</summary>
public sealed record GoodBotOptions
{
    /// <summary>Where the operators' published addresses are.</summary>
    public IReadOnlyList<BotSourceOptions> Sources { get; init; } = [];

    /// <summary>Whether addresses that lists do not settle are asked for their names, with this machine's resolver.</summary>
    public bool ReverseDns { get; init; }

    /// <summary>How long the resolver has for one claim; then nothing is known of it for some minutes.</summary>
    public int DnsTimeoutMs { get; init; } = 5_000;
}

/// <summary>Where one list is.</summary>
public sealed record BotSourceOptions
{
    /// <summary>A bot as rules name it, or its list: <see cref="GoodBotRegistry"/>.</summary>
    public string Bot { get; init; } = "";

    /// <summary>An http or https address, or the path of a file that somebody else keeps fresh.</summary>
    public string Location { get; init; } = "";

    /// <summary>How often it is read again.</summary>
    public int EveryMinutes { get; init; } = 360;

    /// <summary>It may come from an address that is not public: a mirror in one's own network.</summary>
    public bool Internal { get; init; }
}

/// <summary><see cref="GoodBotOptions"/>, validated; immutable.</summary>
internal sealed record GoodBotModel(IReadOnlyList<BotListSource> Sources, bool ReverseDns, TimeSpan DnsPatience)
{
    private const int EveryMinutesMax = 7 * 24 * 60; // well before a list counts as old
    private const int DnsTimeoutMsMax = 60_000;

    /// <exception cref="ArgumentException">An option is not valid; the message says which and why.</exception>
    public static GoodBotModel Of(GoodBotOptions options)
    {
        List<BotListSource> sources = [];
        for (int i = 0; i < options.Sources.Count; i++)
        {
            BotListSource source = SourceOf(options.Sources[i], $"edge.goodBots.sources.{i}");
            if (sources.Exists(other => other.List == source.List))
                throw new ArgumentException(
                    $"edge.goodBots.sources.{i}.bot: the list '{source.List}' has a source already"
                );
            sources.Add(source);
        }
        if (options.DnsTimeoutMs is < 1 or > DnsTimeoutMsMax)
            throw new ArgumentException($"edge.goodBots.dnsTimeoutMs: must be 1 to {DnsTimeoutMsMax}");
        return new(sources, options.ReverseDns, TimeSpan.FromMilliseconds(options.DnsTimeoutMs));
    }

    private static BotListSource SourceOf(BotSourceOptions options, string place)
    {
        if (GoodBotRegistry.ListOf(options.Bot) is not { } list)
            throw new ArgumentException(
                $"{place}.bot: '{options.Bot}' has no list of addresses; those that have: {string.Join(", ", GoodBotRegistry.Lists)}"
            );
        if (options.Location.Length == 0)
            throw new ArgumentException($"{place}.location: must be an http or https address, or a file");
        if (options.EveryMinutes is < 1 or > EveryMinutesMax)
            throw new ArgumentException($"{place}.everyMinutes: must be 1 to {EveryMinutesMax}");
        return new(list, options.Location)
        {
            Every = TimeSpan.FromMinutes(options.EveryMinutes),
            IsInternal = options.Internal,
        };
    }
}
