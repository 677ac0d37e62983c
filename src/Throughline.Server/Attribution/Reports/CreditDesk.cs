using System.Collections.Concurrent;
using Throughline.Core.Attribution.Reports;
using Throughline.Server.Api;
using Throughline.Server.Tenants;

namespace Throughline.Server.Attribution.Reports;

/// <summary>Lets some read a tenant's current credit at a time, beside its writer; others of the same tenant wait for their turn.</summary>
internal sealed class CreditDesk(TenantRegistry registry)
{
    /// <summary>Of one tenant: each holds memory and a core while it reads.</summary>
    private const int AtOnce = 2;

    private const string TooMuchMoney =
        "A sum of money is beyond 2^63 - 1 minor units: ask for fewer days, or find the conversions whose value is none (attribution export).";

    private static readonly ConcurrentDictionary<TenantId, ReportTurns> Turns = new();

    /// <summary>Opens the tenant's credit as it is now, unless something of the question is wrong, and works in a turn.</summary>
    public Task UseAsync(HttpContext context, CreditQuery query, bool withCustomers, Func<CreditReader, Task> work) =>
        query.Problem is { } problem
            ? problem.WriteAsync(context)
            : InTurnAsync(context, () => OpenAsync(context, query, withCustomers, work));

    /// <summary>The same for those who wait for their client in between: they take turns themselves.</summary>
    public async Task OpenAsync(
        HttpContext context,
        CreditQuery query,
        bool withCustomers,
        Func<CreditReader, Task> work
    )
    {
        if (query.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }
        try
        {
            using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
            await work(await lease.Cell.CreditAsync(withCustomers, context.RequestAborted));
        }
        catch (ReportTooLargeException error) when (!context.Response.HasStarted)
        {
            await Problem.Of(ProblemReason.ReportTooLarge, error.Message).WriteAsync(context);
        }
        catch (OverflowException) when (!context.Response.HasStarted)
        {
            await Problem.Of(ProblemReason.ReportTooLarge, TooMuchMoney).WriteAsync(context);
        }
    }

    /// <summary>Does what reads much of a log when it is the tenant's turn.</summary>
    public static async Task InTurnAsync(HttpContext context, Func<Task> work)
    {
        ReportTurns turns = TurnsOf(context.Tenant().Id);
        await turns.WaitAsync(context.RequestAborted);
        try
        {
            await work();
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>The turns of a tenant.</summary>
    public static ReportTurns TurnsOf(TenantId tenant) => Turns.GetOrAdd(tenant, static _ => new(AtOnce));
}
