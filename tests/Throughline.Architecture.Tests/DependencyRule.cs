namespace Throughline.Architecture.Tests;

/// <summary>Which product project may see which: arrows point one way; Core sees the rule language, which sees nothing.</summary>
internal static class DependencyRule
{
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Throughline.Core"] = ["Throughline.Cel"],
        ["Throughline.Cel"] = [],
        ["Throughline.World"] = ["Throughline.Core"],
        ["Throughline.Storage"] = ["Throughline.Core"],
        ["Throughline.Server"] = ["Throughline.Cel", "Throughline.Core", "Throughline.Storage", "Throughline.World"],
        ["Throughline.Cli"] =
        [
            "Throughline.Cel",
            "Throughline.Core",
            "Throughline.Storage",
            "Throughline.World",
            "Throughline.Server",
        ],
    };

    /// <summary>The references that the rule does not allow; a project that the rule does not know may see nothing.</summary>
    public static IEnumerable<string> Violations(string project, IEnumerable<string> references) =>
        references.Except(Allowed.GetValueOrDefault(project, [])).Select(reference => $"{project} -> {reference}");

    public static TheoryData<string> Projects => [.. Allowed.Keys];
}
