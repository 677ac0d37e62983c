using Throughline.Cli.Input;

namespace Throughline.Cli.Identity.Components;

/// <summary>What <c>identity components</c> found, as <c>--json</c> prints it.</summary>
/// <param name="Edges">Lines that are edges, repeated ones and those of an identifier with itself too.</param>
/// <param name="Identifiers">Different ones.</param>
/// <param name="Largest">Identifiers of the largest component.</param>
/// <param name="Rejected">Lines that are neither edges nor blank.</param>
/// <param name="Rejections">The first of them.</param>
/// <param name="EdgesPerSecond"><paramref name="Edges"/> over <paramref name="ComputeSeconds"/>.</param>
/// <param name="ReadSeconds">Reading, unpacking, taking lines apart and numbering identifiers.</param>
/// <param name="ComputeSeconds">From numbered edges to the name of every identifier's component.</param>
/// <param name="WriteSeconds">Until all is with the operating system.</param>
internal sealed record ComponentsReport(
    long Edges,
    int Identifiers,
    int Components,
    int Largest,
    long Rejected,
    IReadOnlyList<InputRejection> Rejections,
    double EdgesPerSecond,
    double ReadSeconds,
    double ComputeSeconds,
    double WriteSeconds,
    int Threads
);
