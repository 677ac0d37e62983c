namespace Throughline.Core.Identity.Components;

/// <summary>A plain edge between two identifiers, by their numbers in <see cref="IdentifierNumbers"/>.</summary>
public readonly record struct Edge(int A, int B);
