using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.Storage.Log;

namespace Throughline.Storage.Places;

/// <summary>Which records of a log <see cref="TokenPlaces"/> looks up, and by which of their tokens.</summary>
public abstract class PlacedRecords
{
    /// <summary>Events by the identifiers that they show.</summary>
    public static PlacedRecords Events { get; } = new OfEvents();

    /// <summary>Results about customers by the ids of the customers that they name.</summary>
    public static PlacedRecords Customers { get; } = new OfCustomers();

    /// <summary>In the names of files.</summary>
    internal abstract string Name { get; }

    /// <summary>Adds the tokens that a record is found by; one may come twice.</summary>
    internal abstract void List(ReadOnlySpan<byte> record, List<Token> tokens);

    /// <summary>Tells a record from another one at its place in another log.</summary>
    internal abstract Token IdOf(ReadOnlySpan<byte> record);

    /// <summary>How many of them the log holds.</summary>
    internal abstract long Count(ITenantLog log);

    internal abstract void Scan(ITenantLog log, long from, ScanHandler handler);

    internal abstract void Read(ITenantLog log, long number, RecordBuffer target);

    private sealed class OfEvents : PlacedRecords
    {
        internal override string Name => "events";

        internal override void List(ReadOnlySpan<byte> record, List<Token> tokens)
        {
            EventRecord parsed = EventRecord.FromTrusted(record);
            for (int i = 0; i < parsed.IdentifierCount; i++)
                tokens.Add(parsed.Identifier(i).Token);
        }

        internal override Token IdOf(ReadOnlySpan<byte> record) => EventRecord.FromTrusted(record).Id;

        internal override long Count(ITenantLog log) => log.NextPosition;

        internal override void Scan(ITenantLog log, long from, ScanHandler handler) => log.Scan(from, handler);

        internal override void Read(ITenantLog log, long number, RecordBuffer target) => log.Read(number, target);
    }

    private sealed class OfCustomers : PlacedRecords
    {
        internal override string Name => "customers";

        internal override void List(ReadOnlySpan<byte> record, List<Token> tokens) =>
            CustomerHistory.AddCustomers(record, tokens);

        internal override Token IdOf(ReadOnlySpan<byte> record) => ResultRecord.FromTrusted(record).Subject;

        internal override long Count(ITenantLog log) => log.NextResult;

        internal override void Scan(ITenantLog log, long from, ScanHandler handler) => log.ScanResults(from, handler);

        internal override void Read(ITenantLog log, long number, RecordBuffer target) => log.ReadResult(number, target);
    }
}
