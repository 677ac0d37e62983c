using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Rules;

/// <summary>One YAML file: what it says, what is wrong with it, and where everything stands.</summary>
public sealed class GateYamlFile
{
    private readonly string text;
    private readonly IReadOnlyDictionary<string, YamlNode> nodes;

    internal GateYamlFile(
        string file,
        string text,
        GateDocument document,
        IReadOnlyList<string> includes,
        IReadOnlyList<GateCaseDocument> cases,
        IReadOnlyList<YamlIssue> issues,
        IReadOnlyDictionary<string, YamlNode> nodes
    )
    {
        File = file;
        this.text = text;
        this.nodes = nodes;
        (Document, Includes, Cases, Issues) = (document, includes, cases, issues);
    }

    public string File { get; }
    public GateDocument Document { get; }

    /// <summary>Files (relative to this one) or packs (<c>default</c>) whose content goes before this one's.</summary>
    public IReadOnlyList<string> Includes { get; }

    /// <summary>Test cases of the rules.</summary>
    public IReadOnlyList<GateCaseDocument> Cases { get; }

    public IReadOnlyList<YamlIssue> Issues { get; }

    /// <summary>Where what an issue of the model names stands: the member itself, else what it would be part of. In an expression
    /// that was written on one line or as a block, the very character.</summary>
    public YamlIssue Locate(GateIssue issue)
    {
        string pointer = issue.Path;
        while (!nodes.ContainsKey(pointer) && pointer.LastIndexOf('/') is >= 0 and int slash)
            pointer = pointer[..slash];
        if (!nodes.TryGetValue(pointer, out YamlNode? node))
            return new(File, new(1, 1), issue.Message);
        return new(File, issue.Line > 0 ? Inside(node, issue) : node.Place, issue.Message);
    }

    private YamlPlace Inside(YamlNode node, GateIssue issue)
    {
        if (node is not YamlNode.Scalar scalar)
            return node.Place;
        if (scalar.IsPlain)
            return issue.Line == 1 && !scalar.Text.Contains('\n')
                ? new(node.Place.Line, node.Place.Column + issue.Column - 1)
                : node.Place;
        if (!scalar.IsLiteral)
            return node.Place;
        int line = node.Place.Line + issue.Line;
        return new(line, IndentOf(node.Place.Line + 1) + issue.Column);
    }

    private int IndentOf(int line)
    {
        int at = 0;
        for (int i = 1; i < line && at >= 0; i++)
            at = text.IndexOf('\n', at) + 1;
        int start = at;
        while (at < text.Length && text[at] == ' ')
            at++;
        return at - start;
    }
}
