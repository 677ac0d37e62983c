using System.Runtime.CompilerServices;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Reports;

/// <summary>The names that a row is of; null where it is not asked for, or not known.</summary>
public sealed record PartNames(
    string? Campaign = null,
    string? Channel = null,
    string? Creative = null,
    string? Placement = null,
    string? Kind = null,
    string? Conversion = null
) : IComparable<PartNames>
{
    /// <summary>What nobody earned.</summary>
    public static PartNames Nobody { get; } = new();

    public string? this[ReportPart part] =>
        part switch
        {
            ReportPart.Campaign => Campaign,
            ReportPart.Channel => Channel,
            ReportPart.Creative => Creative,
            ReportPart.Placement => Placement,
            ReportPart.Kind => Kind,
            _ => Conversion,
        };

    /// <summary>Ordinal, part after part.</summary>
    public int CompareTo(PartNames? other)
    {
        foreach (
            ReportPart part in (ReadOnlySpan<ReportPart>)
                [
                    ReportPart.Campaign,
                    ReportPart.Channel,
                    ReportPart.Creative,
                    ReportPart.Placement,
                    ReportPart.Kind,
                    ReportPart.Conversion,
                ]
        )
            if (string.CompareOrdinal(this[part], other?[part]) is not 0 and int order)
                return order;
        return 0;
    }
}

/// <summary>The same, told apart by the texts' objects instead of what they say: quick to look up, and no object itself.</summary>
internal readonly struct PartKey(
    string? campaign,
    string? channel,
    string? creative,
    string? placement,
    string? kind,
    string? conversion
) : IEquatable<PartKey>
{
    private readonly string? campaign = campaign;
    private readonly string? channel = channel;
    private readonly string? creative = creative;
    private readonly string? placement = placement;
    private readonly string? kind = kind;
    private readonly string? conversion = conversion;

    public PartNames Names => new(campaign, channel, creative, placement, kind, conversion);

    public bool Equals(PartKey other) =>
        ReferenceEquals(campaign, other.campaign)
        && ReferenceEquals(channel, other.channel)
        && ReferenceEquals(creative, other.creative)
        && ReferenceEquals(placement, other.placement)
        && ReferenceEquals(kind, other.kind)
        && ReferenceEquals(conversion, other.conversion);

    public override bool Equals(object? obj) => obj is PartKey other && Equals(other);

    public override int GetHashCode() =>
        (Of(campaign) * 31 + Of(channel)) * 31
        + ((Of(creative) * 31 + Of(placement)) * 31 + Of(kind)) * 31
        + Of(conversion) * 17;

    private static int Of(string? text) => text is null ? 0 : RuntimeHelpers.GetHashCode(text);
}

/// <summary>What credit is added up by.</summary>
/// <param name="Day">Since 1970, UTC.</param>
/// <param name="Names">A number of the cube's names; <see cref="Nobody"/> for what nobody earned.</param>
/// <param name="Currency">Three ASCII letters, the first in the lowest byte; 0 for none.</param>
internal readonly record struct CreditKey(int Day, int Names, int Currency)
{
    public const int Nobody = -1;

    /// <summary>In the place of a day where days are not told apart.</summary>
    public const int AllDays = int.MinValue;
}

/// <summary>Credit added up.</summary>
internal struct CreditSum
{
    /// <summary>One conversion, in units of <see cref="Share"/>.</summary>
    public const long Unit = 1_000_000_000;

    private const long SmallWeight = 1L << 31; // times the unit it is far from 2^63

    /// <summary>Credited ones.</summary>
    public long Touches;

    /// <summary>Those that one of the touches earned something of.</summary>
    public long Conversions;

    /// <summary>Of conversions, in units of 10^-9: what the models gave, each rounded.</summary>
    public Int128 Share;

    /// <summary>Minor units, before refunds.</summary>
    public long Minor;

    /// <summary>Minor units, after refunds.</summary>
    public long Net;

    /// <summary>Conversions of whose path it is the last touch.</summary>
    public long Last;

    /// <summary>Conversions on whose path it stands before the last touch.</summary>
    public long Assisted;

    /// <summary>What those were worth after refunds.</summary>
    public long AssistedMinor;

    /// <summary>The last conversion that was counted in <see cref="Conversions"/>, as <see cref="CreditCube.Conversions"/> numbers them.</summary>
    public long LastCredited;

    /// <summary>The same of <see cref="Assisted"/>.</summary>
    public long LastAssisted;

    /// <summary>The rule that gave credit last.</summary>
    public AttributionRule? LastRule;

    /// <summary>A weight's share of all weights in units, rounded half up.</summary>
    public static Int128 ShareOf(long weight, Int128 weights) =>
        weights == 0 ? 0
        : weights <= SmallWeight && weight >= 0 && weight <= weights
            ? (weight * Unit * 2 + (long)weights) / ((long)weights * 2)
        : (weight * (Int128)Unit * 2 + weights) / (weights * 2);

    public void Add(in CreditSum other)
    {
        Touches += other.Touches;
        Conversions += other.Conversions;
        Share += other.Share;
        Minor = checked(Minor + other.Minor);
        Net = checked(Net + other.Net);
        Last += other.Last;
        Assisted += other.Assisted;
        AssistedMinor = checked(AssistedMinor + other.AssistedMinor);
    }
}

/// <summary>Where a touch counts that was told of.</summary>
internal enum DeliveryPlace : byte
{
    Impressions,
    Views,
    Clicks,
    Others,
}

/// <summary>Touches that were told of, credited or not.</summary>
internal struct DeliverySum
{
    public long Impressions;
    public long Views;
    public long Clicks;

    /// <summary>Nurturing events.</summary>
    public long Others;

    /// <summary>Of bots and machines, in none of the other counts.</summary>
    public long Invalid;

    /// <summary>Where touches of one kind count, and the time of one of them, while they are counted.</summary>
    public DeliveryPlace Place;
    public long Time;

    public readonly long Touches => Impressions + Views + Clicks + Others;

    /// <summary>The sum that a kind of touches counts in.</summary>
    public static DeliveryPlace PlaceOf(string kind) =>
        kind switch
        {
            "impression" => DeliveryPlace.Impressions,
            "view" => DeliveryPlace.Views,
            "click" => DeliveryPlace.Clicks,
            _ => DeliveryPlace.Others,
        };

    public void Add(DeliveryPlace place, bool isValid)
    {
        if (!isValid)
            Invalid++;
        else if (place == DeliveryPlace.Impressions)
            Impressions++;
        else if (place == DeliveryPlace.Views)
            Views++;
        else if (place == DeliveryPlace.Clicks)
            Clicks++;
        else
            Others++;
    }

    public void Add(in DeliverySum other)
    {
        Impressions += other.Impressions;
        Views += other.Views;
        Clicks += other.Clicks;
        Others += other.Others;
        Invalid += other.Invalid;
    }
}
