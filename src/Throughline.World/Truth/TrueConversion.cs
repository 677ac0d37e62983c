namespace Throughline.World.Truth;

/// <summary>Why a conversion's credit is what it is.</summary>
public enum ConversionStatus : byte
{
    /// <summary>Its whole value was earned by touches.</summary>
    Credited,

    /// <summary>The person had no eligible touch.</summary>
    NoTouch,

    /// <summary>A second report of an order: the same sale told again, without a value of its own to share or to leave over.</summary>
    DuplicateOrder,

    /// <summary>A bot made it up: it earns nothing.</summary>
    Bot,
}

/// <summary>
/// What one conversion truly was. Credits and <see cref="Unattributed"/> always add up to <see cref="Minor"/>, and so do the
/// parts that are left after refunds and <see cref="Refunded"/>; of a duplicate order all of these are 0.
/// </summary>
public sealed class TrueConversion
{
    internal TrueConversion(ulong id, long time, ActorKind kind, int actor, string currency, long minor)
    {
        (Id, Time, Kind, Actor, Currency, Minor) = (id, time, kind, actor, currency, minor);
        Unattributed = UnattributedLeft = minor;
    }

    public ulong Id { get; }

    /// <summary>The conversion's event id.</summary>
    public string EventId => WorldIds.Event(Id);

    /// <summary>Milliseconds since 1970.</summary>
    public long Time { get; }
    public ActorKind Kind { get; }
    public int Actor { get; }
    public string Currency { get; }

    /// <summary>Value in minor units, before refunds.</summary>
    public long Minor { get; }
    public ConversionStatus Status { get; internal init; } = ConversionStatus.NoTouch;

    /// <summary>The first report of the same order, or 0.</summary>
    public ulong DuplicateOf
    {
        get;
        internal init
        {
            field = value;
            if (value != 0)
                (Status, Unattributed, UnattributedLeft) = (ConversionStatus.DuplicateOrder, 0, 0);
        }
    }

    /// <summary>Number of the campaign that won, or -1.</summary>
    public int Campaign { get; private init; } = -1;

    /// <summary>In the order of the touches.</summary>
    public IReadOnlyList<TrueCredit> Credits { get; private init; } = [];

    public long Unattributed { get; private init; }

    /// <summary>What refunds left of each credit, in the same order.</summary>
    public IReadOnlyList<long> CreditsLeft => left;

    public long UnattributedLeft { get; private set; }

    /// <summary>What refunds took, cut at the value.</summary>
    public long Refunded { get; private set; }

    private long[] left = [];

    internal TrueConversion WithCredits(int campaign, TrueCredit[] credits) =>
        credits.Length == 0
            ? this
            : new(Id, Time, Kind, Actor, Currency, Minor)
            {
                Status = ConversionStatus.Credited,
                Campaign = campaign,
                Credits = credits,
                Unattributed = 0,
                UnattributedLeft = 0,
                left = [.. credits.Select(credit => credit.Minor)],
            };

    /// <summary>
    /// Takes a refund: divided over what is still left of each credit by largest remainder (equal remainders: earlier touch
    /// first), never more than is left. Refunds come in time order.
    /// </summary>
    internal void Refund(long minor)
    {
        long total = UnattributedLeft;
        foreach (long part in left)
            total += part;
        minor = Math.Min(minor, total);
        Refunded += minor;
        if (left.Length == 0)
        {
            UnattributedLeft -= minor;
            return;
        }
        if (minor == 0)
            return;
        long[] parts = new long[left.Length];
        (long Remainder, int Index)[] rests = new (long, int)[left.Length];
        long given = 0;
        for (int i = 0; i < left.Length; i++)
        {
            Int128 product = (Int128)minor * left[i];
            parts[i] = (long)(product / total);
            rests[i] = (-(long)(product % total), i);
            given += parts[i];
        }
        Array.Sort(rests);
        for (int i = 0; given < minor; i++, given++)
            parts[rests[i].Index]++;
        for (int i = 0; i < left.Length; i++)
            left[i] -= parts[i];
    }
}
