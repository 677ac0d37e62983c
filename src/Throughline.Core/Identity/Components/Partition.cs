using System.Runtime.CompilerServices;
using Throughline.Core.State;

namespace Throughline.Core.Identity.Components;

/// <summary>
/// Which component each identifier is in. A component is named by its least identifier (<see cref="IdentifierNumbers.Compare"/>),
/// so its name depends neither on the order of the edges nor on the machine.
/// </summary>
public sealed class Partition
{
    private const int LookAhead = 24; // groups that are on their way from memory meanwhile

    private readonly int[] names; // by identifier

    private Partition(int[] names, int components, int largest)
    {
        this.names = names;
        Components = components;
        Largest = largest;
    }

    /// <summary>How many components there are.</summary>
    public int Components { get; }

    /// <summary>Identifiers of the largest one.</summary>
    public int Largest { get; }

    /// <summary>Names the components of a forest that is complete.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // called once, for long
    public static Partition Of(ComponentForest forest, IdentifierNumbers identifiers)
    {
        int[] names = forest.TakeRoots(); // until the names are known
        var groups = new Group[names.Length];
        int components = 0;
        int largest = 0;
        for (int i = 0; i < names.Length; i++)
        {
            if (i + LookAhead < names.Length)
            {
                Prefetching.Of(in groups[names[i + LookAhead]]);
                identifiers.Prefetch(names[i + LookAhead]);
            }
            int root = names[i];
            ref Group group = ref groups[root];
            if (root == i)
                components++;
            // A root has the least number of its component, so it comes first and has a name when the others ask for it.
            if (root == i || identifiers.Compare(i, group.Name) < 0)
                group.Name = i;
            largest = Math.Max(largest, ++group.Size);
        }
        for (int i = 0; i < names.Length; i++)
        {
            if (i + LookAhead < names.Length)
                Prefetching.Of(in groups[names[i + LookAhead]]);
            names[i] = groups[names[i]].Name;
        }
        return new(names, components, largest);
    }

    /// <summary>The identifier that names the component of another, by their numbers.</summary>
    public int NameOf(int identifier) => names[identifier];

    // Of a component, at the place of its root.
    private struct Group
    {
        public int Name;
        public int Size;
    }
}
