namespace Throughline.Core.Identity.Components;

/// <summary>
/// Which component each identifier is in. A component is named by its least identifier (<see cref="IdentifierNumbers.Compare"/>),
/// so its name depends neither on the order of the edges nor on the machine.
/// </summary>
public sealed class Partition
{
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
    public static Partition Of(ComponentForest forest, IdentifierNumbers identifiers)
    {
        ReadOnlySpan<int> roots = forest.Roots();
        var names = new int[roots.Length];
        var sizes = new int[roots.Length];
        int components = 0;
        int largest = 0;
        for (int i = 0; i < roots.Length; i++)
        {
            int root = roots[i];
            if (root == i)
                components++;
            // A root has the least number of its component, so it comes first and has a name when the others ask for it.
            if (root == i || identifiers.Compare(i, names[root]) < 0)
                names[root] = i;
            largest = Math.Max(largest, ++sizes[root]);
        }
        for (int i = 0; i < roots.Length; i++)
            names[i] = names[roots[i]];
        return new(names, components, largest);
    }

    /// <summary>The identifier that names the component of another, by their numbers.</summary>
    public int NameOf(int identifier) => names[identifier];
}
