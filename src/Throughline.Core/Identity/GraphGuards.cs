namespace Throughline.Core.Identity;

/// <summary>What is measured against a threshold. Names are part of answers and metrics.</summary>
public enum GraphGuard
{
    /// <summary>Of a hundred customers one is larger than the threshold.</summary>
    CustomerSize,

    /// <summary>More customers than the threshold are near the size cap.</summary>
    NearSizeMax,

    /// <summary>A value is linked to more identifiers than the threshold.</summary>
    Degree,

    /// <summary>Identifiers of a type have more links each than the threshold.</summary>
    LinkRate,

    /// <summary>More values than the threshold look like junk.</summary>
    JunkValues,

    /// <summary>A greater share of links than the threshold is rejected by limits.</summary>
    RejectedLinks,

    /// <summary>A greater share of identifiers than the threshold is shared by too many.</summary>
    SharedValues,
}

/// <summary>A guard that alarms.</summary>
/// <param name="Type">The identifier type, of a guard that is by type; else null.</param>
public sealed record GuardAlarm(GraphGuard Guard, string? Type, double Value, double Max);

/// <summary>From where on the guards of the identity graph alarm; a null never does.</summary>
/// <param name="SizeP99Max">Identifiers of the customer that is larger than 99 of 100.</param>
/// <param name="NearSizeMax">Customers with nine tenths of the strategy's size cap and more.</param>
/// <param name="DegreeMax">Identifiers that one value is linked to.</param>
/// <param name="LinkRateMax">Links for each identifier of any type.</param>
/// <param name="LinkRateMaxByType">The same by type, in its place.</param>
/// <param name="JunkValuesMax">Values that look like junk.</param>
/// <param name="RejectedShareMax">Rejected links among those with enough evidence, 0 to 1.</param>
/// <param name="SharedShareMax">Shared values among identifiers, 0 to 1.</param>
public sealed record GuardThresholds(
    int? SizeP99Max = 50,
    int? NearSizeMax = 10,
    int? DegreeMax = 5_000,
    double? LinkRateMax = 20,
    IReadOnlyDictionary<string, double>? LinkRateMaxByType = null,
    int? JunkValuesMax = 1_000,
    double? RejectedShareMax = 0.2,
    double? SharedShareMax = 0.05
)
{
    /// <summary>The guards that alarm, in the order of their names.</summary>
    public IReadOnlyList<GuardAlarm> Judge(GraphFigures figures)
    {
        List<GuardAlarm> alarms = [];
        void Ask(GraphGuard guard, double value, double? max, string? type = null)
        {
            if (max is { } most && value > most)
                alarms.Add(new(guard, type, value, most));
        }
        Ask(GraphGuard.CustomerSize, figures.CustomerSize.FirstOrDefault(x => x.Share == 0.99).Value, SizeP99Max);
        Ask(GraphGuard.NearSizeMax, figures.NearSizeMax, NearSizeMax);
        Ask(GraphGuard.Degree, figures.MostLinked?.Degree ?? 0, DegreeMax);
        foreach (TypeFigures type in figures.Types)
            Ask(
                GraphGuard.LinkRate,
                type.LinkRate,
                LinkRateMaxByType is { } own && own.TryGetValue(type.Type, out double max) ? max : LinkRateMax,
                type.Type
            );
        Ask(GraphGuard.JunkValues, figures.JunkValues, JunkValuesMax);
        Ask(GraphGuard.RejectedLinks, Share(figures.RejectedLinks, figures.Candidates), RejectedShareMax);
        Ask(GraphGuard.SharedValues, Share(figures.SharedValues, figures.Identifiers), SharedShareMax);
        return alarms;
    }

    /// <summary>Why they cannot be used, or null: the member, and what is wrong with it.</summary>
    public (string Member, string Message)? Problem()
    {
        foreach (
            (string member, int? count) in new[]
            {
                ("sizeP99Max", SizeP99Max),
                ("nearSizeMax", NearSizeMax),
                ("degreeMax", DegreeMax),
                ("junkValuesMax", JunkValuesMax),
            }
        )
            if (count < 0)
                return (member, "must not be negative");
        foreach (
            (string member, double? share) in new[]
            {
                ("rejectedShareMax", RejectedShareMax),
                ("sharedShareMax", SharedShareMax),
            }
        )
            if (share is < 0 or > 1)
                return (member, "must be 0 to 1");
        if (LinkRateMax < 0)
            return ("linkRateMax", "must not be negative");
        return LinkRateMaxByType?.Values.Any(rate => rate < 0) == true
            ? ("linkRateMaxByType", "must not be negative")
            : null;
    }

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
