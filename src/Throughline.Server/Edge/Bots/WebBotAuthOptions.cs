using System.Text.RegularExpressions;
using Throughline.Core.Gate.Signatures;

namespace Throughline.Server.Edge.Bots;

/// <summary>Which agents sign their requests by Web Bot Auth. Nothing is fetched, and nobody's signature counts, unless it is said here.</summary>
public sealed record WebBotAuthOptions
{
    public IReadOnlyList<SignedAgentOptions> Agents { get; init; } = [];
}

/// <summary>An agent that signs, and where its keys are.</summary>
public sealed record SignedAgentOptions
{
    /// <summary>What rules call it: <c>bot.agent</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its origin, such as <c>https://agent.example</c>: its keys are at the well-known path there. Or the path of a file of keys that
    /// somebody else keeps fresh.</summary>
    public string Location { get; init; } = "";

    /// <summary>How often its keys are read again.</summary>
    public int EveryMinutes { get; init; } = 360;

    /// <summary>Its keys may come from an address that is not public: for agents of one's own network.</summary>
    public bool Internal { get; init; }
}

/// <summary>An agent, checked.</summary>
/// <param name="Origin">What its <c>Signature-Agent</c> must name; null: its keys come from a file, and any name will do.</param>
/// <param name="Source">Where its keys are: an address, or the path of a file.</param>
internal sealed record SignedAgent(string Name, string? Origin, string Source, TimeSpan Every, bool IsInternal)
{
    /// <summary>Its name among published lists.</summary>
    public string List => "agent." + Name;
}

/// <summary><see cref="WebBotAuthOptions"/>, validated; immutable.</summary>
internal sealed partial record WebBotAuthModel(IReadOnlyList<SignedAgent> Agents)
{
    private const int EveryMinutesMax = 7 * 24 * 60;

    /// <exception cref="ArgumentException">An option is not valid; the message says which and why.</exception>
    public static WebBotAuthModel Of(WebBotAuthOptions options)
    {
        List<SignedAgent> agents = [];
        for (int i = 0; i < options.Agents.Count; i++)
        {
            SignedAgent agent = AgentOf(options.Agents[i], $"edge.webBotAuth.agents.{i}");
            if (agents.Exists(other => other.Name == agent.Name))
                throw new ArgumentException($"edge.webBotAuth.agents.{i}.name: '{agent.Name}' stands here twice");
            agents.Add(agent);
        }
        return new(agents);
    }

    private static SignedAgent AgentOf(SignedAgentOptions options, string place)
    {
        if (!Name().IsMatch(options.Name))
            throw new ArgumentException($"{place}.name: '{options.Name}' is not of the form [a-z0-9][a-z0-9-]{{0,63}}");
        if (options.EveryMinutes is < 1 or > EveryMinutesMax)
            throw new ArgumentException($"{place}.everyMinutes: must be 1 to {EveryMinutesMax}");
        if (options.Location.Length == 0)
            throw new ArgumentException(
                $"{place}.location: must be an origin such as https://agent.example, or a file"
            );
        TimeSpan every = TimeSpan.FromMinutes(options.EveryMinutes);
        if (!Uri.TryCreate(options.Location, UriKind.Absolute, out Uri? uri) || uri.IsFile)
            return new(options.Name, null, options.Location, every, options.Internal);
        bool isOrigin =
            uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;
        bool isSafe = uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && options.Internal);
        if (!isOrigin || !isSafe)
            throw new ArgumentException(
                $"{place}.location: '{options.Location}' is no origin such as https://agent.example (http only if internal)"
            );
        string origin = uri.GetLeftPart(UriPartial.Authority).ToLowerInvariant();
        return new(options.Name, origin, origin + KeyDirectory.WellKnown, every, options.Internal);
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
