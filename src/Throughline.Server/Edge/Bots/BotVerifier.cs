using System.Buffers.Binary;
using System.Net;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Decide;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Edge.Bots;

/// <summary>Answers the questions about claimed good bots by forward-confirmed reverse DNS, beside the decisions and never in their way.</summary>
internal sealed class BotVerifier(BotDesk desk, IReverseDns dns, TimeProvider time, ILogger logger)
{
    /// <summary>Questions that are asked at once.</summary>
    public const int Parallel = 8;

    /// <summary>Names of one address that are followed; more are nobody's honest set-up.</summary>
    public const int NamesMax = 8;

    /// <summary>How long one claim may take; then nothing is known.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often new questions are looked for.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Answers until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
            if (await AnswerAsync(cancellation) == 0)
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Answers the oldest waiting questions; gives how many.</summary>
    public async Task<int> AnswerAsync(CancellationToken cancellation)
    {
        IReadOnlyList<BotQuestion> questions = desk.Ask(Parallel);
        await Task.WhenAll(questions.Select(question => AnswerAsync(question, cancellation)));
        return questions.Count;
    }

    private async Task AnswerAsync(BotQuestion question, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        BotIdentity identity;
        try
        {
            identity = await FindAsync(question, both.Token);
        }
        catch (OperationCanceledException)
        {
            identity = BotIdentity.Unverified;
        }
        catch (Exception error) // names are written by strangers: one that a resolver chokes on must not end the look-ups
        {
            BotEvents.LookUpFailed(logger, error.GetType().Name, error.StackTrace);
            identity = BotIdentity.Unverified;
        }
        BotInstruments.Answered(identity);
        desk.Learn(question, identity, time.GetUtcNow());
    }

    private async Task<BotIdentity> FindAsync(BotQuestion question, CancellationToken cancellation)
    {
        if (await dns.NamesOfAsync(AddressOf(question.Address), cancellation) is not { } names)
            return BotIdentity.Unverified;
        List<(string, IReadOnlyList<IpAddress>)> found = [];
        foreach (string name in names.Where(question.Bot.Owns).Take(NamesMax))
        {
            if (await dns.AddressesOfAsync(name, cancellation) is not { } addresses)
                return BotIdentity.Unverified;
            found.Add((name, [.. addresses.Select(AddressOf)]));
        }
        return question.Bot.Judge(question.Address, found);
    }

    private static IPAddress AddressOf(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address.Bits);
        return new(address.IsV6 ? bytes : bytes[12..]);
    }

    private static IpAddress AddressOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        bool isV6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        address.TryWriteBytes(isV6 ? bytes : bytes[12..], out _);
        return IpAddress.Of(BinaryPrimitives.ReadUInt128BigEndian(bytes), isV6);
    }
}
