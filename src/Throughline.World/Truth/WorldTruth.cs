using Throughline.World.Behaviour;
using Throughline.World.Marketing;

namespace Throughline.World.Truth;

/// <summary>
/// The whole truth of a run, complete once the run has ended. Equal for both renderings. About 16 bytes an event, 100 an
/// identifier, 150 a conversion.
/// </summary>
public sealed class WorldTruth
{
    private readonly List<EventTruth> events = [];
    private readonly CreditLedger credits;
    private readonly IdentifierLedger identifiers;
    private List<TrueIdentifier>? listed;

    internal WorldTruth(WorldOptions options, IReadOnlyList<Campaign> campaigns)
    {
        credits = new(campaigns, options.People);
        identifiers = new(options.Seed);
    }

    /// <summary>Every event once, in the order in which they happened; labels of the given-truth rendering are not among them.</summary>
    public IReadOnlyList<EventTruth> Events => events;

    /// <summary>Every conversion, in the order in which they happened.</summary>
    public IReadOnlyList<TrueConversion> Conversions => credits.Conversions;

    /// <summary>Every identifier that an event of the observed rendering shows, by type, then value.</summary>
    public IReadOnlyList<TrueIdentifier> Identifiers => listed ??= identifiers.ToList();

    internal void Happen(in Draft draft)
    {
        listed = null;
        events.Add(new(draft.Id, draft.Type, draft.Kind, draft.Family, draft.Actor));
        credits.Happen(draft);
        identifiers.Happen(draft);
    }
}
