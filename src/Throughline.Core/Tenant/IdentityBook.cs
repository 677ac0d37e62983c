using System.Text;
using System.Text.Json;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.Identity.Types;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// What operators say about identity: values that are blocked, pairs that are linked or separated, types that are configured or frozen,
/// the strategy in force. Each is a switch: of several statements the one with the latest (time, id) holds, whenever it arrives.
/// </summary>
internal sealed partial class IdentityBook(NameTable names, bool isBounded = false)
{
    private readonly Dictionary<Token, Said<bool>> blocks = [];
    private readonly Dictionary<(string Kind, Token A, Token B), Said<bool>> pairs = [];
    private readonly HashSet<(Token A, Token B)> linked = [];
    private readonly Said<Strategy> strategies = new();
    private readonly Said<IdentifierTypes> types = new();

    /// <summary>All strategies that were published, in the order of their arrival.</summary>
    public List<PublishedStrategy> Strategies { get; } = [];

    /// <summary>The strategy in force.</summary>
    public Strategy InForce { get; private set; } = Strategy.Default;

    /// <summary>The identifier types in force.</summary>
    public PublishedTypes Types { get; private set; } = PublishedTypes.Default;

    /// <summary>Types that operators froze.</summary>
    public Freezes Freezes { get; } = new();

    /// <summary>Identifiers that were erased.</summary>
    public Erasures Erasures { get; } = new();

    /// <summary>What was said of them, in the order of arrival.</summary>
    public List<PublishedErasure> ErasureStatements { get; } = [];

    /// <summary>Whether documents of the kind are read here.</summary>
    public static bool Reads(string kind) =>
        kind
            is ControlDocument.BlockKind
                or ControlDocument.LinkKind
                or ControlDocument.SeparateKind
                or ControlDocument.StrategyKind
                or ControlDocument.TypesKind
                or ControlDocument.FreezeKind
                or ControlDocument.EraseKind;

    /// <summary>Reads a statement; gives what it changes, or null if a later one was read before.</summary>
    public Action<IdentityGraph, AttributionLens>? Read(
        string kind,
        JsonElement document,
        in EventRecord record,
        long position
    )
    {
        (long Time, Token Id) said = (record.Time, record.Id);
        return kind switch
        {
            ControlDocument.BlockKind => ReadBlock(document, said),
            ControlDocument.StrategyKind => ReadStrategy(document, said, position),
            ControlDocument.TypesKind => ReadTypes(document, said),
            ControlDocument.FreezeKind => ReadFreeze(document, said),
            ControlDocument.EraseKind => ReadErase(document, record.Time, position),
            _ => ReadPair(kind, document, said),
        };
    }

    /// <summary>The identifier types that a document names, if they are not well-known ones.</summary>
    public static IEnumerable<string> TypesIn(string kind, JsonElement document) =>
        (
            kind == ControlDocument.BlockKind ? [ControlDocument.ReadBlock(document).Type]
            : kind == ControlDocument.FreezeKind ? [document.GetProperty("type").GetString()!]
            : kind == ControlDocument.EraseKind
                ? ControlDocument.ReadErase(document).Identifiers.Select(end => end.Type)
            : kind is ControlDocument.LinkKind or ControlDocument.SeparateKind
                ? new[] { ControlDocument.ReadPair(document).A.Type, ControlDocument.ReadPair(document).B.Type }
            : []
        ).Where(type => !IdentifierType.TryCodeOf(type, out _));

    private Action<IdentityGraph, AttributionLens>? ReadBlock(JsonElement document, (long Time, Token Id) said)
    {
        (string type, Token token, bool blocked) = ControlDocument.ReadBlock(document);
        NoteSaid(token, said.Time);
        LastBlock = Math.Max(LastBlock, said.Time);
        if (!blocks.TryGetValue(token, out Said<bool>? ofToken))
            blocks.Add(token, ofToken = new());
        if (!ofToken.Add(said.Time, said.Id, blocked))
            return null;
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

    private Action<IdentityGraph, AttributionLens>? ReadPair(
        string kind,
        JsonElement document,
        (long Time, Token Id) said
    )
    {
        ((string Type, Token Token) a, (string Type, Token Token) b, bool holds) = ControlDocument.ReadPair(document);
        var key = a.Token.CompareTo(b.Token) < 0 ? (kind, a.Token, b.Token) : (kind, b.Token, a.Token);
        NoteSaid(a.Token, said.Time);
        NoteSaid(b.Token, said.Time);
        if (!pairs.TryGetValue(key, out Said<bool>? ofPair))
        {
            pairs.Add(key, ofPair = new());
            NotePartners(kind, a.Token, b.Token);
        }
        if (!ofPair.Add(said.Time, said.Id, holds))
            return null;
        bool links = kind == ControlDocument.LinkKind;
        if (links)
        {
            holds &= !IsVoid(a.Token, b.Token, said.Time);
            if (holds)
                linked.Add((key.Item2, key.Item3));
            else
                linked.Remove((key.Item2, key.Item3));
        }
        (int typeA, int typeB) = (TypeOf(a.Type), TypeOf(b.Type));
        return (graph, _) =>
        {
            int x = graph.FindOrAdd(typeA, a.Token);
            int y = graph.FindOrAdd(typeB, b.Token);
            if (links)
                graph.SetLinked(x, y, holds);
            else
                graph.SetSeparated(x, y, holds);
        };
    }

    private Action<IdentityGraph, AttributionLens>? ReadStrategy(
        JsonElement document,
        (long Time, Token Id) said,
        long position
    )
    {
        Strategy published = StrategyJson.Read(document.GetProperty("strategy"));
        Strategies.Add(new(published, said.Time, position, Text(document, "author"), Text(document, "note")));
        bool isFirst = isBounded && !KeepsApart && published.Conditions is { Count: > 0 };
        KeepsApart |= isFirst;
        if (!strategies.Add(said.Time, said.Id, published))
            return isFirst ? (graph, _) => graph.KeepApart(position) : null;
        Strategy before = InForce;
        InForce = published;
        return (graph, attribution) =>
        {
            if (isFirst)
                graph.KeepApart(position);
            graph.SetStrategy(published, position);
            if (!before.Types.Select(rule => rule.Type).SequenceEqual(published.Types.Select(rule => rule.Type)))
                attribution.OwnersChanged();
        };
    }

    private Action<IdentityGraph, AttributionLens>? ReadTypes(JsonElement document, (long Time, Token Id) said)
    {
        IdentifierTypes configured = IdentifierTypesJson.Read(document.GetProperty("types"));
        if (!types.Add(said.Time, said.Id, configured))
            return null;
        IdentifierTypes before = Types.Types;
        Types = new(configured, said.Time, Text(document, "author"), Text(document, "note"));
        IdentifierTypes published = Types.Types;
        return (graph, attribution) =>
        {
            if (published.LinksLike(before))
                return; // normalisers and what is blocked are the door's
            graph.SetTypes(published);
            attribution.OwnersChanged();
        };
    }

    private Action<IdentityGraph, AttributionLens> ReadFreeze(JsonElement document, (long Time, Token Id) said)
    {
        int type = TypeOf(document.GetProperty("type").GetString()!);
        Freezes.Add(type, said.Time, said.Id, document.GetProperty("frozen").GetBoolean());
        return (graph, _) => graph.SetFrozen(type, VerdictPolicy.BucketOf(said.Time));
    }

    // A word that links is void as what was seen is; one that separates or blocks is told of nobody, and stays.
    private bool IsVoid(Token a, Token b, long said) =>
        Erasures.Covers(a, VerdictPolicy.BucketOf(said)) || Erasures.Covers(b, VerdictPolicy.BucketOf(said));

    private Action<IdentityGraph, AttributionLens> ReadErase(JsonElement document, long time, long position)
    {
        Erasure said = ControlDocument.ReadErase(document);
        ErasureStatements.Add(
            new(
                time,
                position,
                said.WithEvents,
                said.Identifiers.Count,
                Text(document, "reason"),
                Text(document, "author")
            )
        );
        List<(int Type, Token Token, bool IsAgain)> erased = [];
        foreach ((string type, Token token) in said.Identifiers)
        {
            bool isAgain = Erasures.LastOf(token) != int.MinValue;
            if (Erasures.Add(token, VerdictPolicy.BucketOf(time), said.WithEvents))
                erased.Add((TypeOf(type), token, isAgain));
        }
        List<(Token A, Token B)> unlinked =
        [
            .. linked
                .Where(pair => IsVoid(pair.A, pair.B, pairs[(ControlDocument.LinkKind, pair.A, pair.B)].Latest.Time))
                .Order(),
        ];
        linked.ExceptWith(unlinked);
        return (graph, attribution) =>
        {
            foreach ((Token a, Token b) in unlinked)
                graph.SetLinked(graph.Find(a), graph.Find(b), linked: false);
            int[] rows = [.. erased.Select(end => graph.FindOrAdd(end.Type, end.Token))];
            for (int i = 0; i < rows.Length; i++)
                attribution.Reopen(rows[i], isWhole: erased[i].IsAgain);
            graph.Erase(rows, position);
            attribution.Erased(rows, [.. erased.Select(end => end.IsAgain)]);
        };
    }

    private static string Text(JsonElement document, string member) =>
        document.TryGetProperty(member, out JsonElement text) ? text.GetString() ?? "" : "";

    private int TypeOf(string name) =>
        IdentifierType.TryCodeOf(name, out byte code) ? code : names.Intern(Encoding.UTF8.GetBytes(name));
}

/// <summary>What an operator said last of a type.</summary>
/// <param name="Frozen">Its sightings link nobody.</param>
/// <param name="Since">Milliseconds since 1970.</param>
public sealed record FrozenType(string Type, bool Frozen, long Since);

/// <summary>Identifier types as they were published.</summary>
/// <param name="Published">Milliseconds since 1970; 0 if none were.</param>
public sealed record PublishedTypes(IdentifierTypes Types, long Published, string Author, string Note)
{
    /// <summary>None were published.</summary>
    public static PublishedTypes Default { get; } = new(IdentifierTypes.Default, 0, "", "");
}

/// <summary>A strategy as it was published.</summary>
/// <param name="Published">Milliseconds since 1970.</param>
/// <param name="Position">Of its event in the log.</param>
public sealed record PublishedStrategy(Strategy Strategy, long Published, long Position, string Author, string Note);
