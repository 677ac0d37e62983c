namespace Throughline.Cel.Tests;

/// <summary>Tests that count bytes of the heap while no other test adds to them or frees any.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
