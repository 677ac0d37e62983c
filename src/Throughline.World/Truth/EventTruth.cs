using Throughline.Core.Events;

namespace Throughline.World.Truth;

/// <summary>
/// The truth of one event. <see cref="Actor"/> is the person's number for people and the bot's own number for bots.
/// </summary>
public readonly record struct EventTruth(ulong Id, EventType Type, ActorKind Kind, BotFamily Family, int Actor)
{
    /// <summary>The event's id as its JSON has it.</summary>
    public string EventId => WorldIds.Event(Id);

    /// <summary>The person, or -1 for a bot.</summary>
    public int Person => Kind == ActorKind.Human ? Actor : -1;

    /// <summary><c>person-12</c> or <c>bot-3</c>.</summary>
    public string ActorName => WorldIds.Actor(Kind, Actor);

    /// <summary>Whether the gate's measure counts this event: something that happened, by somebody.</summary>
    public bool IsJudged => Type == EventType.Request || Type.IsTouch() || Type == EventType.Conversion;
}
