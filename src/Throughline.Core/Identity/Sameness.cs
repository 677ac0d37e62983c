namespace Throughline.Core.Identity;

/// <summary>
/// Which two values of a unique type may be in one customer after all: those that share enough values of a class, each linked to both
/// directly by links that take part in the pass (<see cref="TypeRule.SameIf"/>). It reads admitted links alone, never what the pass makes of them, so
/// it has one answer; and it is asked of each two, so that a chain of accounts that share with their neighbours alone is no customer.
/// </summary>
/// <param name="isAdmitted">Whether a link takes part in the pass.</param>
internal sealed class Sameness(IdentityGraph graph, StrategyInForce strategy, Func<int, bool> isAdmitted)
{
    private readonly List<int> shared = [];

    /// <summary>Two values of one type may be together.</summary>
    public bool Holds(int x, int y)
    {
        if (strategy.Of(graph.Identifiers[x].Type).SameIf is not { } rule)
            return false;
        (int from, int to) = graph.Counts.Of(x).Degree <= graph.Counts.Of(y).Degree ? (x, y) : (y, x);
        shared.Clear();
        for (int next = graph.Identifiers[from].Links; next != 0; next = graph.Links[next - 1].NextOf(from))
        {
            int value = graph.Links[next - 1].Other(from);
            if (
                value == to
                || strategy.Of(graph.Identifiers[value].Type).Class != rule.Class
                || !isAdmitted(next - 1)
                || shared.Contains(value)
                || !graph.AnyLink(to, value, isAdmitted)
            )
                continue;
            shared.Add(value);
            if (shared.Count == rule.Sharing)
                return true;
        }
        return false;
    }

    /// <summary>Adds the ends of a link whose sameness with others hangs on the link.</summary>
    public void AddEnds(int link, HashSet<int> to)
    {
        if (strategy.SameSlots == 0)
            return;
        (int a, int b) = (graph.Links[link].A, graph.Links[link].B);
        if (Asks(a, b))
            to.Add(a);
        if (Asks(b, a))
            to.Add(b);
    }

    /// <summary>The link, which comes or goes, may be what two values share: its other end is linked to another value of the type.</summary>
    public bool MayChange(int link)
    {
        if (strategy.SameSlots == 0)
            return false;
        (int a, int b) = (graph.Links[link].A, graph.Links[link].B);
        return (Asks(a, b) && HasAnother(b, a)) || (Asks(b, a) && HasAnother(a, b));
    }

    private bool HasAnother(int value, int end)
    {
        for (int next = graph.Identifiers[value].Links; next != 0; next = graph.Links[next - 1].NextOf(value))
        {
            int other = graph.Links[next - 1].Other(value);
            if (other != end && graph.Identifiers[other].Type == graph.Identifiers[end].Type && isAdmitted(next - 1))
                return true;
        }
        return false;
    }

    private bool Asks(int end, int value) =>
        strategy.Of(graph.Identifiers[end].Type).SameIf is { } rule
        && strategy.Of(graph.Identifiers[value].Type).Class == rule.Class;
}
