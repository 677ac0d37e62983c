using Throughline.Core.Identity.Components;

namespace Throughline.Cli.Identity.Components;

/// <summary>Finds the components of a list of edges on several threads, which take chunks of edges in turn.</summary>
internal static class ComponentSearch
{
    public static Partition Run(IdentifierNumbers identifiers, EdgeList edges, int threads)
    {
        ComponentForest forest = new(identifiers.Count);
        int taken = -1;
        void Link()
        {
            for (int chunk; (chunk = Interlocked.Increment(ref taken)) < edges.Chunks; )
                forest.Link(edges.Chunk(chunk));
        }
        Task[] others = [.. Enumerable.Range(1, threads - 1).Select(_ => Task.Run(Link))];
        Link();
        Task.WaitAll(others);
        return Partition.Of(forest, identifiers);
    }
}
