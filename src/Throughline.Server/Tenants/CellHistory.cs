using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Identity;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>Reads a customer's history out of the log, beside the writer: the results that name it, in their order.</summary>
internal static class CellHistory
{
    public static async Task<byte[]?> AnswerAsync(TenantCell cell, Token customer, CancellationToken cancellation)
    {
        (ITenantLog log, long end, Token? current) = await cell.AskAsync(
                store => (store.Log, store.Machine.NextResult, store.Machine.CurrentCustomer(customer)),
                cancellation
            )
            .ConfigureAwait(false);
        return await Task.Run(() => Read(cell.Places, log, end, customer, current, cancellation), cancellation)
            .ConfigureAwait(false);
    }

    private static byte[]? Read(
        CellPlaces places,
        ITenantLog log,
        long end,
        Token customer,
        Token? current,
        CancellationToken cancellation
    )
    {
        CustomerHistory history = new(
            customer,
            position =>
            {
                RecordBuffer buffer = new();
                log.Read(position, buffer);
                return buffer[0].ToArray();
            }
        );
        RecordBuffer one = new();
        foreach (long sequence in places.Customers.Find(log, [customer], end, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            one.Clear();
            log.ReadResult(sequence, one);
            history.Note(one[0]);
        }
        return history.ToJson(current);
    }
}
