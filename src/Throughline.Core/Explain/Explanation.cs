using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Throughline.Core.Explain;

/// <summary>One step of a reason: what, its value, and what it rests on.</summary>
public sealed class Explanation(string name, object? value = null)
{
    private readonly List<Explanation> because = [];

    public string Name { get; } = name;
    public object? Value { get; } = value;
    public IReadOnlyList<Explanation> Because => because;

    /// <summary>Adds a ground and gives it back.</summary>
    public Explanation Add(string name, object? value = null)
    {
        Explanation ground = new(name, value);
        because.Add(ground);
        return ground;
    }

    /// <summary>Adds a ground that was made elsewhere.</summary>
    public void Add(Explanation ground) => because.Add(ground);

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        if (Value is not null)
        {
            json.WritePropertyName("value");
            JsonSerializer.Serialize(json, Value);
        }
        if (because.Count > 0)
        {
            json.WriteStartArray("because");
            foreach (Explanation ground in because)
                ground.WriteTo(json);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>The tree as indented lines.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        Write(text, 0);
        return text.ToString();
    }

    private void Write(StringBuilder text, int depth)
    {
        text.Append(' ', depth * 2).Append(Name);
        if (Value is not null)
            text.Append(": ").Append(Convert.ToString(Value, CultureInfo.InvariantCulture));
        text.Append('\n');
        foreach (Explanation ground in because)
            ground.Write(text, depth + 1);
    }
}

/// <summary>Why the gate decided as it did, out of a decision's own record.</summary>
/// <param name="Sentence">The reason in one sentence.</param>
/// <param name="Tree">The reason in full.</param>
/// <param name="Differs">Null if deciding again from the record gives the same, else what differs.</param>
public sealed record GateWhy(string Sentence, Explanation Tree, string? Differs);

/// <summary>Explains the record of a stored event; null if it has none.</summary>
public delegate GateWhy? GateExplainer(ReadOnlySpan<byte> storedEvent);

/// <summary>The answer to "why": the stored result, its reasons, and whether it can be derived again.</summary>
/// <param name="Kind"><c>decision</c>, <c>customer</c> or <c>conversion</c>.</param>
/// <param name="Id">What was asked for.</param>
/// <param name="Result">Id of the stored result.</param>
/// <param name="Cause">Position of the event that caused it.</param>
/// <param name="Sentence">The reason in one sentence.</param>
/// <param name="Tree">The reason in full.</param>
/// <param name="Record">Null if the record's own inputs give the same outcome, else what differs.</param>
/// <param name="Events">Null if the subject's events, read by position, give the same outcome, else what differs.</param>
public sealed record Why(
    string Kind,
    string Id,
    string Result,
    int Revision,
    long Cause,
    string Sentence,
    Explanation Tree,
    string? Record,
    string? Events
)
{
    public const string Identical = "identical";

    public byte[] ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            json.WriteString("kind", Kind);
            json.WriteString("sentence", Sentence);
            json.WriteString("record", Record ?? Identical);
            json.WriteString("events", Events ?? Identical);
            json.WriteString("result", Result);
            json.WriteNumber("revision", Revision);
            json.WriteNumber("cause", Cause);
            json.WritePropertyName("explanation");
            Tree.WriteTo(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
