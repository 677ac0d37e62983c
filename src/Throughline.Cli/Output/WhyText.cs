using System.Text.Json;

namespace Throughline.Cli.Output;

/// <summary>An explanation as indented lines for people.</summary>
internal static class WhyText
{
    public static bool IsIdentical(JsonElement why) =>
        why.GetProperty("record").GetString() == "identical" && why.GetProperty("events").GetString() == "identical";

    public static IEnumerable<string> Of(JsonElement why)
    {
        yield return $"{why.GetProperty("kind").GetString()} {why.GetProperty("id").GetString()}";
        yield return $"  {why.GetProperty("sentence").GetString()}";
        foreach (string line in Tree(why.GetProperty("explanation"), depth: 1))
            yield return line;
        yield return $"  derived again from its record: {why.GetProperty("record").GetString()}";
        yield return $"  derived again from its events: {why.GetProperty("events").GetString()}";
    }

    private static IEnumerable<string> Tree(JsonElement node, int depth)
    {
        string value = node.TryGetProperty("value", out JsonElement found) ? $": {found}" : "";
        yield return $"{new string(' ', depth * 2)}{node.GetProperty("name").GetString()}{value}";
        if (!node.TryGetProperty("because", out JsonElement because))
            yield break;
        foreach (JsonElement ground in because.EnumerateArray())
        foreach (string line in Tree(ground, depth + 1))
            yield return line;
    }
}
