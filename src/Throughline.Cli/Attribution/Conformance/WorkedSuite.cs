using System.Text.Json;
using Throughline.Core.Attribution.Models;

namespace Throughline.Cli.Attribution.Conformance;

/// <summary>
/// Published worked examples: documents with <c>examples</c>. What an example gives says what is asked: a journey (touches),
/// weights by path length, touches by day, counted paths, windows that change. Each expected figure is a case.
/// </summary>
internal static class WorkedSuite
{
    public static void Run(ConformanceTally tally)
    {
        foreach ((string file, JsonElement document) in JsonCases.Find(tally.Root, "examples"))
        foreach (JsonElement example in document.GetProperty("examples").EnumerateArray())
            Example(new(tally, file, example));
    }

    private static void Example(WorkedExample example)
    {
        int before = example.Checked;
        WorkedJourneys.Run(example);
        WorkedPaths.Run(example);
        if (example.Checked == before)
            example.Check("form", "a form that is known", "none of touches, weights, days, paths, cases");
    }
}

/// <summary>An example, and where its cases are counted.</summary>
internal sealed class WorkedExample(ConformanceTally tally, string file, JsonElement element)
{
    public int Checked { get; private set; }
    public string File => file;
    public JsonElement Element => element;
    private string Id => element.TryGetProperty("id", out JsonElement id) ? id.GetString()! : "example";

    public bool Has(string member) => element.TryGetProperty(member, out _);

    public JsonElement Get(string member) => element.GetProperty(member);

    public Rational Number(JsonElement value) => value.Fraction(file);

    public void Check(string what, string expected, string actual)
    {
        Checked++;
        tally.Check(file, $"{Id}: {what}", expected, actual);
    }

    public void Check(string what, bool holds, string expected, string actual)
    {
        Checked++;
        tally.Check(file, $"{Id}: {what}", holds, expected, actual);
    }

    public void Exact(string what, JsonElement expected, Rational actual)
    {
        Rational wanted = Number(expected);
        Check(what, wanted == actual, wanted.ToString(), actual.ToString());
    }

    /// <summary>A number computed as a double, against one that is given exactly.</summary>
    public void Near(string what, JsonElement expected, double actual)
    {
        Rational wanted = Number(expected);
        Check(
            what,
            Math.Abs(wanted.ToDouble() - actual) <= 1e-9,
            wanted.ToString(),
            FormattableString.Invariant($"{actual:R}")
        );
    }
}
