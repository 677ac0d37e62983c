namespace Throughline.Core.Attribution;

/// <summary>What became of a conversion. Values are stored.</summary>
public enum ConversionStatus : byte
{
    /// <summary>At least one touch earned credit.</summary>
    Attributed = 0,

    /// <summary>No touch was eligible.</summary>
    Unattributed = 1,

    /// <summary>Another conversion has the same kind and order id and comes first by (time, id).</summary>
    DuplicateOrder = 2,

    /// <summary>Its actor was a bot in that bucket.</summary>
    Bot = 3,

    /// <summary>It belongs to no customer: it has no identifier, or all are blocked.</summary>
    NoCustomer = 4,

    /// <summary>Its customer has more identifiers than a person has.</summary>
    CustomerTooLarge = 5,
}
