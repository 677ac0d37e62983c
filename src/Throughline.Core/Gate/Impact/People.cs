using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Gate.Impact;

/// <summary>Conversions by whose they are and by the client that made them, each ascending by time.</summary>
internal sealed class ConversionIndex
{
    private readonly Dictionary<Token, List<SurveyedConversion>> byCustomer = [];
    private readonly Dictionary<ulong, List<SurveyedConversion>> byClient = [];

    public ConversionIndex(IReadOnlyList<SurveyedConversion> conversions, Func<Token, ulong> clientOf)
    {
        foreach (SurveyedConversion conversion in conversions)
        {
            if (conversion.Customer is { } customer)
                Add(byCustomer, customer, conversion);
            if (clientOf(conversion.Id) is var client and not 0)
                Add(byClient, client, conversion);
        }
    }

    /// <summary>A customer's from an instant to another, both included.</summary>
    public IEnumerable<SurveyedConversion> Of(Token customer, long from, long to) =>
        Between(byCustomer.GetValueOrDefault(customer), from, to);

    /// <summary>A client's.</summary>
    public IEnumerable<SurveyedConversion> Of(ulong client, long from, long to) =>
        Between(byClient.GetValueOrDefault(client), from, to);

    private static IEnumerable<SurveyedConversion> Between(List<SurveyedConversion>? all, long from, long to) =>
        all is null ? [] : all.Where(x => x.Time >= from && x.Time <= to);

    private static void Add<T>(Dictionary<T, List<SurveyedConversion>> index, T key, SurveyedConversion conversion)
        where T : notnull
    {
        if (!index.TryGetValue(key, out List<SurveyedConversion>? all))
            index.Add(key, all = []);
        all.Add(conversion);
    }
}

/// <summary>Who clients are, and what they converted.</summary>
/// <param name="Owners">Customers of clients, by what their events showed.</param>
/// <param name="Current">Whom a recorded customer's id names now.</param>
internal sealed record People(
    IReadOnlyDictionary<ulong, Token> Owners,
    IReadOnlyDictionary<Token, Token> Current,
    ConversionIndex Conversions,
    long WindowMs
)
{
    /// <summary>The customer of a client: the one that the edge knew, else the one whose identifier its events showed.</summary>
    public Token? CustomerOf(ulong client, Token recorded) =>
        recorded != default && Current.TryGetValue(recorded, out Token current) ? current
        : Owners.TryGetValue(client, out Token owner) ? owner
        : null;
}
