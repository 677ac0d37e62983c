using Throughline.Core.Identity;

namespace Throughline.Core.Tenant;

/// <summary>Makes out whom an erasure has to name: from then on the statement alone says it, whatever the graph becomes.</summary>
internal static class EraseStatement
{
    /// <summary>For the customer of an identifier as it stands, or for the identifier alone.</summary>
    public static Erasure Of(IdentityGraph graph, Names names, int row, bool alone)
    {
        // A value that is blocked or shared tells of nobody: events that show it are not its own. One that was erased as such stays it.
        bool isSomebody =
            graph.Identifiers[row].CanOwn && (graph.Identifiers[row].IsSeen || !graph.WasErasedAlone(row));
        List<(string Type, Events.Token Token)> ends = [];
        if (alone || !isSomebody || graph.Groups.StateOf(row).Size == 0)
            ends.Add(End(graph, names, row));
        else
            foreach (int member in graph.Groups.MembersOf(row))
                ends.Add(End(graph, names, member));
        ends.Sort(
            (x, y) => string.CompareOrdinal(x.Type, y.Type) is var type && type != 0 ? type : x.Token.CompareTo(y.Token)
        );
        return new(ends, WithEvents: !alone && isSomebody);
    }

    private static (string, Events.Token) End(IdentityGraph graph, Names names, int row) =>
        (names.IdentifierTypes.Text(graph.Identifiers[row].Type), graph.Identifiers[row].Token);
}
