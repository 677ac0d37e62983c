using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Alarms;

/// <summary>How alarms are judged.</summary>
/// <param name="SilenceHours">A tenant is silent after so many whole hours without an event.</param>
public sealed record AlarmSettings(int SilenceHours = AlarmSettings.SilenceHoursDefault)
{
    public const int SilenceHoursDefault = 24;
    public const int SilenceHoursMax = 168;
}

/// <summary>
/// The tenant's alarms as its log tells them: raised and cleared by statements, so that a restart neither loses nor repeats one. They have no
/// effect on any lens.
/// </summary>
public sealed class AlarmBook
{
    /// <summary>Cleared ones that are remembered: the latest. The log has all.</summary>
    public const int ClearedMax = 1_000;

    private readonly SortedDictionary<(string Kind, string Subject), Alarm> standing = [];
    private readonly Dictionary<(string Kind, string Subject), int> raised = [];
    private readonly Queue<Alarm> cleared = new();
    private readonly List<long> positions = [];

    /// <summary>Those that stand, by kind and subject.</summary>
    public IReadOnlyCollection<Alarm> Standing => standing.Values;

    /// <summary>The latest that were cleared, in that order.</summary>
    public IReadOnlyCollection<Alarm> Cleared => cleared;

    /// <summary>Where all statements are in the log, ascending.</summary>
    public IReadOnlyList<long> Positions => positions;

    public AlarmSettings Settings { get; private set; } = new();

    /// <summary>How often an alarm was raised.</summary>
    public int RaisedOf(string kind, string subject) => raised.GetValueOrDefault((kind, subject));

    /// <summary>Takes a document in; false if it is none of these.</summary>
    internal bool TryAdd(string kind, JsonElement document, long position)
    {
        switch (kind)
        {
            case ControlDocument.AlarmKind:
                positions.Add(position);
                Add(Alarm.ReadDocument(document));
                return true;
            case ControlDocument.AlarmSettingsKind:
                Settings = document.GetProperty("settings").Deserialize<AlarmSettings>(Alarm.Form)!;
                return true;
            default:
                return false;
        }
    }

    private void Add(Alarm alarm)
    {
        (string, string) name = (alarm.Kind, alarm.Subject);
        if (alarm.Until is null)
        {
            standing[name] = alarm;
            raised[name] = raised.GetValueOrDefault(name) + 1;
            return;
        }
        standing.Remove(name);
        cleared.Enqueue(alarm);
        if (cleared.Count > ClearedMax)
            cleared.Dequeue();
    }
}

/// <summary>One of the tenant's webhooks, as far as the log tells without being opened: where its definition is.</summary>
/// <param name="Version">From 1, without gaps over all that had the id.</param>
/// <param name="IsRemoved">It was removed, and is there for its number alone.</param>
public sealed record HookEntry(string Id, int Version, long Position, bool IsRemoved);

/// <summary>Where the definitions of the tenant's webhooks are. What they say is sealed: addresses and secrets are nobody else's.</summary>
public sealed class HookBook
{
    private readonly SortedDictionary<string, HookEntry> hooks = new(StringComparer.Ordinal);

    /// <summary>The latest of each id, ordinal, removed ones too.</summary>
    public IReadOnlyCollection<HookEntry> Entries => hooks.Values;

    public HookEntry? Find(string id) => hooks.GetValueOrDefault(id);

    internal bool TryAdd(string kind, JsonElement document, long position)
    {
        if (kind != ControlDocument.WebhookKind)
            return false;
        string id = document.GetProperty("id").GetString()!;
        hooks[id] = new(
            id,
            document.GetProperty("version").GetInt32(),
            position,
            document.GetProperty("removed").GetBoolean()
        );
        return true;
    }
}
