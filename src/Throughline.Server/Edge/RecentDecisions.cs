using Throughline.Core.Gate.Decide;

namespace Throughline.Server.Edge;

/// <summary>
/// The last decisions of one tenant, by number: which of them there were, and which were answered. What was read for them is kept
/// only where the version in force can use it, for it is what costs memory and time. Not for two threads.
/// </summary>
internal sealed class RecentDecisions(int countMax, Action<EdgeExchange> forget)
{
    private readonly Place[] places = new Place[countMax];

    /// <summary>How many decisions are remembered at most.</summary>
    public int Places => places.Length;

    /// <summary>The decision in a place with what was read for it; null if that is not kept.</summary>
    public EdgeExchange? At(int place) => places[place].Exchange;

    private struct Place
    {
        public long Sequence;
        public EdgeExchange? Exchange;
        public bool IsAnswered;
    }

    /// <summary>Remembers a decision in place of the one that is so many older.</summary>
    /// <param name="whole">With its inputs.</param>
    public void Add(EdgeExchange exchange, bool whole)
    {
        ref Place place = ref places[exchange.Id.Sequence % places.Length];
        if (place.Exchange is { } old)
            forget(old);
        place.Sequence = exchange.Id.Sequence;
        place.IsAnswered = false;
        place.Exchange = null;
        if (!whole)
            return;
        exchange.Hold();
        place.Exchange = exchange;
    }

    /// <summary>Marks a decision as answered.</summary>
    /// <param name="exchange">The decision with its inputs, if they were kept.</param>
    public FeedbackOutcome Answer(DecisionId id, out EdgeExchange? exchange)
    {
        exchange = null;
        if (id.Sequence < 1)
            return FeedbackOutcome.NotFound;
        ref Place place = ref places[id.Sequence % places.Length];
        if (place.Sequence != id.Sequence)
            return FeedbackOutcome.NotFound;
        if (place.IsAnswered)
            return FeedbackOutcome.Duplicate;
        place.IsAnswered = true;
        exchange = place.Exchange;
        return FeedbackOutcome.Taken;
    }
}
