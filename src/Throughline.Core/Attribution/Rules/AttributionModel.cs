using Throughline.Core.Attribution.Models;

namespace Throughline.Core.Attribution.Rules;

/// <summary>How credit is shared among the touches of a path. Values are stored.</summary>
public enum ModelKind : byte
{
    /// <summary>All to the latest touch, by (time, id).</summary>
    Last = 0,

    /// <summary>Equal shares.</summary>
    Linear = 1,

    /// <summary>All to the earliest touch.</summary>
    First = 2,

    /// <summary>All to the latest touch whose channel is not <see cref="AttributionModel.Direct"/>; of a path that is direct throughout, the latest.</summary>
    LastNonDirect = 3,

    /// <summary>All to the latest touch of the conversion's very instant; without one, to nobody.</summary>
    SameTouch = 4,

    /// <summary>An equal share to each channel, given to its first touch.</summary>
    UniqueLinear = 5,

    /// <summary>One whole to the first touch of each channel: a count. Of money it gives nothing.</summary>
    Participation = 6,

    /// <summary>The first touch, those between and the last, in the shares of <see cref="AttributionModel.Shares"/>.</summary>
    Position = 7,

    /// <summary>30 % each to the first touch and the first ones of two named kinds, 10 % to the others.</summary>
    W = 8,

    /// <summary>2^(-age / half-life).</summary>
    TimeDecay = 9,

    /// <summary>A share for each place in the order of (priority, click, time, id), greatest first; touches beyond the list have none.</summary>
    CreditVector = 10,

    /// <summary>The weight of the touch's channel in a versioned table.</summary>
    DataDriven = 11,
}

/// <summary>A model with its parameters. Formulas and their sources: docs/guide/attribution-models.md.</summary>
public sealed record AttributionModel(ModelKind Kind)
{
    /// <summary>The name of the channel that is no advertising.</summary>
    public const string Direct = "direct";

    /// <summary>Shares in a list, at most.</summary>
    public const int SharesMax = 64;

    /// <summary>The greatest share: with 512 touches no sum of weights leaves 63 bits.</summary>
    public const long ShareMax = 1_000_000_000;

    public static AttributionModel Last { get; } = new(ModelKind.Last);
    public static AttributionModel Linear { get; } = new(ModelKind.Linear);
    public static AttributionModel UShaped { get; } = new(ModelKind.Position) { Shares = [40, 20, 40] };
    public static AttributionModel JShaped { get; } = new(ModelKind.Position) { Shares = [20, 20, 60] };
    public static AttributionModel InverseJ { get; } = new(ModelKind.Position) { Shares = [60, 20, 20] };

    /// <summary>Of position: starter, player, closer; of a credit vector: one for each place. In any unit, 0 to <see cref="ShareMax"/>.</summary>
    public IReadOnlyList<long> Shares { get; init; } = [];

    /// <summary>Of time decay, milliseconds.</summary>
    public long HalfLifeMs { get; init; }

    /// <summary>Of W: the kind of touch that made the customer a lead.</summary>
    public string Lead { get; init; } = "";

    /// <summary>Of W: the kind of touch that made it an opportunity.</summary>
    public string Opportunity { get; init; } = "";

    /// <summary>Of data-driven: the table's name and version.</summary>
    public (string Name, int Version) Table { get; init; } = ("", 0);
}
