using Throughline.Core.Events;
using Throughline.Core.Identity;

namespace Throughline.Core.Tenant;

/// <summary>Who an identifier belongs to.</summary>
/// <param name="Customer">The customer's id.</param>
/// <param name="Size">How many identifiers it has.</param>
/// <param name="Since">When the founder was first seen, milliseconds since 1970.</param>
/// <param name="Applied">Position of the next event when it was read: the answer may be given once all before it are committed.</param>
public readonly record struct Resolution(Token Customer, int Size, long Since, long Applied);

/// <summary>
/// Answers from memory while the writer works, by a sequence lock: read, and read again if an event was applied in between.
/// Never blocks the writer, never changes anything.
/// </summary>
public sealed class TenantReader
{
    private const int Attempts = 10_000;

    private readonly TenantMachine machine;
    private readonly IdentityGraph graph;
    private long sequence;

    internal TenantReader(TenantMachine machine, IdentityGraph graph)
    {
        this.machine = machine;
        this.graph = graph;
    }

    /// <summary>
    /// The customer that holds an identifier: null if it was never seen or is blocked.
    /// </summary>
    /// <exception cref="TimeoutException">The writer was too busy; ask it instead.</exception>
    public Resolution? Resolve(Token token) => Consistent(token, static (reader, token) => reader.Read(token));

    /// <summary>The same with what is known of the customer; it takes longer the more its identifiers were linked and converted, up to <see cref="CustomerView.RowsMax"/> rows.</summary>
    /// <exception cref="TimeoutException">The writer was too busy; ask it instead.</exception>
    /// <param name="withTraits">Also where the values of its traits are told.</param>
    public CustomerView? View(Token token, bool withTraits = false) =>
        Consistent(
            (token, withTraits),
            static (reader, asked) => CustomerView.Read(reader.machine, asked.token, asked.withTraits)
        );

    /// <summary>What is known of the customer of the first of some identifiers that belongs to one; null if none does.</summary>
    /// <param name="address">Where the request comes from.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <exception cref="TimeoutException">The writer was too busy.</exception>
    public CustomerSight? Sight(IReadOnlyList<Token> identifiers, Token? address, long now) =>
        Consistent(
            (identifiers, address, now),
            static (reader, asked) => CustomerSight.Read(reader.machine, asked.identifiers, asked.address, asked.now)
        );

    private T Consistent<TAsked, T>(TAsked asked, Func<TenantReader, TAsked, T> read)
    {
        SpinWait pause = default;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long before = Volatile.Read(ref sequence);
            if ((before & 1) == 0)
            {
                try
                {
                    T answer = read(this, asked);
                    Volatile.ReadBarrier();
                    if (Volatile.Read(ref sequence) == before)
                        return answer;
                }
                catch (Exception torn)
                    when (torn is IndexOutOfRangeException or NullReferenceException or ArgumentException)
                {
                    if (Volatile.Read(ref sequence) == before)
                        throw; // nobody wrote: the state is broken
                }
            }
            pause.SpinOnce();
        }
        throw new TimeoutException("the writer did not pause for a reader");
    }

    internal void Enter()
    {
        Volatile.Write(ref sequence, sequence + 1);
        Volatile.WriteBarrier();
    }

    internal void Leave() => Volatile.Write(ref sequence, sequence + 1);

    private Resolution? Read(Token token)
    {
        int row = graph.Find(token);
        if (row < 0)
            return null;
        CustomerState state = graph.Groups.StateOf(row);
        if (state.Size == 0)
            return null;
        return new(graph.Groups.IdOf(state.Founder), state.Size, state.Since, machine.NextPosition);
    }
}
