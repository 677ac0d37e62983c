namespace Throughline.Server.Attribution.Reports;

/// <summary>
/// Turns of those who read much of one tenant's log, so many at once: each holds a core while it reads. A turn that nobody else asks for
/// helps a reader with a second thread.
/// </summary>
public sealed class ReportTurns(int atOnce)
{
    private readonly SemaphoreSlim free = new(atOnce);
    private int waiting;

    /// <summary>Waits for a turn; <see cref="Release"/> gives it back.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            await free.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    public void Release() => free.Release();

    /// <summary>
    /// Does the pieces of a piece of work from 0 on, in no order, on this thread and on a second one as long as there is a turn that nobody
    /// waits for.
    /// </summary>
    /// <param name="make">Makes what one thread works with.</param>
    /// <returns>What the threads worked with.</returns>
    public IReadOnlyList<T> Work<T>(int pieces, Func<T> make, Action<T, int> work, CancellationToken cancellation)
    {
        int next = -1;
        T Run(Func<bool> goesOn)
        {
            T own = make();
            while (goesOn() && Interlocked.Increment(ref next) is int piece && piece < pieces)
            {
                cancellation.ThrowIfCancellationRequested();
                work(own, piece);
            }
            return own;
        }
        bool isHelped = pieces > 1 && Environment.ProcessorCount > 1 && free.Wait(0, CancellationToken.None);
        if (!isHelped)
            return [Run(() => true)];
        bool failed = false;
        Task<T> helper = Task.Run(
            () =>
            {
                try
                {
                    return Run(() => Volatile.Read(ref waiting) == 0 && !Volatile.Read(ref failed));
                }
                catch
                {
                    Volatile.Write(ref failed, true);
                    throw;
                }
                finally
                {
                    free.Release();
                }
            },
            CancellationToken.None
        );
        T mine;
        try
        {
            mine = Run(() => !Volatile.Read(ref failed));
        }
        catch
        {
            Volatile.Write(ref failed, true);
            Task.WaitAny([helper], CancellationToken.None); // what it reads is given up with the turn
            throw;
        }
        return [mine, helper.GetAwaiter().GetResult()];
    }
}
