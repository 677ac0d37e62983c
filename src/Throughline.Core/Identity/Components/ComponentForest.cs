using System.Runtime.CompilerServices;
using Throughline.Core.State;

namespace Throughline.Core.Identity.Components;

/// <summary>
/// The weakly connected components of numbered identifiers: a union-find whose roots are the least numbers. Threads may link at
/// once, without locks: what comes out does not depend on who was first.
/// </summary>
/// <remarks>
/// Link by index and path halving, with compare-and-swap at the roots (Anderson and Woll, "Wait-free parallel algorithms for the
/// union-find problem"; Dhulipala et al., "ConnectIt", arXiv 2008.03909). A parent is never greater than its child, so there is
/// no cycle; a root that lost becomes a root never again, so an outdated write of halving still names an ancestor.
/// </remarks>
public sealed class ComponentForest
{
    private const int LookAhead = 24; // edges whose parents are on their way from memory meanwhile

    private readonly int[] parents;

    /// <summary>So many identifiers, each alone.</summary>
    public ComponentForest(int count)
    {
        parents = new int[count];
        for (int i = 0; i < count; i++)
            parents[i] = i;
    }

    /// <summary>Joins the ends of edges. Any number of threads may call it at once, each with edges of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a few long calls: none later that would profit from slow first ones
    public void Link(ReadOnlySpan<Edge> edges)
    {
        for (int i = 0; i < edges.Length; i++)
        {
            if (i + LookAhead < edges.Length)
            {
                Edge later = edges[i + LookAhead];
                Prefetching.Of(in parents[later.A]);
                Prefetching.Of(in parents[later.B]);
            }
            Unite(edges[i].A, edges[i].B);
        }
    }

    /// <summary>
    /// Once nobody links any more: the least number of the component of each identifier, in the order of the numbers. It is the
    /// forest's own array, which is its caller's from then on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int[] TakeRoots()
    {
        int[] roots = parents;
        for (int i = 0; i < roots.Length; i++)
        {
            if (i + LookAhead < roots.Length)
                Prefetching.Of(in roots[roots[i + LookAhead]]);
            roots[i] = roots[roots[i]]; // parents come before their children, so it has found its own root already
        }
        return roots;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Unite(int a, int b)
    {
        if (Volatile.Read(ref parents[a]) != Volatile.Read(ref parents[b]))
            UniteRoots(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UniteRoots(int a, int b)
    {
        while (true)
        {
            a = RootOf(a);
            b = RootOf(b);
            if (a == b)
                return;
            if (a < b)
                (a, b) = (b, a);
            if (Interlocked.CompareExchange(ref parents[a], b, a) == a)
                return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int RootOf(int at)
    {
        while (true)
        {
            int parent = Volatile.Read(ref parents[at]);
            if (parent == at)
                return at;
            int grandparent = Volatile.Read(ref parents[parent]);
            if (parent == grandparent)
                return parent;
            Volatile.Write(ref parents[at], grandparent);
            at = grandparent;
        }
    }
}
