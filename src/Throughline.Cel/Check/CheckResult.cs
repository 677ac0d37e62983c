using System.Diagnostics.CodeAnalysis;

namespace Throughline.Cel.Check;

/// <summary>An expression with its types, or what is wrong with it.</summary>
/// <param name="Checked">Null if there are issues.</param>
/// <param name="Issues">In the order of their places in the text; empty if the types agree.</param>
public sealed record CheckResult(CheckedExpr? Checked, IReadOnlyList<CelIssue> Issues)
{
    /// <summary>There is a checked expression, and no issue.</summary>
    [MemberNotNullWhen(true, nameof(Checked))]
    public bool IsSuccess => Checked is not null;
}
