using Throughline.Cel.Types;

namespace Throughline.Cel.Values;

/// <summary>A value that needs an object of its own. Immutable.</summary>
public abstract class CelObject
{
    public abstract ValueKind Kind { get; }

    /// <summary>The run-time type, without parameters.</summary>
    public abstract CelType Type { get; }
}

/// <summary>Why an evaluation failed.</summary>
public sealed class CelError(string message, int exprId = 0) : CelObject
{
    public override ValueKind Kind => ValueKind.Error;
    public override CelType Type => CelType.Error;
    public string Message { get; } = message;

    /// <summary>The expression that failed; 0 if it is not known yet.</summary>
    public int ExprId { get; } = exprId;
}

/// <summary>The expressions whose values the input left open; ascending.</summary>
public sealed class CelUnknown(IReadOnlyList<int> exprIds) : CelObject
{
    public override ValueKind Kind => ValueKind.Unknown;
    public override CelType Type => CelType.Dyn;
    public IReadOnlyList<int> ExprIds { get; } = exprIds;
}

/// <summary>Bytes.</summary>
public sealed class CelBytes(ReadOnlyMemory<byte> data) : CelObject
{
    public override ValueKind Kind => ValueKind.Bytes;
    public override CelType Type => CelType.Bytes;
    public ReadOnlyMemory<byte> Data { get; } = data;
}

/// <summary>A list; implementations may hold typed elements and make values as they are asked.</summary>
public abstract class CelList : CelObject
{
    public sealed override ValueKind Kind => ValueKind.List;
    public override CelType Type => CelType.ListOfDyn;
    public abstract int Count { get; }
    public abstract Value this[int index] { get; }
}

/// <summary>A map; keys are bool, int, uint or string. Look-ups find numbers by value: 1, 1u and 1.0 are the same key.</summary>
public abstract class CelMap : CelObject
{
    public sealed override ValueKind Kind => ValueKind.Map;
    public override CelType Type => CelType.MapOfDyn;
    public abstract int Count { get; }
    public abstract IEnumerable<Value> Keys { get; }
    public abstract bool TryGet(Value key, out Value value);
}

/// <summary>
/// An instant, 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z: seconds since 1970 and 0 to 999,999,999 nanoseconds.
/// </summary>
public sealed class CelTimestamp(long seconds, int nanos) : CelObject
{
    public const long MinSeconds = -62_135_596_800;
    public const long MaxSeconds = 253_402_300_799;

    public override ValueKind Kind => ValueKind.Timestamp;
    public override CelType Type => CelType.Timestamp;
    public long Seconds { get; } = seconds;
    public int Nanos { get; } = nanos;
}

/// <summary>A span of time: seconds and nanoseconds of the same sign; at most 315,576,000,000 seconds either way.</summary>
public sealed class CelDuration(long seconds, int nanos) : CelObject
{
    public const long MaxSeconds = 315_576_000_000;

    public override ValueKind Kind => ValueKind.Duration;
    public override CelType Type => CelType.Duration;
    public long Seconds { get; } = seconds;
    public int Nanos { get; } = nanos;
}

/// <summary>An optional value: one, or none.</summary>
public sealed class CelOptional : CelObject
{
    public static readonly CelOptional None = new(default, hasValue: false);

    private CelOptional(Value value, bool hasValue)
    {
        Value = value;
        HasValue = hasValue;
    }

    public static CelOptional Of(Value value) => new(value, hasValue: true);

    public override ValueKind Kind => ValueKind.Optional;
    public override CelType Type { get; } = CelType.Opaque(CelType.OptionalName);
    public bool HasValue { get; }
    public Value Value { get; }
}

/// <summary>A value of a strong enum.</summary>
public sealed class CelEnum(CelType type, int number) : CelObject
{
    public override ValueKind Kind => ValueKind.Enum;
    public override CelType Type { get; } = type;
    public int Number { get; } = number;
}

/// <summary>
/// A message: named fields. Well-known types of protobuf never appear as messages: a provider turns them into the values that
/// the specification says (wrapper to primitive or null, Struct to map, Timestamp to timestamp, Any to its content).
/// </summary>
public abstract class CelMessage : CelObject
{
    public sealed override ValueKind Kind => ValueKind.Message;

    /// <summary>A field's value, its default if it is not set; false if there is no such field.</summary>
    public abstract bool TryGet(string field, out Value value);

    /// <summary>What <c>has(message.field)</c> says; false for <paramref name="exists"/> if there is no such field.</summary>
    public abstract bool Has(string field, out bool exists);

    /// <summary>The names of the fields that are set, in the order of their numbers; for text, and for what is zero.</summary>
    public abstract IEnumerable<string> SetFields { get; }

    /// <summary>Protobuf equality: same type, and all set fields equal.</summary>
    public abstract bool EqualTo(CelMessage other);
}

/// <summary>A value of an extension's own type, as an IP address.</summary>
public abstract class CelOpaque : CelObject
{
    public override ValueKind Kind => ValueKind.Opaque;

    public abstract bool EqualTo(CelOpaque other);
}
