using Throughline.Core.Gate.Decide;

namespace Throughline.Core.Gate.Rules;

/// <summary>
/// A validated, compiled, immutable version of a tenant's rules, counters, lists and routes; many threads may use it.
/// </summary>
public sealed class GateModel
{
    /// <summary>Checks and compiles a document. With any issue there is no model, and all issues are named.</summary>
    public static GateModel? Create(GateDocument document, long version, out IReadOnlyList<GateIssue> issues) =>
        throw new NotSupportedException($"{document}{version}{typeof(GateInputs)}");

    public GateDocument Document => throw new NotSupportedException();

    /// <summary>The number of the publication, from 1; 0 for a set that was never published.</summary>
    public long Version => throw new NotSupportedException();
}
