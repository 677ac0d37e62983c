using Throughline.Core.Events;
using Throughline.Storage.Log;

namespace Throughline.Testing.Log;

/// <summary>
/// What every <see cref="ITenantLog"/> has to do: a random sequence of commits, reopenings, reads and scans is done to
/// it and to plain lists, and the two must agree at each step.
/// </summary>
public sealed class TenantLogContract(int seed)
{
    private static readonly DateOnly FirstDay = new(2026, 11, 22);

    private readonly Random random = new(seed);
    private readonly List<byte[]> events = [];
    private readonly List<byte[]> results = [];
    private readonly RecordBuffer read = new();
    private DateOnly day = FirstDay;
    private int steps;

    /// <summary>Runs one sequence; throws at the first difference, naming seed and step.</summary>
    /// <param name="seed">Chooses the sequence.</param>
    /// <param name="open">Opens the log over what it held before; called again after each close.</param>
    /// <param name="steps">Length of the sequence.</param>
    public static void Run(int seed, Func<ITenantLog> open, int steps = 120) =>
        new TenantLogContract(seed).Run(open, steps);

    private void Run(Func<ITenantLog> open, int count)
    {
        ITenantLog log = open();
        try
        {
            CheckEnds(log);
            for (steps = 0; steps < count; steps++)
            {
                switch (random.Next(13))
                {
                    case < 5:
                        Commit(log);
                        break;
                    case < 7:
                        ReadSome(log);
                        break;
                    case < 9:
                        ScanSome(log);
                        break;
                    case 9:
                        log.ReleaseIdle();
                        break;
                    case 11:
                        Replace(log);
                        break;
                    case 10:
                        day = day.AddDays(random.Next(-1, 3));
                        break;
                    default:
                        log.Dispose();
                        log = open();
                        break;
                }
                CheckEnds(log);
            }
            Compare(log.Scan, events, 0, int.MaxValue);
            Compare(log.ScanResults, results, 0, int.MaxValue);
            CheckOutside(log);
        }
        finally
        {
            log.Dispose();
        }
    }

    private void Commit(ITenantLog log)
    {
        RecordBuffer newEvents = Records(events);
        RecordBuffer newResults = Records(results);
        log.Commit(new(newEvents, newResults, day));
    }

    private RecordBuffer Records(List<byte[]> model)
    {
        int count = random.Next(4) switch
        {
            0 => 0,
            1 => 1,
            2 => random.Next(10),
            _ => random.Next(700),
        };
        RecordBuffer records = new();
        for (int i = 0; i < count; i++)
        {
            byte[] record = new byte[random.Next(200) == 0 ? random.Next(150_000) : random.Next(600)];
            random.NextBytes(record);
            records.Append(record);
            model.Add(record);
        }
        return records;
    }

    private void Replace(ITenantLog log)
    {
        List<ReplacedEvent> replaced = [];
        for (int position = random.Next(100); position < events.Count; position += random.Next(1, 400))
        {
            byte[] record = new byte[events[position].Length];
            random.NextBytes(record);
            replaced.Add(new(position, record));
            events[position] = [.. record];
        }
        log.Replace(replaced);
    }

    private void ReadSome(ITenantLog log)
    {
        for (int i = 0; i < 20; i++)
        {
            read.Clear();
            if (events.Count > 0)
            {
                int position = random.Next(events.Count);
                log.Read(position, read);
                Expect(read[0].SequenceEqual(events[position]), $"event {position} differs");
            }
            read.Clear();
            if (results.Count > 0)
            {
                int sequence = random.Next(results.Count);
                log.ReadResult(sequence, read);
                Expect(read[0].SequenceEqual(results[sequence]), $"result {sequence} differs");
            }
        }
    }

    private void ScanSome(ITenantLog log)
    {
        int limit = random.Next(2) == 0 ? random.Next(1, 50) : int.MaxValue;
        Compare(log.Scan, events, random.Next(events.Count + 2), limit);
        Compare(log.ScanResults, results, random.Next(results.Count + 2), limit);
    }

    private void Compare(Action<long, ScanHandler> scan, List<byte[]> model, int from, int limit)
    {
        int seen = 0;
        scan(
            from,
            (number, record) =>
            {
                Expect(number == from + seen, $"a scan from {from} gave {number} at place {seen}");
                Expect(record.SequenceEqual(model[(int)number]), $"a scan from {from} gave another record at {number}");
                return ++seen < limit;
            }
        );
        int expected = Math.Min(Math.Max(0, model.Count - from), limit);
        Expect(seen == expected, $"a scan from {from} gave {seen} records instead of {expected}");
    }

    private void CheckEnds(ITenantLog log)
    {
        Expect(log.NextPosition == events.Count, $"next position is {log.NextPosition} instead of {events.Count}");
        Expect(log.NextResult == results.Count, $"next result is {log.NextResult} instead of {results.Count}");
    }

    private void CheckOutside(ITenantLog log)
    {
        foreach (long position in (long[])[-1, events.Count, long.MaxValue])
        {
            try
            {
                log.Read(position, read);
            }
            catch (ArgumentOutOfRangeException)
            {
                continue;
            }
            Expect(false, $"position {position} was read, but there is no such one");
        }
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException($"{otherwise} (seed {seed}, step {steps})");
    }
}
