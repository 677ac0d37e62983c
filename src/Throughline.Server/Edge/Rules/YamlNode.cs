namespace Throughline.Server.Edge.Rules;

/// <summary>A place in a YAML file, both from 1.</summary>
public readonly record struct YamlPlace(int Line, int Column);

/// <summary>Something wrong in a YAML file; prints as <c>file:line:column: message</c>.</summary>
public sealed record YamlIssue(string File, YamlPlace Place, string Message)
{
    public override string ToString() =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{File}:{Place.Line}:{Place.Column}: {Message}"
        );
}

/// <summary>A node of a YAML document, with its place.</summary>
internal abstract record YamlNode(YamlPlace Place)
{
    /// <param name="IsPlain">It was written without quotes: <c>true</c>, <c>5</c> and nothing at all have a meaning then.</param>
    /// <param name="IsLiteral">It was written as a block after <c>|</c>.</param>
    public sealed record Scalar(YamlPlace Place, string Text, bool IsPlain, bool IsLiteral) : YamlNode(Place)
    {
        public bool IsNull => IsPlain && Text is "" or "~" or "null";
    }

    public sealed record Sequence(YamlPlace Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place);

    public sealed record Mapping(YamlPlace Place, IReadOnlyList<YamlMember> Members) : YamlNode(Place);
}

/// <summary>A member of a mapping.</summary>
internal sealed record YamlMember(string Name, YamlPlace Place, YamlNode Value);
