using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Storage;
using Throughline.Storage.Ids;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>
/// What becomes of a log whose results another logic made (docs/adr/0005): those of an older one are restated, those of a newer
/// one refused. Under one logic the stored results must be those that the log gives.
/// </summary>
internal static class LogicChange
{
    /// <exception cref="StoreDamagedException">A newer logic made its results: this one cannot go on from them.</exception>
    public static void Check(string folder, ITenantLog log)
    {
        if (log.NextResult == 0 || LogicOf(log, log.NextResult - 1) <= Logic.Version)
            return;
        string detail =
            $"its results were made by logic {LogicOf(log, log.NextResult - 1)}, this version of the product knows up to "
            + $"{Logic.Version}; open it with the newer version";
        throw new StoreDamagedException(folder, StoreProblem.NewerFormat, detail);
    }

    /// <summary>An older logic made results of this log.</summary>
    public static bool IsBehind(ITenantLog log) => log.NextResult > 0 && LogicOf(log, 0) != Logic.Version;

    /// <summary>
    /// Publishes again what this logic tells otherwise, as next revisions. A crash on the way is made good by the next start. Returns
    /// what to report.
    /// </summary>
    public static string Restate(TenantMachine machine, ITenantLog log)
    {
        ushort before = LogicOf(log, 0);
        Restatement restatement = machine.Restate(sequence => ReadResult(log, sequence));
        log.ScanResults(
            0,
            (sequence, result) =>
            {
                restatement.Adopt(sequence, result);
                return true;
            }
        );
        RecordBuffer none = new();
        RecordBuffer results = new();
        long count = restatement.Publish(
            log.NextResult,
            results,
            () =>
            {
                log.Commit(new(none, results, DateOnly.MinValue)); // into the newest file
                results.Clear();
            }
        );
        return $"results since logic {before}: rebuilt under logic {Logic.Version}, {count} published again";
    }

    /// <summary>Replays once more beside the stored results, to name the place where they part.</summary>
    public static StoreDamagedException Differs(
        string folder,
        TenantSettings settings,
        ITenantLog log,
        TenantHistory history
    )
    {
        TenantMachine machine = new(settings, history);
        RecordBuffer results = new();
        long sequence = 0;
        long differs = log.NextPosition;
        log.Scan(
            0,
            (position, record) =>
            {
                machine.Replay(record, results);
                for (int i = 0; i < results.Count && differs == log.NextPosition; i++, sequence++)
                    if (sequence >= log.NextResult || !results[i].SequenceEqual(ReadResult(log, sequence)))
                        differs = position;
                results.Clear();
                return differs == log.NextPosition;
            }
        );
        string detail =
            $"tenant {settings.Tenant}: from the event at position {differs} on, the stored results are not those that the "
            + $"log gives, under the same logic {Logic.Version}: restore the folder from a backup";
        return new(folder, StoreProblem.Corrupt, detail);
    }

    private static ushort LogicOf(ITenantLog log, long sequence) =>
        ResultRecord.FromTrusted(ReadResult(log, sequence)).Logic;

    private static byte[] ReadResult(ITenantLog log, long sequence)
    {
        RecordBuffer buffer = new();
        log.ReadResult(sequence, buffer);
        return buffer[0].ToArray();
    }
}
