using System.Globalization;
using Throughline.Cel.Check;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Rules;

/// <summary>
/// What readings of one file share: its issues, and where each part of the document stands, by the JSON pointer that issues of
/// <see cref="GateModel"/> name it by.
/// </summary>
internal sealed class YamlReader(string file, List<YamlIssue> issues)
{
    public string File { get; } = file;

    public Dictionary<string, YamlNode> Nodes { get; } = new(StringComparer.Ordinal);

    public void Add(YamlPlace place, string message) => issues.Add(new(File, place, message));

    /// <summary>The members of a mapping; null and an issue if the node is none.</summary>
    public YamlMembers? Members(YamlNode node, string pointer, string what)
    {
        Nodes[pointer] = node;
        if (node is YamlNode.Mapping mapping)
            return new(this, mapping, pointer);
        Add(node.Place, $"{what} is written as a mapping: name: value");
        return null;
    }

    /// <summary>The items of a sequence.</summary>
    public IReadOnlyList<YamlNode> Items(YamlNode node, string what)
    {
        if (node is YamlNode.Sequence sequence)
            return sequence.Items;
        if (node is not YamlNode.Scalar { IsNull: true })
            Add(node.Place, $"{what} are written as a list: - ...");
        return [];
    }

    public string Text(YamlNode node, string pointer)
    {
        Nodes[pointer] = node;
        if (node is YamlNode.Scalar scalar && !scalar.IsNull)
            return scalar.Text;
        Add(node.Place, "a text is expected");
        return "";
    }
}

/// <summary>
/// The members of one mapping, each asked for by its name; those that nobody asked for are refused at the end, with the nearest name
/// that is known.
/// </summary>
internal sealed class YamlMembers(YamlReader reader, YamlNode.Mapping mapping, string pointer)
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public YamlReader Reader => reader;
    public YamlPlace Place => mapping.Place;

    /// <summary>A member's value; null if it is not there.</summary>
    /// <param name="property">The name in the document, if it is another.</param>
    public YamlNode? Find(string name, string? property = null)
    {
        asked.Add(name);
        foreach (YamlMember member in mapping.Members)
            if (member.Name == name)
            {
                reader.Nodes[Pointer(property ?? name)] = member.Value;
                return member.Value;
            }
        return null;
    }

    public string Pointer(string property) => $"{pointer}/{property}";

    /// <summary>Refuses the members that were not asked for.</summary>
    public void End()
    {
        foreach (YamlMember member in mapping.Members)
            if (!asked.Contains(member.Name))
                reader.Add(member.Place, $"unknown member '{member.Name}'{Suggestion.For(member.Name, asked)}");
    }

    public string? Text(string name, string? property = null)
    {
        if (Find(name, property) is not { } node)
            return null;
        if (node is YamlNode.Scalar scalar)
            return scalar.IsNull ? null : scalar.Text;
        reader.Add(node.Place, $"{name} is a text");
        return null;
    }

    public string Required(string name)
    {
        if (Text(name) is { } text)
            return text;
        if (!mapping.Members.Any(x => x.Name == name))
            reader.Add(mapping.Place, $"'{name}' is missing");
        return "";
    }

    /// <summary>One text, or a list of texts.</summary>
    public IReadOnlyList<string> Texts(string name, string? property = null)
    {
        string place = Pointer(property ?? name);
        if (Find(name, property) is not { } node || node is YamlNode.Scalar { IsNull: true })
            return [];
        if (node is YamlNode.Scalar scalar)
        {
            reader.Nodes[place + "/0"] = node;
            return [scalar.Text];
        }
        return
        [
            .. reader
                .Items(node, name)
                .Select((x, i) => reader.Text(x, string.Create(CultureInfo.InvariantCulture, $"{place}/{i}"))),
        ];
    }

    public bool Flag(string name) =>
        Parse<bool>(name, null, "true or false", (string text, out bool value) => TryFlag(text, out value)) ?? false;

    public bool? MaybeFlag(string name) =>
        Parse<bool>(name, null, "true or false", (string text, out bool value) => TryFlag(text, out value));

    public int? Int(string name) =>
        Parse<int>(
            name,
            null,
            "a whole number",
            (string text, out int value) =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        );

    /// <summary>A whole number within bounds; another is an issue, and not there.</summary>
    public int? Int(string name, int least, int most)
    {
        int? number = Int(name);
        if (number is null || (number >= least && number <= most))
            return number;
        reader.Add(
            Find(name)!.Place,
            string.Create(CultureInfo.InvariantCulture, $"'{number}' is not a whole number from {least} to {most}")
        );
        return null;
    }

    public long? Long(string name) =>
        Parse<long>(
            name,
            null,
            "a whole number",
            (string text, out long value) =>
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        );

    public long? Duration(string name, string property) =>
        Parse<long>(name, property, "a duration such as 500ms, 10s, 1m, 2h or 30d", YamlForms.TryDuration);

    public long? Instant(string name, string property) =>
        Parse<long>(name, property, "a date such as 2026-12-31 or 2026-12-31T18:00:00Z", YamlForms.TryInstant);

    public double? Percent(string name, string property) =>
        Parse<double>(name, property, "a share such as 5%", YamlForms.TryPercent);

    /// <summary>A word of an enum (<see cref="Words"/>).</summary>
    public T? Word<T>(string name)
        where T : struct, Enum => Word<T>(name, Words.Of);

    /// <param name="word">What a value is called.</param>
    public T? Word<T>(string name, Func<T, string> word)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        string[] words = [.. Enum.GetValues<T>().Select(word)];
        int at = Array.IndexOf(words, text);
        if (at >= 0)
            return Enum.GetValues<T>()[at];
        reader.Add(
            Find(name)!.Place,
            $"'{text}' is not one of {string.Join(", ", words)}{Suggestion.For(text, words)}"
        );
        return null;
    }

    private delegate bool TryParser<T>(string text, out T value);

    private T? Parse<T>(string name, string? property, string expected, TryParser<T> parse)
        where T : struct
    {
        if (Text(name, property) is not { } text)
            return null;
        if (parse(text, out T value))
            return value;
        reader.Add(Find(name, property)!.Place, $"'{text}' is not {expected}");
        return null;
    }

    private static bool TryFlag(string text, out bool value)
    {
        value = text == "true";
        return value || text == "false";
    }
}
