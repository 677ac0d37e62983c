using Throughline.Cel.Values;

namespace Throughline.Core.Attribution.Rules;

/// <summary>
/// What expressions of rules may read of one touch, conversion and customer. Filled by the driver that knows the events, before an
/// expression is evaluated; what it does not know stays null, and reading it is an error of that expression.
/// </summary>
public sealed class RuleFacts
{
    public string? TouchKind { get; set; }
    public string? Campaign { get; set; }
    public string? Channel { get; set; }
    public string? Creative { get; set; }
    public string? Placement { get; set; }

    /// <summary>Milliseconds since 1970.</summary>
    public long TouchTime { get; set; }

    /// <summary>0: it was seen on the conversion's own identifier; else the weakest link between the two.</summary>
    public int Tier { get; set; }

    /// <summary>A map; null is an empty one.</summary>
    public Value TouchProperties { get; set; }
    public string? ConversionKind { get; set; }

    /// <summary>Milliseconds since 1970.</summary>
    public long ConversionTime { get; set; }

    /// <summary>Minor units.</summary>
    public long Minor { get; set; }
    public string? Currency { get; set; }
    public string? OrderId { get; set; }
    public Value ConversionProperties { get; set; }

    /// <summary>The customer's earlier conversions, by (time, id), without duplicates and those of bots. Set by the kernel.</summary>
    public int EarlierConversions { get; set; }

    /// <summary>Time of the first and of the last of those; null without any. Set by the kernel.</summary>
    public long? FirstConversion { get; set; }
    public long? LastConversion { get; set; }

    /// <summary>Touches in the longest window before the conversion, those of bots not counted. Set by the kernel.</summary>
    public int Touches { get; set; }

    /// <summary>The customer's earliest touch or conversion, those of bots not counted, milliseconds since 1970; null: the driver does not know.</summary>
    public long? FirstSeen { get; set; }
}

/// <summary>Fills <see cref="RuleFacts"/> for the timeline that is evaluated, by the places of its touches and conversions.</summary>
public interface IRuleFacts
{
    /// <summary>Sets what is of the conversion and of the customer.</summary>
    void ReadConversion(int conversion, RuleFacts facts);

    /// <summary>Sets what is of the touch.</summary>
    void ReadTouch(int touch, RuleFacts facts);
}
