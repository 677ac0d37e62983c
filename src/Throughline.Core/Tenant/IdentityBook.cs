using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// What operators say about identity: values that are blocked, pairs that are linked or separated, the strategy in force. Each is a
/// switch: of several statements the one with the latest (time, id) holds, whenever it arrives.
/// </summary>
internal sealed class IdentityBook(NameTable types)
{
    private readonly Dictionary<Token, (long Time, Token Id)> blocks = [];
    private readonly Dictionary<(string Kind, Token A, Token B), (long Time, Token Id)> pairs = [];
    private (long Time, Token Id) strategy = (long.MinValue, default);

    /// <summary>All strategies that were published, in the order of their arrival.</summary>
    public List<PublishedStrategy> Strategies { get; } = [];

    /// <summary>The strategy in force.</summary>
    public Strategy InForce { get; private set; } = Strategy.Default;

    /// <summary>Whether documents of the kind are read here.</summary>
    public static bool Reads(string kind) =>
        kind
            is ControlDocument.BlockKind
                or ControlDocument.LinkKind
                or ControlDocument.SeparateKind
                or ControlDocument.StrategyKind;

    /// <summary>Reads a statement; gives what it changes, or null if a later one was read before.</summary>
    public Action<IdentityGraph, AttributionLens>? Read(
        string kind,
        JsonElement document,
        in EventRecord record,
        long position
    )
    {
        (long Time, Token Id) said = (record.Time, record.Id);
        if (kind == ControlDocument.BlockKind)
            return ReadBlock(document, said);
        return kind == ControlDocument.StrategyKind
            ? ReadStrategy(document, said, position)
            : ReadPair(kind, document, said);
    }

    /// <summary>The identifier types that a document names, if they are not well-known ones.</summary>
    public static IEnumerable<string> TypesIn(string kind, JsonElement document) =>
        (
            kind == ControlDocument.BlockKind ? [ControlDocument.ReadBlock(document).Type]
            : kind is ControlDocument.LinkKind or ControlDocument.SeparateKind
                ? new[] { ControlDocument.ReadPair(document).A.Type, ControlDocument.ReadPair(document).B.Type }
            : []
        ).Where(type => !IdentifierType.TryCodeOf(type, out _));

    private Action<IdentityGraph, AttributionLens>? ReadBlock(JsonElement document, (long, Token) said)
    {
        (string type, Token token, bool blocked) = ControlDocument.ReadBlock(document);
        if (blocks.TryGetValue(token, out (long, Token) last) && said.CompareTo(last) < 0)
            return null;
        blocks[token] = said;
        int code = TypeOf(type);
        return (graph, attribution) =>
        {
            int row = graph.FindOrAdd(code, token);
            if (graph.Identifiers[row].IsBlocked == blocked)
                return;
            graph.SetBlocked(row, blocked);
            attribution.OwnerChanged(row);
        };
    }

    private Action<IdentityGraph, AttributionLens>? ReadPair(string kind, JsonElement document, (long, Token) said)
    {
        ((string Type, Token Token) a, (string Type, Token Token) b, bool holds) = ControlDocument.ReadPair(document);
        var key = a.Token.CompareTo(b.Token) < 0 ? (kind, a.Token, b.Token) : (kind, b.Token, a.Token);
        if (pairs.TryGetValue(key, out (long, Token) last) && said.CompareTo(last) < 0)
            return null;
        pairs[key] = said;
        (int typeA, int typeB) = (TypeOf(a.Type), TypeOf(b.Type));
        return (graph, _) =>
        {
            int x = graph.FindOrAdd(typeA, a.Token);
            int y = graph.FindOrAdd(typeB, b.Token);
            if (kind == ControlDocument.LinkKind)
                graph.SetLinked(x, y, holds);
            else
                graph.SetSeparated(x, y, holds);
        };
    }

    private Action<IdentityGraph, AttributionLens>? ReadStrategy(
        JsonElement document,
        (long, Token) said,
        long position
    )
    {
        Strategy published = StrategyJson.Read(document.GetProperty("strategy"));
        Strategies.Add(new(published, said.Item1, position, Text(document, "author"), Text(document, "note")));
        if (said.CompareTo(strategy) < 0)
            return null;
        strategy = said;
        Strategy before = InForce;
        InForce = published;
        return (graph, attribution) =>
        {
            graph.SetStrategy(published);
            if (!before.Types.Select(rule => rule.Type).SequenceEqual(published.Types.Select(rule => rule.Type)))
                attribution.OwnersChanged();
        };
    }

    private static string Text(JsonElement document, string member) =>
        document.TryGetProperty(member, out JsonElement text) ? text.GetString() ?? "" : "";

    private int TypeOf(string name) =>
        IdentifierType.TryCodeOf(name, out byte code) ? code : types.Intern(Encoding.UTF8.GetBytes(name));
}

/// <summary>A strategy as it was published.</summary>
/// <param name="Published">Milliseconds since 1970.</param>
/// <param name="Position">Of its event in the log.</param>
public sealed record PublishedStrategy(Strategy Strategy, long Published, long Position, string Author, string Note);
