namespace Throughline.Core.Events;

/// <summary>On which side of a campaign's experiment somebody is. Values are stored.</summary>
public enum HoldoutArm : byte
{
    /// <summary>Excluded from the campaign.</summary>
    Held = 1,

    /// <summary>The campaign may reach them.</summary>
    Treated = 2,
}

/// <summary>Reads arms out of stored events.</summary>
public static class HoldoutArms
{
    /// <summary>The arm that a holdout event tells of.</summary>
    public static HoldoutArm Of(in EventRecord record) =>
        record.Number(EventField.Status) == (long)HoldoutArm.Held ? HoldoutArm.Held : HoldoutArm.Treated;
}
