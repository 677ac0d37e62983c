using Throughline.World.Truth;

namespace Throughline.World.Doors;

/// <summary>
/// Whoever may refuse the shop's visitors. Whom it refuses goes: the rest of the visit, sales included, does not happen. What people do on
/// other days, they do as if nothing had been.
/// </summary>
public interface IShopDoor
{
    /// <summary>Whether a request is let in; asked in the order in which requests happen.</summary>
    /// <param name="request">The request's event as JSON in UTF-8, good until the next call.</param>
    /// <param name="truth">Who truly asks: for measures, and for what the shop knows of its customers; a gate must not judge by it.</param>
    bool Admits(ReadOnlySpan<byte> request, in EventTruth truth);
}

/// <summary>A sale, sign-up or refund that did not happen, because a door refused the visit that it would have come from.</summary>
/// <param name="Time">When it would have happened, milliseconds since 1970.</param>
/// <param name="RefusedAt">When the visit was refused.</param>
/// <param name="Actor">The person, or the bot.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Minor">Its value in minor units; of a refund negative.</param>
/// <param name="IsAgain">The same order's second report, or a refund: no conversion of its own.</param>
public readonly record struct PreventedConversion(
    long Time,
    long RefusedAt,
    ActorKind Kind,
    int Actor,
    string Currency,
    long Minor,
    bool IsAgain
);
