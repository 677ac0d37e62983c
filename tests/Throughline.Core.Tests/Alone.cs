namespace Throughline.Core.Tests;

/// <summary>Tests that count bytes while no other test makes the collector work.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
