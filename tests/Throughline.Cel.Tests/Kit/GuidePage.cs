using System.Text;
using System.Text.RegularExpressions;
using Throughline.Testing;
using TextRegex = System.Text.RegularExpressions.Regex;

namespace Throughline.Cel.Tests.Kit;

/// <summary>docs/guide/rule-language.md, taken apart.</summary>
internal static partial class GuidePage
{
    public static readonly string Text = File.ReadAllText(Repository.PathOf("docs/guide/rule-language.md"));

    /// <summary>The contents of the fenced blocks with an info string, in the order of the page.</summary>
    public static IEnumerable<string> Blocks(string info) =>
        Fence().Matches(Text).Where(x => x.Groups["info"].Value == info).Select(x => x.Groups["content"].Value);

    /// <summary>The examples of a block: an expression of one or more lines, its result behind <c>// =></c>.</summary>
    public static IEnumerable<GuideExample> Examples(string block)
    {
        StringBuilder expression = new();
        foreach (string line in block.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int mark = line.IndexOf("  // => ", StringComparison.Ordinal);
            expression.Append(mark < 0 ? line : line[..mark]);
            if (mark < 0)
            {
                expression.Append('\n');
                continue;
            }
            yield return new(expression.ToString(), line[(mark + 8)..]);
            expression.Clear();
        }
        if (expression.Length > 0)
            yield return new(expression.ToString(), "");
    }

    [GeneratedRegex(@"^```(?<info>[^\n]+)\n(?<content>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial TextRegex Fence();
}

/// <summary>An expression with what the page says it gives: a value, or <c>error:</c> or <c>refused:</c> with a part of the message.</summary>
internal sealed record GuideExample(string Expression, string Expected);
