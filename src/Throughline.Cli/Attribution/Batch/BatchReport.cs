using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Cli.Input;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>What <c>attribution batch</c> did, as <c>--json</c> prints it.</summary>
/// <param name="Rejections">The first lines that do not count.</param>
/// <param name="Refunds">Of the file of refunds, if there is one.</param>
/// <param name="RefundsWaiting">Refunds of conversions that the files do not have.</param>
/// <param name="Matches">Of the file of matches, if there is one.</param>
/// <param name="RepeatedTouches">Touches that say what an earlier line with their id says: they count once.</param>
/// <param name="Attributed">Conversions of which some touch earned credit.</param>
/// <param name="Unattributed">Conversions of which none did.</param>
/// <param name="DuplicateOrders">Conversions whose order was told by an earlier one: they have no value of their own.</param>
/// <param name="Credits">What touches earned, minor units by currency.</param>
/// <param name="UnattributedValue">What of the value stayed with nobody, minor units by currency.</param>
/// <param name="Reasons">Candidate touches by reason.</param>
/// <param name="Rows">Of the file of results, without the header.</param>
/// <param name="ReadSeconds">Reading, unpacking, taking lines apart, and putting rows where their customer's are.</param>
/// <param name="ComputeSeconds">From rows to credit: finding what was told twice, customers, order in time, the rules.</param>
/// <param name="WriteSeconds">Writing rows of results, until they are on the disk.</param>
/// <param name="SpilledPartitions">Of 256 parts of all customers, those that memory had no room for.</param>
internal sealed record BatchReport(
    RowsReport Touches,
    RowsReport Conversions,
    RowsReport? Refunds,
    long RefundsWaiting,
    RowsReport? Matches,
    IReadOnlyList<InputRejection> Rejections,
    long RepeatedTouches,
    long Attributed,
    long Unattributed,
    long DuplicateOrders,
    SortedDictionary<string, Int128> Credits,
    SortedDictionary<string, Int128> UnattributedValue,
    SortedDictionary<string, long> Reasons,
    long Rows,
    double ReadSeconds,
    double ComputeSeconds,
    double WriteSeconds,
    int SpilledPartitions,
    long MemoryBytes,
    int Threads
);

/// <summary>What was read of a file.</summary>
/// <param name="Read">Lines but for the header and blank ones.</param>
/// <param name="Rejected">Those that do not count, by reason.</param>
internal sealed record RowsReport(long Read, long Accepted, IReadOnlyDictionary<string, long> Rejected)
{
    /// <summary>Null of a file that was not given.</summary>
    public static RowsReport? OfAny(RowCounts? counts) => counts is null ? null : Of(counts);

    public static RowsReport Of(RowCounts counts) =>
        new(counts.Read, counts.Read - counts.Rejections.ByReason.Values.Sum(), counts.Rejections.ByReason);
}
