using System.Runtime.InteropServices;

namespace Throughline.Core.Alarms;

/// <summary>
/// Makes statements of what is wrong now: raises what is new at once, and clears what has been well for <see cref="ClearAfterMs"/> on end, so
/// that a measure that swings around its limit is one alarm. The same looks at the same times give the same statements.
/// </summary>
public sealed class AlarmDesk
{
    /// <summary>So long a condition must have been well before its alarm is cleared.</summary>
    public const long ClearAfterMs = 10 * 60_000;

    /// <summary>Alarms of one kind that stand at most: whoever sends a thousand new names wants no thousand alarms.</summary>
    public const int StandingMax = 100;

    private readonly Dictionary<(string Kind, string Subject), long> wellSince = [];

    /// <summary>What is to be said now.</summary>
    /// <param name="book">What was said so far.</param>
    /// <param name="conditions">All that is wrong, of the kinds that were looked at; each kind and subject once.</param>
    /// <param name="looked">The kinds that were looked at: others stay as they are.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public IReadOnlyList<Alarm> Step(
        AlarmBook book,
        IReadOnlyList<AlarmCondition> conditions,
        IReadOnlySet<string> looked,
        long now
    )
    {
        List<Alarm> statements = [];
        HashSet<(string, string)> wrong = [.. conditions.Select(x => (x.Kind, x.Subject))];
        HashSet<(string, string)> standing = [];
        Dictionary<string, int> counts = [];
        foreach (Alarm alarm in book.Standing)
        {
            standing.Add((alarm.Kind, alarm.Subject));
            if (looked.Contains(alarm.Kind) && IsWell(alarm, wrong, now))
                statements.Add(alarm.Clear(now));
            else
                Count(counts, alarm.Kind)++;
        }
        foreach (AlarmCondition condition in conditions)
        {
            if (standing.Contains((condition.Kind, condition.Subject)) || Count(counts, condition.Kind) >= StandingMax)
                continue;
            statements.Add(Alarm.Raise(condition, book.RaisedOf(condition.Kind, condition.Subject) + 1, now));
            Count(counts, condition.Kind)++;
        }
        return statements;
    }

    // True once it has been well for long enough.
    private bool IsWell(Alarm alarm, HashSet<(string, string)> wrong, long now)
    {
        (string, string) name = (alarm.Kind, alarm.Subject);
        if (wrong.Contains(name))
        {
            wellSince.Remove(name);
            return false;
        }
        if (!wellSince.TryAdd(name, now) && now - wellSince[name] >= ClearAfterMs)
        {
            wellSince.Remove(name);
            return true;
        }
        return false;
    }

    private static ref int Count(Dictionary<string, int> counts, string kind) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(counts, kind, out _);
}
