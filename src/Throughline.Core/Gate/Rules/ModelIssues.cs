using System.Globalization;
using Throughline.Cel;
using Throughline.Cel.Check;

namespace Throughline.Core.Gate.Rules;

/// <summary>Collects what is wrong in a document, each with its JSON pointer.</summary>
internal sealed class ModelIssues
{
    private readonly List<GateIssue> issues = [];

    public IReadOnlyList<GateIssue> All => issues;

    public void Add(string path, string message) => issues.Add(new(path, message));

    public void Add(string path, CelIssue issue) => issues.Add(new(path, issue.ToString(), issue.Line, issue.Column));

    /// <summary>Notes the issue unless the condition holds, which it gives back.</summary>
    public bool Require(bool condition, string path, string message)
    {
        if (!condition)
            Add(path, message);
        return condition;
    }

    /// <summary>A number that must lie in a range.</summary>
    public void Range(long value, long least, long most, string path, string unit = "")
    {
        if (value < least || value > most)
            Add(
                path,
                string.Create(CultureInfo.InvariantCulture, $"{value}{unit} is not from {least} to {most}{unit}")
            );
    }

    /// <summary>An enum's value that is one of its names.</summary>
    public bool Known<T>(T value, string path)
        where T : struct, Enum =>
        Require(Enum.IsDefined(value), path, $"{value} is not one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>A name that something else must have; if there is none, the nearest is named.</summary>
    public bool Exists(string name, IReadOnlyCollection<string> known, string what, string path) =>
        Require(known.Contains(name), path, $"there is no {what} '{name}'{Suggestion.For(name, known)}");

    /// <summary>A name that nothing before it has.</summary>
    /// <param name="places">Names so far, with their places.</param>
    public void Unique(Dictionary<string, int> places, string name, int place, string what, string array, string path)
    {
        if (!places.TryAdd(name ?? "", place))
            Add(path, $"a second {what} '{name}'; the first is {array}/{places[name ?? ""]}");
    }
}
