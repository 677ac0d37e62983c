using System.Runtime.InteropServices;
using Throughline.Core.Gate.Requests;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Discovery;

/// <summary>
/// Reads requests in the order of their times, and keeps of each what mining needs: who, when, which values, which signs of a person.
/// Memory: about 80 bytes a request.
/// </summary>
public sealed class TrafficSurvey
{
    /// <summary>A sale sooner after a visitor's first request is no sign: people look around first.</summary>
    public const long SaleAfterMs = 30_000;

    /// <summary>Referrers of an origin that are needed before it may be the site's own.</summary>
    private const int OwnOriginMin = 10;

    private readonly Dictionary<ulong, int> visitorNumbers = [];
    private readonly Dictionary<ulong, int> clientNumbers = [];
    private readonly List<Visitor> visitors = [];
    private readonly HashSet<ulong> seenPages = [];
    private readonly List<long> times = [];
    private readonly List<int> visitorOf = [];
    private readonly List<RowFlags> flags = [];
    private readonly List<Signs> signs = [];
    private readonly List<int> versions = [];
    private readonly ValueDimension[] dimensions = [.. Enum.GetValues<Dimension>().Select(_ => new ValueDimension())];
    private readonly Dictionary<string, int> families = new(StringComparer.Ordinal);
    private readonly List<(int Referred, int Chained)> origins = [];

    public void Add(RequestFeatures request, in RequestNote note)
    {
        ArgumentNullException.ThrowIfNull(request);
        bool isPage = PageRequests.Is(request);
        int network = this[Dimension.Network].Add(request.Network);
        int visitor = VisitorOf(request, network);
        bool isFirst = visitors[visitor].First < 0;
        if (isFirst)
            visitors[visitor] = visitors[visitor] with { First = request.Time };
        AddValues(request);
        Signs shown = request.IsStatic ? Signs.Part : Signs.None;
        if (note.Sale && request.Time - visitors[visitor].First >= SaleAfterMs)
            shown |= Signs.Sale;
        bool isChained = Chains(request, visitor);
        flags.Add(FlagsOf(request, note, isPage, isChained));
        signs.Add(shown);
        times.Add(request.Time);
        visitorOf.Add(visitor);
        versions.Add(request.Agent.Version);
    }

    /// <summary>Ends the reading.</summary>
    public SiteTraffic Finish()
    {
        bool[] isOwn = OwnOrigins();
        ReadOnlySpan<int> originOf = this[Dimension.Origin].Rows;
        for (int i = 0; i < signs.Count; i++)
            if ((flags[i] & RowFlags.Chained) != 0 && originOf[i] >= 0 && isOwn[originOf[i]])
                signs[i] |= Signs.Link;
        return new()
        {
            Times = [.. times],
            VisitorOf = [.. visitorOf],
            Flags = [.. flags],
            Signs = [.. signs],
            Versions = [.. versions],
            Visitors = [.. visitors],
            Dimensions = dimensions,
            OwnOrigins = [.. this[Dimension.Origin].Texts.Where((_, i) => isOwn[i]).Order(StringComparer.Ordinal)],
        };
    }

    private ValueDimension this[Dimension of] => dimensions[(int)of];

    private int VisitorOf(RequestFeatures request, int network)
    {
        ulong address = request.Address is { } known ? Mix.Two((ulong)(known.Bits >> 64), (ulong)known.Bits) : 0;
        ulong client = Mix.Two(address, HashOf(request.Agent.Text));
        ulong key = request.Session is null ? client : Mix.Two(client, HashOf(request.Session));
        if (!visitorNumbers.TryGetValue(key, out int number))
        {
            visitorNumbers.Add(key, number = visitors.Count);
            if (!clientNumbers.TryGetValue(client, out int clientNumber))
                clientNumbers.Add(client, clientNumber = clientNumbers.Count);
            visitors.Add(
                new(
                    network,
                    FamilyOf(request.Agent),
                    request.Agent.Class,
                    clientNumber,
                    request.Session is not null,
                    First: -1
                )
            );
        }
        return number;
    }

    // User agents that differ in numbers alone are one family: versions of one program.
    private int FamilyOf(AgentFacts agent)
    {
        if (agent.Text.Length == 0)
            return -1;
        Span<char> shape = stackalloc char[Math.Min(agent.Text.Length, 256)];
        int length = 0;
        foreach (char c in agent.Text.AsSpan(0, shape.Length))
            if (!char.IsAsciiDigit(c))
                shape[length++] = c;
        var found = families.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!found.TryGetValue(shape[..length], out int family))
            families.Add(shape[..length].ToString(), family = families.Count);
        return family;
    }

    private void AddValues(RequestFeatures request)
    {
        this[Dimension.Agent].Add(request.Agent.Text);
        this[Dimension.Path].Add(request.Path);
        int end = request.Path.Length > 1 ? request.Path.IndexOf('/', 1) : -1;
        this[Dimension.Folder].Add(end < 0 ? "" : request.Path.AsSpan(0, end + 1));
        this[Dimension.File].Add(request.File);
        this[Dimension.Method].Add(request.Method);
        int equals = request.Query.IndexOf('=', StringComparison.Ordinal);
        this[Dimension.Parameter].Add(equals < 1 ? "" : request.Query.AsSpan(0, equals + 1));
        this[Dimension.Block].Add(request.Block);
        this[Dimension.Browser].Add(request.Agent.Class == AgentClasses.Browser ? request.Agent.Name : "");
        this[Dimension.Origin].Add(OriginOf(request.Referrer, out _));
        this[Dimension.Referrer].Add(request.Referrer);
    }

    private bool Chains(RequestFeatures request, int visitor)
    {
        bool chained = false;
        int origin = this[Dimension.Origin].Rows[^1];
        OriginOf(request.Referrer, out ReadOnlySpan<char> path);
        if (origin >= 0)
        {
            chained = !path.SequenceEqual(request.Path) && seenPages.Contains(PageKey(visitor, path));
            while (origins.Count <= origin)
                origins.Add(default);
            // What refers to the front page alone tells nothing of whose site it is.
            if (path.Length > 1)
                origins[origin] = (origins[origin].Referred + 1, origins[origin].Chained + (chained ? 1 : 0));
        }
        if (!request.IsStatic)
            seenPages.Add(PageKey(visitor, request.Path));
        return chained;
    }

    // The site's own are those whose pages, as referrers, the same visitor mostly got before.
    private bool[] OwnOrigins() =>
        [
            .. this[Dimension.Origin]
                .Texts.Select(
                    (_, i) =>
                        i < origins.Count
                        && origins[i].Referred >= OwnOriginMin
                        && origins[i].Chained * 5 >= origins[i].Referred * 2
                ),
        ];

    /// <summary>Of <c>https://host/path?query</c> what stands before the path's slash, with it; and the path.</summary>
    private static ReadOnlySpan<char> OriginOf(string? referrer, out ReadOnlySpan<char> path)
    {
        path = default;
        int host = referrer?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        int slash = host < 0 ? -1 : referrer!.IndexOf('/', host + 3);
        if (slash < 0)
            return default;
        path = referrer.AsSpan(slash);
        int end = path.IndexOfAny('?', '#');
        if (end >= 0)
            path = path[..end];
        return referrer.AsSpan(0, slash + 1);
    }

    private static RowFlags FlagsOf(RequestFeatures request, in RequestNote note, bool isPage, bool isChained)
    {
        AgentFacts agent = request.Agent;
        RowFlags found = RowFlags.None;
        Set(RowFlags.Page, isPage);
        Set(RowFlags.Chained, isChained);
        Set(RowFlags.Flagged, note.Flagged);
        Set(RowFlags.LabelBot, note.Bot == true);
        Set(RowFlags.LabelHuman, note.Bot == false);
        Set(RowFlags.AgentKnown, (request.Knowledge & RequestKnowledge.Agent) != 0);
        Set(RowFlags.Referred, !string.IsNullOrEmpty(request.Referrer));
        Set(RowFlags.Queried, request.Query.Length > 0);
        Set(RowFlags.Bot, agent.IsBot);
        Set(RowFlags.Library, agent.IsLibrary);
        Set(RowFlags.Headless, agent.IsHeadless);
        Set(RowFlags.Missing, agent.Class == AgentClasses.Missing);
        Set(RowFlags.Browser, agent.Class == AgentClasses.Browser);
        Set(RowFlags.Session, request.Session is not null);
        return found;

        void Set(RowFlags flag, bool holds) => found |= holds ? flag : RowFlags.None;
    }

    private static ulong PageKey(int visitor, ReadOnlySpan<char> path) => Mix.Two((ulong)visitor, HashOf(path));

    private static ulong HashOf(ReadOnlySpan<char> text) => Mix.Bytes(MemoryMarshal.AsBytes(text));
}
