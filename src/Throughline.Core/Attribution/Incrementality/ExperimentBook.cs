using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Core.Trials;

namespace Throughline.Core.Attribution.Incrementality;

/// <summary>
/// The declarations of campaigns' experiments, and what became of those declared. A customer belongs to the arm of their first declaration,
/// by (time, id), whatever is said or happens later: only that one was drawn before anything could follow from it. A customer whom a merge puts
/// into both arms is one customer, in the arm of the first. (To leave such customers out would leave out those who log in to buy.)
/// </summary>
/// <param name="from">The first instant of declarations; milliseconds since 1970.</param>
/// <param name="to">The first instant after them.</param>
/// <param name="windowMs">So long after their declaration conversions count.</param>
/// <param name="only">The only campaign that is looked at; null: all.</param>
public sealed class ExperimentBook(long from, long to, long windowMs, string? only = null)
{
    /// <summary>Declarations of one report at most.</summary>
    public const int DeclarationsMax = 4_000_000;

    public const long WindowUsual = 30L * 86_400_000;
    public const long WindowMax = 366L * 86_400_000;

    private readonly List<Declaration> declarations = [];
    private readonly Dictionary<string, int> campaigns = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    /// <summary>Takes an event in; those that declare nothing are passed over.</summary>
    /// <exception cref="TooManyDeclarationsException">There are too many.</exception>
    public void Add(in EventRecord record)
    {
        if (record.Type != EventType.Holdout || record.Time < from || record.Time >= to)
            return;
        string campaign = record.Text(EventField.Kind)!;
        if (only is not null && only != campaign)
            return;
        if (!campaigns.TryGetValue(campaign, out int number))
        {
            campaigns.Add(campaign, number = names.Count);
            names.Add(campaign);
        }
        if (declarations.Count == DeclarationsMax)
            throw new TooManyDeclarationsException();
        bool isHeld = HoldoutArms.Of(record) == HoldoutArm.Held;
        declarations.Add(new(record.Time, record.Id, number, isHeld, record.Identifier(0).Token));
    }

    /// <summary>Identifiers whose customers <see cref="Finish"/> wants to know; ascending.</summary>
    public IReadOnlyList<Token> Identifiers() => [.. declarations.Select(x => x.Identifier).Distinct().Order()];

    /// <summary>All figures.</summary>
    /// <param name="customers">The customers of <see cref="Identifiers"/>, of those that have one.</param>
    /// <param name="conversions">Those from the first instant on, with what campaigns earn of each.</param>
    /// <param name="end">The last instant of which the log knows anything.</param>
    public IncrementalityReport Finish(
        IReadOnlyDictionary<Token, Token> customers,
        IReadOnlyList<CreditedConversion> conversions,
        long end
    )
    {
        // What a bot bought is nobody's, whoever says that it is one.
        ILookup<Token, CreditedConversion> bought = conversions
            .Where(x =>
                x.Conversion is { Customer: not null, Outcome: ConversionOutcome.Paid or ConversionOutcome.Refunded }
            )
            .ToLookup(x => x.Conversion.Customer!.Value);
        declarations.Sort((x, y) => (x.Time, x.Id).CompareTo((y.Time, y.Id)));
        return new(
            EventTime.ToText(from),
            EventTime.ToText(to),
            windowMs / 1000,
            [
                .. names
                    .Order(StringComparer.Ordinal)
                    .Select(name => Compare(name, campaigns[name], customers, bought, end)),
            ]
        );
    }

    private CampaignIncrementality Compare(
        string name,
        int number,
        IReadOnlyDictionary<Token, Token> customers,
        ILookup<Token, CreditedConversion> bought,
        long end
    )
    {
        Dictionary<Token, (long Time, bool IsHeld, bool Crossed)> units = [];
        long unknown = 0;
        long since = long.MaxValue;
        foreach (Declaration said in declarations.Where(x => x.Campaign == number))
        {
            since = Math.Min(since, said.Time);
            if (!customers.TryGetValue(said.Identifier, out Token customer))
                unknown++;
            else if (!units.TryGetValue(customer, out (long Time, bool IsHeld, bool Crossed) unit))
                units.Add(customer, (said.Time, said.IsHeld, false));
            else if (unit.IsHeld != said.IsHeld)
                units[customer] = unit with { Crossed = true };
        }
        Arm held = ArmOf(isHeld: true);
        Arm treated = ArmOf(isHeld: false);
        CreditedConversion[] theirs = [.. units.Where(x => !x.Value.IsHeld).SelectMany(x => Of(x.Key, x.Value.Time))];
        return new(
            name,
            EventTime.ToText(since),
            ArmDifference.FiguresOf(held),
            ArmDifference.FiguresOf(treated),
            units.Values.LongCount(x => x.Crossed),
            unknown,
            units.Values.LongCount(x => x.Time + windowMs > end),
            ArmDifference.Of(treated, held),
            Incremental.Of(held, treated),
            [
                .. theirs
                    .SelectMany(x => x.Credits.Where(y => y.Campaign == name))
                    .GroupBy(x => x.Currency)
                    .Select(x => new AttributedValue(CreditDifference.CodeOf(x.Key), x.Sum(y => y.Net)))
                    .OrderBy(x => x.Currency, StringComparer.Ordinal),
            ],
            theirs.LongCount(x => x.Credits.Any(y => y.Campaign == name))
        );

        IEnumerable<CreditedConversion> Of(Token customer, long declared) =>
            bought[customer].Where(x => x.Conversion.Time >= declared && x.Conversion.Time <= declared + windowMs);

        Arm ArmOf(bool isHeld) =>
            Arm.Of(units.Where(x => x.Value.IsHeld == isHeld).Select(x => OutcomeOf(Of(x.Key, x.Value.Time))));
    }

    private static UnitOutcome OutcomeOf(IEnumerable<CreditedConversion> all)
    {
        long count = 0;
        Dictionary<int, long> values = [];
        foreach (CreditedConversion one in all)
        {
            count++;
            if (one.Conversion.Currency is var currency and not 0)
                values[currency] = values.GetValueOrDefault(currency) + one.Conversion.Net;
        }
        return count == 0 ? UnitOutcome.None : new(count, values);
    }

    private readonly record struct Declaration(long Time, Token Id, int Campaign, bool IsHeld, Token Identifier);
}

/// <summary>A time has more declarations than one report takes.</summary>
public sealed class TooManyDeclarationsException()
    : Exception($"there are more than {ExperimentBook.DeclarationsMax} declarations");

/// <summary>A conversion, and what campaigns earn of it.</summary>
public sealed record CreditedConversion(SurveyedConversion Conversion, IReadOnlyList<CampaignCredit> Credits);

/// <summary>Credit of one touch, after refunds.</summary>
/// <param name="Currency">Packed.</param>
public readonly record struct CampaignCredit(string Campaign, int Currency, long Net);
