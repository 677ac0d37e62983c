using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>A quantile of a figure; 1 is the greatest of all.</summary>
public readonly record struct Quantile(double Share, int Value)
{
    /// <summary><c>p99</c>, <c>max</c>.</summary>
    public string Name => Share == 1 ? "max" : FormattableString.Invariant($"p{Share * 100:0.#}");
}

/// <summary>A value that many are linked to.</summary>
/// <param name="Persons">Identifiers of class person that it is linked to.</param>
/// <param name="Degree">Identifiers that it is linked to.</param>
/// <param name="Customers">Different customers among those; 0 where nobody counted them.</param>
/// <param name="JunkScore">(customers - 1) / (identifiers - 1): 0 where all it is linked to are one customer, 1 where they have nothing else in common.</param>
public sealed record ValueFigures(
    string Type,
    Token Token,
    int Persons,
    int Degree,
    int Customers = 0,
    double JunkScore = 0
);

/// <summary>How identifiers of one type are linked.</summary>
/// <param name="Links">Links with enough evidence that end at one; those that matchers state beside one are no more than it.</param>
/// <param name="Shared">Values that link nothing, since too many are linked to them.</param>
public sealed record TypeFigures(string Type, long Identifiers, long Links, long Shared)
{
    /// <summary>Links for each identifier.</summary>
    public double LinkRate => Identifiers == 0 ? 0 : (double)Links / Identifiers;
}

/// <summary>What tells of a graph that is about to collapse: sizes, degrees, link rates, junk values, limits that were hit.</summary>
/// <param name="NearSizeMax">Customers with nine tenths of the size cap and more.</param>
/// <param name="Rejected">Links that a limit keeps out, by the limit that the union of their ends' customers breaks.</param>
/// <param name="Quarantined">Links without valid evidence.</param>
/// <param name="JunkValues">Values with at least <see cref="GraphHealth.JunkDegreeMin"/> neighbours and a junk score of at least <see cref="GraphHealth.JunkScoreMin"/>.</param>
public sealed record GraphFigures(
    long Identifiers,
    long Customers,
    long Links,
    long Candidates,
    IReadOnlyList<Quantile> CustomerSize,
    long NearSizeMax,
    IReadOnlyList<Quantile> Degree,
    IReadOnlyList<TypeFigures> Types,
    IReadOnlyDictionary<GroupLimit, long> Rejected,
    long Quarantined,
    long SharedValues,
    IReadOnlyList<ValueFigures> MostShared,
    ValueFigures? MostLinked,
    long JunkValues,
    IReadOnlyList<ValueFigures> MostJunk
)
{
    public long RejectedLinks => Rejected.Values.Sum();
}

/// <summary>Measures a graph: one walk over its identifiers and one over its links; nothing is changed.</summary>
internal sealed class GraphHealth(IdentityGraph graph, NameTable types)
{
    /// <summary>Neighbours that a value needs before it is asked how junk it looks.</summary>
    public const int JunkDegreeMin = 10;

    /// <summary>From here on a value counts as junk: half of what it is linked to has nothing else in common.</summary>
    public const double JunkScoreMin = 0.5;

    private const int ListedMax = 20;
    private static readonly double[] Shares = [0.5, 0.9, 0.99, 0.999, 1];

    private readonly List<int> sizes = [];
    private readonly List<int> degrees = [];
    private readonly List<int> shared = [];
    private readonly List<ValueFigures> junk = [];
    private readonly Dictionary<int, (long Identifiers, long Links, long Shared)> byType = [];
    private readonly SortedDictionary<GroupLimit, long> rejected = [];
    private int mostLinked = -1;

    public GraphFigures Measure()
    {
        for (int row = 0; row < graph.Identifiers.Count; row++)
            Note(row);
        long quarantined = 0;
        long candidates = 0;
        for (int link = 0; link < graph.Links.Count; link++)
        {
            LinkRow row = graph.Links[link];
            candidates += row.IsCandidate ? 1 : 0;
            quarantined += row is { Count: 0, IsByOperator: false } ? 1 : 0;
            if (row.Outcome != LinkOutcome.Rejected)
                continue;
            GroupLimit limit = graph.Limits.Broken(row.A, row.B);
            rejected[limit] = rejected.GetValueOrDefault(limit) + 1;
        }
        long near = sizes.LongCount(size => size >= 0.9 * graph.Strategy.SizeMax);
        shared.Sort((x, y) => graph.Counts.Of(y).Degree.CompareTo(graph.Counts.Of(x).Degree));
        junk.Sort(
            (x, y) => x.Customers != y.Customers ? y.Customers.CompareTo(x.Customers) : x.Token.CompareTo(y.Token)
        );
        return new(
            graph.Identifiers.Count,
            sizes.Count,
            graph.Links.Count,
            candidates,
            Quantiles(sizes),
            near,
            Quantiles(degrees),
            [
                .. byType
                    .OrderBy(x => types.Text(x.Key), StringComparer.Ordinal)
                    .Select(x => new TypeFigures(
                        types.Text(x.Key),
                        x.Value.Identifiers,
                        x.Value.Links,
                        x.Value.Shared
                    )),
            ],
            rejected,
            quarantined,
            shared.Count,
            [.. shared.Take(ListedMax).Select(row => ValueOf(row))],
            mostLinked < 0 ? null : ValueOf(mostLinked),
            junk.Count,
            [.. junk.Take(ListedMax)]
        );
    }

    private void Note(int row)
    {
        IdentifierRow identifier = graph.Identifiers[row];
        if (!identifier.IsSeen)
            return;
        CustomerState state = graph.Groups.StateOf(row);
        if (state.Size > 0 && state.Founder == row)
            sizes.Add(state.Size);
        (int _, int degree) = graph.Counts.Of(row);
        degrees.Add(degree);
        (long identifiers, long links, long ofShared) = byType.GetValueOrDefault(identifier.Type);
        byType[identifier.Type] = (identifiers + 1, links + degree, ofShared + (identifier.IsShared ? 1 : 0));
        if (identifier.IsShared)
            shared.Add(row);
        if (mostLinked < 0 || degree > graph.Counts.Of(mostLinked).Degree)
            mostLinked = row;
        if (degree >= JunkDegreeMin && !identifier.IsBlocked)
            NoteJunk(row, identifier, degree);
    }

    private void NoteJunk(int row, in IdentifierRow identifier, int degree)
    {
        HashSet<int> customers = [];
        for (int next = identifier.Links; next != 0; next = graph.Links[next - 1].NextOf(row))
        {
            if (!graph.Links[next - 1].IsCandidate)
                continue;
            int other = graph.Links[next - 1].Other(row);
            int group = graph.Identifiers[other].Group;
            customers.Add(group != 0 ? group : -1 - other);
        }
        double score = (double)(customers.Count - 1) / (degree - 1);
        if (score >= JunkScoreMin)
            junk.Add(ValueOf(row) with { Customers = customers.Count, JunkScore = score });
    }

    private ValueFigures ValueOf(int row)
    {
        ref readonly IdentifierRow identifier = ref graph.Identifiers[row];
        (int persons, int degree) = graph.Counts.Of(row);
        return new(types.Text(identifier.Type), identifier.Token, persons, degree);
    }

    private static IReadOnlyList<Quantile> Quantiles(List<int> values)
    {
        values.Sort();
        return values.Count == 0
            ? []
            :
            [
                .. Shares.Select(share => new Quantile(
                    share,
                    values[(int)Math.Min(values.Count - 1, Math.Ceiling(share * values.Count) - 1)]
                )),
            ];
    }
}
