namespace Throughline.Core.Identity;

/// <summary>
/// Searches from both ends of a removed link, a step each in turn, over the links still admitted. The searches meet (the ends
/// still belong together) or one runs dry (it holds a whole part): the cost follows the smaller side.
/// </summary>
internal sealed class Separation(IdentityGraph graph)
{
    private readonly Search left = new();
    private readonly Search right = new();

    /// <summary>The members of a part that holds exactly one of the two, or null if they are still connected.</summary>
    public List<int>? SmallerPart(int x, int y)
    {
        left.Start(x);
        right.Start(y);
        while (true)
        {
            if (left.IsDry)
                return left.Found;
            if (Step(left, right))
                return null;
            if (right.IsDry)
                return right.Found;
            if (Step(right, left))
                return null;
        }
    }

    private bool Step(Search own, Search other)
    {
        int at = own.Found[own.Expanded++];
        for (int next = graph.Identifiers[at].Links; next != 0; next = graph.Links[next - 1].NextOf(at))
        {
            if (!graph.IsAdmitted(next - 1))
                continue;
            int neighbour = graph.Links[next - 1].Other(at);
            if (other.Seen.Contains(neighbour))
                return true;
            own.Add(neighbour);
        }
        return false;
    }

    private sealed class Search
    {
        public readonly List<int> Found = [];
        public readonly HashSet<int> Seen = [];
        public int Expanded;

        public bool IsDry => Expanded == Found.Count;

        public void Start(int at) => Add(at);

        public void Add(int at)
        {
            if (Seen.Add(at))
                Found.Add(at);
        }
    }
}
