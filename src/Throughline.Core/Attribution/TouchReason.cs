namespace Throughline.Core.Attribution;

/// <summary>
/// What became of a candidate touch: credited, or the first test that it failed, in the order of <see cref="TouchReasons.Order"/>. A
/// closed list; values are stored.
/// </summary>
public enum TouchReason : byte
{
    Credited = 0,

    /// <summary>No rule of its campaign, and no default, covers the conversion's kind and time.</summary>
    NoRule = 1,

    /// <summary>Its actor was a bot in that bucket.</summary>
    Bot = 2,

    /// <summary>Older than its kind's window for its match tier.</summary>
    OutsideWindow = 3,

    /// <summary>Another campaign of the exclusivity group won.</summary>
    LostExclusivity = 4,

    /// <summary>The model gives all to a later touch.</summary>
    NotLast = 5,

    /// <summary>A machine opened it.</summary>
    MachineOpen = 6,

    /// <summary>The rule has no window for its kind, or none for its match tier.</summary>
    NoWindow = 7,

    /// <summary>The eligibility expression is false.</summary>
    NotEligible = 8,

    /// <summary>The eligibility expression has no value: a field is missing, or the budget spent.</summary>
    EligibilityError = 9,

    /// <summary>The conversion's currency is not the rule's, and there is no rate of its day.</summary>
    NoRate = 10,

    /// <summary>The value expression has no value that is a whole number from 0.</summary>
    ValueError = 11,

    /// <summary>The campaign was credited for a conversion with the same key within the time that the rule names.</summary>
    DuplicateKey = 12,

    /// <summary>The campaign was credited for a conversion of this kind less than its cooldown before.</summary>
    Cooldown = 13,

    /// <summary>A credited conversion since then ended the cycle.</summary>
    BeforeCycle = 14,

    /// <summary>It earned another conversion, and may earn once.</summary>
    Used = 15,

    /// <summary>It earned another conversion of this kind, and one of a kind counts.</summary>
    CountedOnce = 16,

    /// <summary>It has earned as many conversions as it may.</summary>
    ConversionCap = 17,

    /// <summary>A touch of its campaign has a higher priority, or is a click of the same.</summary>
    LowerPriority = 18,

    /// <summary>The campaign has as many touches for the conversion as it may.</summary>
    TouchCap = 19,

    /// <summary>The model gives it nothing.</summary>
    NoWeight = 20,

    /// <summary>It is no click, and its rule leaves nothing to such touches.</summary>
    ViewShare = 21,
}

/// <summary>The order of the tests.</summary>
public static class TouchReasons
{
    /// <summary>
    /// All reasons in the order in which the tests are made; the first that fails is the reason. Those up to
    /// <see cref="TouchReason.ConversionCap"/> are of one touch alone, the others compare it with others.
    /// </summary>
    public static IReadOnlyList<TouchReason> Order { get; } =
    [
        TouchReason.NoRule,
        TouchReason.Bot,
        TouchReason.MachineOpen,
        TouchReason.NoWindow,
        TouchReason.OutsideWindow,
        TouchReason.NotEligible,
        TouchReason.EligibilityError,
        TouchReason.NoRate,
        TouchReason.ValueError,
        TouchReason.DuplicateKey,
        TouchReason.Cooldown,
        TouchReason.BeforeCycle,
        TouchReason.Used,
        TouchReason.CountedOnce,
        TouchReason.ConversionCap,
        TouchReason.LowerPriority,
        TouchReason.TouchCap,
        TouchReason.LostExclusivity,
        TouchReason.NotLast,
        TouchReason.NoWeight,
        TouchReason.ViewShare,
        TouchReason.Credited,
    ];
}
