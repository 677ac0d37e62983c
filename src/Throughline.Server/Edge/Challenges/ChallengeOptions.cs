using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Gate.Challenges;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Challenges;

/// <summary>How clients prove themselves where no page of the operator's is named.</summary>
public sealed record ChallengeOptions
{
    /// <summary>False: clients are not sent the gate's page, but refused.</summary>
    public bool Page { get; init; } = true;

    /// <summary>Zero bits that a proof must begin with, where neither rule nor route says: 2^bits hashes on average.</summary>
    public int Difficulty { get; init; } = 16;

    /// <summary>The same for single tenants.</summary>
    public IReadOnlyDictionary<string, int> Difficulties { get; init; } = new Dictionary<string, int>();

    /// <summary>Status of the page: 403 or 429. Proxies take 500 and above for a dead gate.</summary>
    public int Status { get; init; } = 403;

    /// <summary>A task has to be solved within so long.</summary>
    public int TicketSeconds { get; init; } = 600;

    /// <summary>A clearance holds for so long.</summary>
    public int ClearanceMinutes { get; init; } = 24 * 60;

    /// <summary>Bits of an IPv4 address that must stay the same; 0: it may change.</summary>
    public int AddressBits4 { get; init; } = 24;

    /// <summary>Bits of an IPv6 address that must stay the same, at most 64.</summary>
    public int AddressBits6 { get; init; } = 48;

    /// <summary>Who solved so many tasks one after another without ever showing a clearance is let through; 0: nobody is.</summary>
    public int LoopAfter { get; init; } = 3;

    /// <summary>All of them within so long.</summary>
    public int LoopWithinSeconds { get; init; } = 600;

    /// <summary>Let through for so long.</summary>
    public int LoopPassSeconds { get; init; } = 600;

    /// <summary>Texts of at least 32 characters that tasks and clearances are sealed under: the first seals, all open. None: the tenant's own
    /// key. Nodes that share clients must share them.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Whether the cookie is for https alone; null: as the proxy says how the client came.</summary>
    public bool? SecureCookie { get; init; }

    /// <summary>Solved tasks of a tenant that are remembered, so that none counts twice.</summary>
    public int SolvedMax { get; init; } = 1 << 18;
}

/// <summary><see cref="ChallengeOptions"/>, validated; immutable.</summary>
internal sealed record ChallengeModel(ChallengeOptions Options, IReadOnlyList<byte[]> Secrets)
{
    /// <summary>Clients of a tenant whose challenges are counted.</summary>
    public const int ClientsMax = 1 << 16;

    private const int SecretCharactersMin = 32;

    public long TicketMs => Options.TicketSeconds * 1000L;

    public long ClearanceMs => Options.ClearanceMinutes * 60_000L;

    public LoopGuard Guard =>
        new(Options.LoopAfter, Options.LoopWithinSeconds * 1000L, Options.LoopPassSeconds * 1000L);

    /// <summary>What a tenant's proofs must begin with where neither rule nor route says.</summary>
    public int DifficultyOf(TenantId tenant) =>
        Options.Difficulties.GetValueOrDefault(tenant.Value, Options.Difficulty);

    /// <exception cref="ArgumentException">An option is not valid; the message says which and why.</exception>
    public static ChallengeModel Of(ChallengeOptions options)
    {
        Range("difficulty", options.Difficulty, 1, ProofOfWork.DifficultyMax);
        foreach ((string tenant, int difficulty) in options.Difficulties)
        {
            if (!TenantId.TryParse(tenant, out _))
                throw new ArgumentException(
                    $"edge.challenge.difficulties: '{tenant}' is no tenant's id ({TenantId.Form})"
                );
            Range($"difficulties.{tenant}", difficulty, 1, ProofOfWork.DifficultyMax);
        }
        if (options.Status is not (403 or 429))
            throw new ArgumentException(
                "edge.challenge.status: must be 403 or 429; proxies take 500 and above for a dead gate"
            );
        Range("ticketSeconds", options.TicketSeconds, 30, 3600);
        Range("clearanceMinutes", options.ClearanceMinutes, 1, 30 * 24 * 60);
        Range("addressBits4", options.AddressBits4, 0, AddressRange.LengthMax4);
        Range("addressBits6", options.AddressBits6, 0, AddressRange.LengthMax6);
        Range("loopAfter", options.LoopAfter, 0, 6); // the page itself gives up after 8
        Range("loopWithinSeconds", options.LoopWithinSeconds, 10, 3600);
        Range("loopPassSeconds", options.LoopPassSeconds, 1, 24 * 3600);
        Range("solvedMax", options.SolvedMax, 1, 1 << 24);
        for (int i = 0; i < options.Secrets.Count; i++)
            if (options.Secrets[i].Length < SecretCharactersMin)
                throw new ArgumentException(
                    $"edge.challenge.secrets.{i}: must have at least {SecretCharactersMin} characters, made by chance"
                );
        return new(options, [.. options.Secrets.Select(secret => SHA256.HashData(Encoding.UTF8.GetBytes(secret)))]);
    }

    private static void Range(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"edge.challenge.{name}: must be {least} to {most}, not {value}");
    }
}
