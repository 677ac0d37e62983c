using Throughline.Core.Events;
using Throughline.Core.Events.Expressions;
using Throughline.Core.Gate;
using Throughline.Core.Tenant;

namespace Throughline.Core.Identity;

/// <summary>
/// A part of the graph as it was before an instant: the canonical partition over the facts with an event time before it, under the statements
/// of before it, whatever arrived when; erasures are of all times. Takes over the evidence around whoever is asked for, as far as links that
/// then could make a customer reach; the rest cannot matter. The instant begins a verdict's bucket: within one nobody knows what an actor was until it ends.
/// </summary>
/// <param name="now">The graph of today; only read. Once a strategy had conditions its sightings must be kept apart.</param>
/// <param name="verdicts">The actors of its sightings.</param>
/// <param name="book">What operators said.</param>
/// <param name="history">The log.</param>
/// <param name="end">Milliseconds since 1970.</param>
/// <param name="find">The row today of an identifier that operators paired, or -1; null: the graph of today finds it.</param>
internal sealed class PastGraph(
    IdentityGraph now,
    VerdictLens verdicts,
    IdentityBook book,
    IHistory history,
    long end,
    Func<Token, int>? find = null
)
{
    private readonly Dictionary<int, int> known = []; // rows today and here
    private readonly Dictionary<int, int> today = []; // and the other way round
    private readonly HashSet<int> brought = [];
    private readonly HashSet<int> visited = [];

    /// <summary>What was taken over, in rows of its own.</summary>
    public IdentityGraph Graph { get; } = now.Beside(book.StrategyAt(end), book.TypesAt(end));

    /// <summary>Identifiers that were looked at to find customers out.</summary>
    public int Visited => visited.Count;

    /// <summary>The strategy and the types of today are those of then.</summary>
    public bool IsUnderTheSame =>
        ReferenceEquals(book.InForce, Graph.Strategy) && ReferenceEquals(book.Types.Types, book.TypesAt(end));

    /// <summary>The row today of a row here.</summary>
    public int RowToday(int here) => today[here];

    /// <summary>Takes over the whole customer of an identifier (its row today); gives the identifier's row here, or -1 if nobody had seen it.</summary>
    public int Find(int row)
    {
        int found = Bring(row);
        if (found < 0)
            return -1;
        Queue<int> rest = new();
        if (visited.Add(found))
            rest.Enqueue(found);
        while (rest.TryDequeue(out int here))
        {
            Bring(RowToday(here));
            if (Graph.Identifiers[here].IsShared || Graph.Identifiers[here].IsBlocked)
                continue;
            for (int next = Graph.Identifiers[here].Links; next != 0; next = Graph.Links[next - 1].NextOf(here))
                if (Graph.Links[next - 1].IsCandidate && visited.Add(Graph.Links[next - 1].Other(here)))
                    rest.Enqueue(Graph.Links[next - 1].Other(here));
        }
        return found;
    }

    /// <summary>
    /// Takes over an identifier (its row today) with all its evidence, so that it is known here whether it was shared or blocked; gives its row
    /// here, or -1 if nobody had seen it.
    /// </summary>
    public int Bring(int row)
    {
        int here = See(row);
        if (here < 0 || !brought.Add(row) || Graph.Identifiers[here].IsBlocked)
            return here;
        foreach ((Token token, bool isLinked) in book.PairsAt(now.Identifiers[row].Token, end))
            if (
                (find?.Invoke(token) ?? now.Find(token)) is >= 0 and int partner
                && See(partner) is >= 0 and int other
                && other != here
            )
                if (isLinked)
                    Graph.SetLinked(here, other, linked: true);
                else
                    Graph.SetSeparated(here, other, separated: true);
        for (int next = now.Identifiers[row].Links; next != 0; next = now.Links[next - 1].NextOf(row))
            if (See(now.Links[next - 1].Other(row)) is >= 0 and int other)
            {
                Restate(next - 1, here, other);
                if (Graph.Identifiers[here].IsShared)
                    break; // more links would not change that
            }
        return here;
    }

    /// <summary>The row here of an event's owner, or -1; it is brought, its customer is not.</summary>
    /// <param name="position">Of the event, whose time is before the instant.</param>
    public int OwnerOf(long position)
    {
        EventRecord record = EventRecord.FromTrusted(history.Read(position));
        int bucket = VerdictPolicy.BucketOf(record.Time);
        Span<int> rows = stackalloc int[EventRecord.MaxIdentifiers];
        rows = rows[..record.IdentifierCount];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = now.Find(record.Identifier(i).Token);
        foreach (ref int row in rows) // the record is gone by now
        {
            ref readonly IdentifierRow identifier = ref now.Identifiers[row];
            int here = now.IsErased(row, bucket) ? -1 : Bring(row);
            row = here >= 0 ? here : Graph.FindOrAdd(identifier.Type, identifier.Token);
        }
        return Graph.OwnerOf(rows, bucket);
    }

    private int See(int row)
    {
        if (known.TryGetValue(row, out int here))
            return here;
        IdentifierRow identifier = now.Identifiers[row];
        if (!identifier.IsSeen || identifier.FirstSeen >= end)
            return -1;
        known.Add(row, here = Graph.FindOrAdd(identifier.Type, identifier.Token));
        today.Add(here, row);
        if (book.IsBlockedAt(identifier.Token, end))
            Graph.SetBlocked(here, blocked: true);
        return Graph.See(identifier.Type, identifier.Token, identifier.FirstSeen, identifier.FirstPosition);
    }

    // Of a link's sightings of before those that counted then. Where conditions ask more of events, these are read again.
    private void Restate(int link, int x, int y)
    {
        int stated = now.Links[link].Stated;
        (long first, long last, int count) = (long.MaxValue, long.MinValue, 0);
        for (int next = now.Links[link].Sightings; next != 0; next = now.Sightings[next - 1].NextOfLink)
        {
            SightingRow sighting = now.Sightings[next - 1];
            long start = StartOf(sighting);
            bool counts = start < end && verdicts.Counts(sighting.Bucket, end);
            if (!counts || !Graph.IsInTime(x, y, verdicts.Actors[sighting.Bucket].Bucket) || !IsHeld(sighting, x, y))
                continue;
            first = Math.Min(first, start + sighting.First);
            last = Math.Max(last, start + sighting.Last);
            count += sighting.Count;
        }
        Graph.Restate(x, y, stated, count == 0 ? default : new(first, last, count));
    }

    private bool IsHeld(in SightingRow sighting, int x, int y)
    {
        bool isStated = now.Links[sighting.Link].Stated != 0;
        if (!isStated && !Graph.HasConditions)
            return true;
        EventRecord record = EventRecord.FromTrusted(history.Read(sighting.Position));
        return (!isStated || Graph.Admits(record))
            && (!Graph.HasConditions || Graph.Holds(x, y, EventInput.Of(record)));
    }

    private long StartOf(in SightingRow sighting) => verdicts.Actors[sighting.Bucket].Bucket * VerdictPolicy.BucketMs;
}
