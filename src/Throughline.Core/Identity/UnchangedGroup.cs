using Throughline.Core.Gate;
using Throughline.Core.Tenant;

namespace Throughline.Core.Identity;

/// <summary>
/// Finds the customer that an identifier had before an instant in the graph of today, where nothing since can have changed it: far cheaper than
/// <see cref="PastGraph"/>, and what most customers need. If every link that had evidence then leads, from the identifier on, into one customer of today,
/// those that it reaches were one customer: limits are monotone, so whatever order the links had, no union of them was refused. Without labels and
/// statements since then, evidence has only grown: who is not shared today was not then.
/// </summary>
internal sealed class UnchangedGroup(IdentityGraph graph, LabelBook labels, IdentityBook book)
{
    private readonly List<int> members = [];
    private readonly HashSet<int> known = [];

    /// <summary>The customer, the asked identifier first; rows of the graph.</summary>
    public IReadOnlyList<int> Members => members;

    /// <summary>It is a customer of today, linked as it was then: owners match as they did.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Looks for the customer; false if it takes more to tell.</summary>
    /// <param name="row">Of an identifier that was seen before the end.</param>
    /// <param name="end">Milliseconds since 1970.</param>
    /// <param name="most">Members that are looked at.</param>
    public bool TryFind(int row, long end, int most)
    {
        members.Clear();
        known.Clear();
        bool isAsToday =
            graph.Strategy.MinEvidence == 1
            && labels.LastSaid < end
            && ReferenceEquals(book.StrategyAt(end), book.InForce)
            && ReferenceEquals(book.TypesAt(end), book.Types.Types);
        if (!isAsToday || !graph.Identifiers[row].IsSeen || !Add(row, end))
            return false;
        IsWhole = true;
        for (int at = 0; at < members.Count; at++)
            if (members.Count > most || !FollowLinks(members[at], end))
                return false;
        IsWhole &= members.Count == graph.Groups.SizeOf(row);
        return HasNoTwins();
    }

    private bool FollowLinks(int member, long end)
    {
        for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
        {
            LinkRow link = graph.Links[next - 1];
            int other = link.Other(member);
            bool wasSeen = graph.Identifiers[other].IsSeen && graph.Identifiers[other].FirstSeen < end;
            bool wasThere = link.IsByOperator || (link.Count > 0 && link.First < end);
            bool isAccepted = link.Outcome == LinkOutcome.Accepted;
            if (wasSeen && wasThere)
            {
                if (!isAccepted || !Add(other, end))
                    return false;
                continue;
            }
            IsWhole &= !isAccepted;
            // An event may have shown both all the same, and must have the owner that it had.
            bool mayOwnAsThen = IsAsThen(other, end) && book.LastBlock < end;
            if (wasSeen && !mayOwnAsThen && graph.WasSeen(next - 1, end))
                return false;
        }
        return true;
    }

    private bool Add(int row, long end)
    {
        if (!known.Add(row))
            return true;
        members.Add(row);
        return IsAsThen(row, end);
    }

    // It may own events today, and nothing was said of it since: so it might then, if nobody who was seen with it was blocked since.
    private bool IsAsThen(int row, long end) =>
        graph.Identifiers[row].CanOwn && book.LastSaidOf(graph.Identifiers[row].Token) < end;

    // Values that may be together since they share others may not have shared them yet.
    private bool HasNoTwins()
    {
        for (int i = 0; i < members.Count; i++)
            if (graph.MayHaveTwins(members[i]))
                for (int j = 0; j < i; j++)
                    if (graph.Identifiers[members[i]].Type == graph.Identifiers[members[j]].Type)
                        return false;
        return true;
    }
}
