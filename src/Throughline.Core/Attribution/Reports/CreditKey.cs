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

    public readonly long Touches => Impressions + Views + Clicks + Others;

    public void Add(in DeliverySum other)
    {
        Impressions += other.Impressions;
        Views += other.Views;
        Clicks += other.Clicks;
        Others += other.Others;
        Invalid += other.Invalid;
    }
}
