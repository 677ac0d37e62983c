using System.Globalization;

namespace Throughline.Server.Edge;

/// <summary>One run of an edge, from its start on.</summary>
/// <param name="instance">The edge's name.</param>
/// <param name="startedAt">Milliseconds since 1970.</param>
internal sealed class EdgeRun(string instance, long startedAt)
{
    public string Instance => instance;

    public long StartedAt => startedAt;

    /// <summary>What ids of this run begin with.</summary>
    public string Prefix { get; } = $"{instance}-{startedAt.ToString("x", CultureInfo.InvariantCulture)}-";
}

/// <summary>
/// Names a decision before anything is stored of it: the edge, its start, and a number that grows by one with each decision for
/// a tenant, so that a gap is a loss. As text: <c>edge-19f0c2a51b4-17</c>.
/// </summary>
internal readonly record struct DecisionId(EdgeRun Run, long Sequence)
{
    private const int SequenceDigitsMax = 19;

    /// <summary>The sequence of an id of this run; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, EdgeRun run, out long sequence)
    {
        sequence = 0;
        return text.StartsWith(run.Prefix, StringComparison.Ordinal)
            && text.Length <= run.Prefix.Length + SequenceDigitsMax
            && long.TryParse(text[run.Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Run.Prefix}{Sequence}");
}
