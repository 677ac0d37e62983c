using System.Text.Json;
using Throughline.Cel.Parse;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Kit;

/// <summary>The expressions of the conformance suite, as texts.</summary>
internal static class SuiteExpressions
{
    private const string Folder = "cel-conformance/tests";

    /// <summary>All of them in a fixed order; ends the test as skipped where the suite is missing.</summary>
    public static IReadOnlyList<SuiteExpression> All()
    {
        List<SuiteExpression> all = [];
        string[] files = Directory.GetFiles(SharedData.Require(Folder), "*.json", SearchOption.AllDirectories);
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            using JsonDocument section = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement test in section.RootElement.GetProperty("tests").EnumerateArray())
                all.Add(Read(Path.GetFileNameWithoutExtension(file), test));
        }
        return all;
    }

    private static SuiteExpression Read(string section, JsonElement test)
    {
        bool macros = !test.TryGetProperty("disableMacros", out JsonElement disabled) || !disabled.GetBoolean();
        return new SuiteExpression(
            $"{section}/{test.GetProperty("name").GetString()}",
            test.GetProperty("expr").GetString()!,
            ParserOptions.Default with
            {
                Macros = macros,
            }
        );
    }
}

/// <summary>An expression of the suite, and how it is to be parsed.</summary>
internal sealed record SuiteExpression(string Name, string Text, ParserOptions Options);
