using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Gate.Reports;

/// <summary>What is known of the clients of a report: a sample, the same clients in every count that is taken from it.</summary>
internal sealed class ClientBook
{
    private const int ClientsMax = 65_536;

    private readonly KeySample<ClientFacts> clients = new(ClientsMax);
    private IReadOnlyDictionary<Token, Token> customers = new Dictionary<Token, Token>();

    /// <summary>Share of the clients that are known, and that counts are scaled up from.</summary>
    public double Share => 1.0 / (1L << clients.Level);

    /// <summary>Names an address together with a user agent.</summary>
    public static ulong ClientOf(Token address, ReadOnlySpan<byte> userAgent) =>
        Mix.Three(address.High, address.Low, Mix.Bytes(userAgent));

    /// <summary>Takes an event that is no decision: if it names an address, who that client is, and whether it converted.</summary>
    public void See(in EventRecord record)
    {
        bool isConversion = record.Type == EventType.Conversion;
        if (
            (!isConversion && record.IdentifierCount == 0)
            || !record.TryGet(EventField.Address, out ReadOnlySpan<byte> address)
        )
            return;
        record.TryGet(EventField.UserAgent, out ReadOnlySpan<byte> agent);
        ClientFacts nobodys = default;
        ref ClientFacts client = ref clients.At(ClientOf(Token.Read(address), agent), ref nobodys);
        if (isConversion)
            client.LastConversion = Math.Max(client.LastConversion, record.Time);
        // The least one, so that the order of events changes nothing.
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            Token found = record.Identifier(i).Token;
            if (client.Identifier == default || found.CompareTo(client.Identifier) < 0)
                client.Identifier = found;
        }
    }

    public ref ClientFacts At(ulong client, ref ClientFacts nobodys) => ref clients.At(client, ref nobodys);

    /// <summary>Identifiers whose customers are asked for, ascending.</summary>
    public IReadOnlyList<Token> Identifiers() =>
        [.. clients.Kept.Values.Select(x => x.Identifier).Where(x => x != default).Distinct().Order()];

    /// <summary>Learns which customers identifiers belong to.</summary>
    public void Identify(IReadOnlyDictionary<Token, Token> found) => customers = found;

    /// <summary>Denied or challenged requests of clients that are known as a customer's.</summary>
    public long RefusalsOfCustomers() =>
        clients.Kept.Values.Where(x => x.IsCustomer).Sum(x => x.Refusals) << clients.Level;

    /// <summary>All clients that were denied or challenged.</summary>
    public ClientFigures Refused() => FiguresOf(clients.Kept.Values.Where(x => x.IsRefused), clients.Level);

    /// <summary>Those of a sample that were denied or challenged.</summary>
    public ClientFigures FiguresOf<T>(KeySample<T> sample, Func<T, bool> which)
        where T : struct
    {
        int level = Math.Max(sample.Level, clients.Level);
        return FiguresOf(Known(sample, which, level).Where(x => x.IsRefused), level);
    }

    /// <summary>Different customers among the clients of a sample.</summary>
    public long CustomersOf<T>(KeySample<T> sample, Func<T, bool> which)
        where T : struct
    {
        int level = Math.Max(sample.Level, clients.Level);
        return CustomersOf(Known(sample, which, level)) << level;
    }

    private IEnumerable<ClientFacts> Known<T>(KeySample<T> sample, Func<T, bool> which, int level)
        where T : struct
    {
        foreach ((ulong key, T value) in sample.Kept)
            if (which(value) && KeySample<T>.Keeps(level, key) && clients.Kept.TryGetValue(key, out ClientFacts facts))
                yield return facts;
    }

    private ClientFigures FiguresOf(IEnumerable<ClientFacts> refused, int level)
    {
        ClientFacts[] all = [.. refused];
        return new(
            (long)all.Length << level,
            all.LongCount(x => x.WasAllowedLater) << level,
            all.LongCount(x => x.WasHumanLater) << level,
            all.LongCount(x => x.ConvertedLater) << level,
            CustomersOf(all) << level,
            CustomersOf(all.Where(x => x.ConvertedLater)) << level
        );
    }

    private long CustomersOf(IEnumerable<ClientFacts> some) =>
        some.Where(x => x.Identifier != default && customers.ContainsKey(x.Identifier))
            .Select(x => customers[x.Identifier])
            .Distinct()
            .LongCount();
}
