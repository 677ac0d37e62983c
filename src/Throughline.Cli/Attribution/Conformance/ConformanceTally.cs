using System.Globalization;
using System.Text.Json.Serialization;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>A case that came out otherwise than its source says.</summary>
/// <param name="Name">Path of the file, relative to the folder that was given.</param>
/// <param name="Case">Which case of the file, where it has several.</param>
internal sealed record CaseFailure(
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Case,
    string Expected,
    string Actual
);

/// <summary>How many cases of one tag passed.</summary>
internal sealed record TagCount(int Passed, int Failed);

/// <summary>Counts the cases of a run and keeps those that failed.</summary>
internal sealed class ConformanceTally(string root)
{
    private readonly List<CaseFailure> failures = [];
    private readonly List<CaseFailure> contradictions = [];

    public string Root { get; } = root;
    public int Passed { get; private set; }
    public IReadOnlyList<CaseFailure> Failures => failures;

    /// <summary>Cases that no rule can satisfy, since another case of the same file says the opposite; they count as neither.</summary>
    public IReadOnlyList<CaseFailure> Contradictions => contradictions;

    /// <summary>By tag, where the suite has tags.</summary>
    public SortedDictionary<string, TagCount> ByTag { get; } = new(StringComparer.Ordinal);

    public string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    public bool Check(string file, string? what, string expected, string actual) =>
        Check(file, what, expected == actual, expected, actual);

    public bool Check(string file, string? what, bool holds, string expected, string actual)
    {
        if (holds)
            Passed++;
        else
            failures.Add(new(Relative(file), what, expected, actual));
        return holds;
    }

    /// <summary>Equal to within <paramref name="tolerance"/>.</summary>
    public void Near(string file, string what, double expected, double actual, double tolerance) =>
        Check(file, what, Math.Abs(expected - actual) <= tolerance, Text(expected), Text(actual));

    public void Exact(string file, string what, Rational expected, Rational actual) =>
        Check(file, what, expected == actual, expected.ToString(), actual.ToString());

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public void Contradicted(string file, string what, string expected, string actual) =>
        contradictions.Add(new(Relative(file), what, expected, actual));
}
