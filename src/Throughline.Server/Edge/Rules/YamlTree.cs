using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Throughline.Server.Edge.Rules;

/// <summary>
/// Reads YAML text into nodes with places. One document, no anchors, aliases and tags (nothing in a rule file needs them, and
/// aliases can make a small file huge), bounded in size and depth.
/// </summary>
internal static class YamlTree
{
    public const int LengthMax = 16 << 20;
    private const int DepthMax = 20;

    /// <summary>The root; null and an issue if the text is no such YAML. An empty text is an empty mapping.</summary>
    public static YamlNode? Read(string text, string file, ICollection<YamlIssue> issues)
    {
        if (text.Length > LengthMax)
        {
            issues.Add(new(file, new(1, 1), $"the file has more than {LengthMax >> 20} Mi characters"));
            return null;
        }
        if (text.IndexOf('\0', StringComparison.Ordinal) is var end and >= 0)
        {
            // The parser takes it for the end of the text: rules behind it would be lost without a word.
            issues.Add(new(file, PlaceAt(text, end), "a character NUL stands here: is the file damaged?"));
            return null;
        }
        try
        {
            Parser parser = new(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return new YamlNode.Mapping(new(1, 1), []);
            parser.Consume<DocumentStart>();
            YamlNode root = Node(parser, 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
                throw new YamlException(parser.Current!.Start, parser.Current.End, "a file holds one document");
            return root is YamlNode.Scalar { IsNull: true } ? new YamlNode.Mapping(root.Place, []) : root;
        }
        catch (YamlException e)
        {
            issues.Add(new(file, PlaceOf(e.Start), Innermost(e).Message));
            return null;
        }
    }

    private static YamlNode Node(Parser parser, int depth)
    {
        ParsingEvent next = parser.Current ?? throw new YamlException("the file ends too early");
        if (depth > DepthMax)
            throw new YamlException(next.Start, next.End, $"nested deeper than {DepthMax} levels");
        if (next is AnchorAlias || next is NodeEvent { Anchor.IsEmpty: false })
            throw new YamlException(next.Start, next.End, "anchors and aliases are not supported: write it out");
        if (next is NodeEvent { Tag.IsEmpty: false } tagged)
            throw new YamlException(next.Start, next.End, $"tags are not supported: {tagged.Tag.Value}");
        YamlPlace place = PlaceOf(next.Start);
        switch (next)
        {
            case YamlDotNet.Core.Events.Scalar scalar:
                parser.MoveNext();
                return new YamlNode.Scalar(
                    place,
                    scalar.Value,
                    scalar.Style == ScalarStyle.Plain,
                    scalar.Style == ScalarStyle.Literal
                );
            case SequenceStart:
                return Sequence(parser, place, depth);
            case MappingStart:
                return Mapping(parser, place, depth);
            default:
                throw new YamlException(next.Start, next.End, "a value is missing");
        }
    }

    private static YamlNode.Sequence Sequence(Parser parser, YamlPlace place, int depth)
    {
        parser.Consume<SequenceStart>();
        List<YamlNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(parser, depth + 1));
        return new(place, items);
    }

    private static YamlNode.Mapping Mapping(Parser parser, YamlPlace place, int depth)
    {
        parser.Consume<MappingStart>();
        List<YamlMember> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent at = parser.Current!;
            if (Node(parser, depth + 1) is not YamlNode.Scalar key)
                throw new YamlException(at.Start, at.End, "a name is expected");
            if (!names.Add(key.Text))
                throw new YamlException(at.Start, at.End, $"'{key.Text}' stands here twice");
            members.Add(new(key.Text, key.Place, Node(parser, depth + 1)));
        }
        return new(place, members);
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e;
    }

    private static YamlPlace PlaceAt(ReadOnlySpan<char> text, int index)
    {
        ReadOnlySpan<char> before = text[..index];
        return new(before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }

    private static YamlPlace PlaceOf(Mark mark) => new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));
}
