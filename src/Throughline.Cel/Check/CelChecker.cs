using Throughline.Cel.Parse;

namespace Throughline.Cel.Check;

/// <summary>
/// The type checker (specification, "Gradual Type Checking"): finds what names and calls stand for, and the type of every
/// expression. Where a type is <c>dyn</c>, the check is left to the evaluation.
/// </summary>
public static class CelChecker
{
    /// <summary>Checks a parsed expression. It reports up to <see cref="MaxIssues"/> issues, each at the innermost place.</summary>
    public static CheckResult Check(ParsedExpr parsed, CelEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        ArgumentNullException.ThrowIfNull(environment);
        CheckWalk walk = new(parsed, environment);
        return walk.Run();
    }

    /// <summary>More issues than this are not reported.</summary>
    public const int MaxIssues = 50;
}
