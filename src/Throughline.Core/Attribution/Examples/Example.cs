using Throughline.Core.Events;
using Throughline.Core.Gate.Agents;

namespace Throughline.Core.Attribution.Examples;

/// <summary>Where an example stands: rows ascend by it, and a later stream goes on after it.</summary>
/// <param name="Time">Of the touch, milliseconds since 1970.</param>
/// <param name="Id">The keyed hash of its id.</param>
public readonly record struct ExamplePlace(long Time, Token Id) : IComparable<ExamplePlace>
{
    public int CompareTo(ExamplePlace other) => (Time, Id).CompareTo((other.Time, other.Id));

    /// <summary><c>1780303068964-0f6a7c7d2d5e4b8f9a1b2c3d4e5f6071</c>.</summary>
    public override string ToString() => string.Create(null, $"{Time}-{Id}");

    public static bool TryParse(string text, out ExamplePlace place)
    {
        place = default;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (
            dash < 0
            || !long.TryParse(
                text.AsSpan(0, dash),
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out long time
            )
            || !Token.TryParse(text.AsSpan(dash + 1), out Token id)
        )
            return false;
        place = new(time, id);
        return EventTime.IsInRange(time);
    }
}

/// <summary>
/// A touch as it was when it happened, and what became of it. Reused from touch to touch; <see cref="ExampleColumns"/> names its values.
/// </summary>
public sealed class Example
{
    private static readonly AgentTable Agents = new(); // of the built-in table: the same on every machine

    public ExamplePlace Place;

    /// <summary>The touch's own id.</summary>
    public string Id = "";

    /// <summary>Its customer as it is now: to keep a person's examples together, not to learn from.</summary>
    public string Customer = "";

    /// <summary>How many touches it stands for.</summary>
    public int Weight;

    public string Kind = "";
    public string Campaign = "";
    public string Channel = "";
    public string Creative = "";
    public string Placement = "";
    public int Identifiers;

    /// <summary>Types of the identifiers that the event shows, ordinal, with spaces between them.</summary>
    public string IdentifierTypes = "";
    public bool IsMachineOpen;

    /// <summary>What its own user agent says; null: it has none.</summary>
    public AgentProfile? Agent;

    public ExampleFeatures Features { get; } = new();

    /// <summary>1: credited; 0: not; null: nobody can say, since its window is not over, or it cannot earn anything (<see cref="State"/>).</summary>
    public int? Label;
    public OutcomeState State;

    /// <summary>Neither a bot's nor a machine's, by what is known now.</summary>
    public bool IsValid;

    /// <summary>Ordinal by code of currency; of conversions without value last.</summary>
    public IReadOnlyList<Earned> Earned = [];

    /// <summary>Conversions of the customer that followed within the campaign's longest window; null: nobody can say.</summary>
    public int? Followed;

    /// <summary>Conversions that credited it, in any currency.</summary>
    public int Credited
    {
        get
        {
            int credited = 0;
            foreach (Earned sum in Earned)
                credited += sum.Credited;
            return credited;
        }
    }

    /// <summary>Takes what only the touch's event tells.</summary>
    internal void Read(in EventRecord record)
    {
        Id = record.Text(EventField.Id) ?? "";
        (Creative, Placement) = Reports.TouchTexts.Of(record);
        IsMachineOpen = MachineOpens.Says(record);
        Agent = record.Text(EventField.UserAgent) is { } agent ? Agents.Read(agent) : null;
    }

    /// <summary>Names the types of a touch's identifiers.</summary>
    /// <param name="isErased">Leaves one out.</param>
    internal void ReadTypes(in EventRecord record, Func<Token, bool> isErased)
    {
        if (Identifiers == 0)
        {
            IdentifierTypes = "";
            return;
        }
        SortedSet<string> types = new(StringComparer.Ordinal);
        string[]? custom = null;
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            IdentifierEntry entry = record.Identifier(i);
            if (isErased(entry.Token))
                continue;
            types.Add(
                entry.Type < IdentifierType.FirstCustom
                    ? IdentifierType.NameOf(entry.Type)
                    : (custom ??= (record.Text(EventField.CustomTypes) ?? "").Split('\n'))[
                        entry.Type - IdentifierType.FirstCustom
                    ]
            );
        }
        IdentifierTypes = string.Join(' ', types);
    }
}
