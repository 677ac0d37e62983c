using Throughline.Core.Identity;

namespace Throughline.Core.Attribution;

/// <summary>
/// How well the owners of one customer match each other: of the paths of accepted links between two the best, and of its links the
/// weakest. 0 for one owner itself, and for those that only an operator's word joins.
/// </summary>
internal sealed class MatchTiers
{
    private readonly List<int> members = [];
    private readonly List<(int Tier, int A, int B)> links = [];
    private readonly Dictionary<int, ushort> places = [];
    private readonly List<List<int>> sets = [];
    private byte[] matrix = [];

    /// <summary>How many members the customer has.</summary>
    public int Count => members.Count;

    /// <summary>Row after row: the tier between two places.</summary>
    public ReadOnlySpan<byte> Matrix => matrix.AsSpan(0, Count * Count);

    public ushort PlaceOf(int identifier) => places[identifier];

    public int Of(int x, int y) => matrix[x * Count + y];

    /// <summary>Looks at the customer of an identifier: links strongest first, each joins two sets of members that match at its tier.</summary>
    public void Take(IdentityGraph graph, int owner)
    {
        members.Clear();
        places.Clear();
        links.Clear();
        foreach (int member in graph.Groups.MembersOf(owner))
        {
            places[member] = (ushort)members.Count;
            members.Add(member);
        }
        foreach (int member in members)
            for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
                if (graph.Links[next - 1].A == member && graph.IsAccepted(next - 1))
                    links.Add((graph.TierOf(next - 1), places[member], places[graph.Links[next - 1].B]));
        links.Sort();
        if (matrix.Length < Count * Count)
            matrix = new byte[Count * Count];
        matrix.AsSpan(0, Count * Count).Clear();
        Join();
    }

    private void Join()
    {
        sets.Clear();
        for (int i = 0; i < Count; i++)
            sets.Add([i]);
        foreach ((int tier, int a, int b) in links)
        {
            List<int> one = sets[a];
            List<int> other = sets[b];
            if (ReferenceEquals(one, other))
                continue;
            foreach (int x in one)
            foreach (int y in other)
                matrix[x * Count + y] = matrix[y * Count + x] = (byte)tier;
            one.AddRange(other);
            foreach (int y in other)
                sets[y] = one;
        }
    }
}
