using Throughline.Cel.Types;

namespace Throughline.Cel.Values;

/// <summary>A value that needs an object of its own. Immutable.</summary>
public abstract class CelObject
{
    /// <summary>The kind of the value.</summary>
    public abstract ValueKind Kind { get; }

    /// <summary>The run-time type, without parameters.</summary>
    public abstract CelType Type { get; }
}

/// <summary>Why an evaluation failed.</summary>
public sealed class CelError(string message, int exprId = 0) : CelObject
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Error;

    /// <inheritdoc/>
    public override CelType Type => CelType.Error;

    /// <summary>What went wrong.</summary>
    public string Message { get; } = message;

    /// <summary>The expression that failed; 0 if it is not known yet.</summary>
    public int ExprId { get; } = exprId;
}

/// <summary>The expressions whose values the input left open; ascending.</summary>
public sealed class CelUnknown(IReadOnlyList<int> exprIds) : CelObject
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Unknown;

    /// <inheritdoc/>
    public override CelType Type => CelType.Dyn;

    /// <summary>The expressions that are unknown, by their ids.</summary>
    public IReadOnlyList<int> ExprIds { get; } = exprIds;
}

/// <summary>Bytes.</summary>
public sealed class CelBytes(ReadOnlyMemory<byte> data) : CelObject
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Bytes;

    /// <inheritdoc/>
    public override CelType Type => CelType.Bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;
}

/// <summary>A list; implementations may hold typed elements and make values as they are asked.</summary>
public abstract class CelList : CelObject
{
    /// <inheritdoc/>
    public sealed override ValueKind Kind => ValueKind.List;

    /// <inheritdoc/>
    public override CelType Type => CelType.ListOfDyn;

    /// <summary>How many elements there are.</summary>
    public abstract int Count { get; }

    /// <summary>The element at a number, from 0.</summary>
    public abstract Value this[int index] { get; }
}

/// <summary>A map; keys are bool, int, uint or string. Look-ups find numbers by value: 1, 1u and 1.0 are the same key.</summary>
public abstract class CelMap : CelObject
{
    /// <inheritdoc/>
    public sealed override ValueKind Kind => ValueKind.Map;

    /// <inheritdoc/>
    public override CelType Type => CelType.MapOfDyn;

    /// <summary>How many entries there are.</summary>
    public abstract int Count { get; }

    /// <summary>The keys, in the order of the entries.</summary>
    public abstract IEnumerable<Value> Keys { get; }

    /// <summary>The value of a key; numbers of different types that are equal are one key.</summary>
    public abstract bool TryGet(Value key, out Value value);
}

/// <summary>
/// An instant, 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z: seconds since 1970 and 0 to 999,999,999 nanoseconds.
/// </summary>
public sealed class CelTimestamp(long seconds, int nanos) : CelObject
{
    /// <summary>0001-01-01T00:00:00Z</summary>
    public const long MinSeconds = -62_135_596_800;

    /// <summary>9999-12-31T23:59:59Z</summary>
    public const long MaxSeconds = 253_402_300_799;

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Timestamp;

    /// <inheritdoc/>
    public override CelType Type => CelType.Timestamp;

    /// <summary>Seconds since 1970-01-01T00:00:00Z.</summary>
    public long Seconds { get; } = seconds;

    /// <summary>Nanoseconds after that, 0 to 999,999,999.</summary>
    public int Nanos { get; } = nanos;
}

/// <summary>A span of time: seconds and nanoseconds of the same sign; at most 315,576,000,000 seconds either way.</summary>
public sealed class CelDuration(long seconds, int nanos) : CelObject
{
    /// <summary>10,000 years, the longest span forth and back.</summary>
    public const long MaxSeconds = 315_576_000_000;

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Duration;

    /// <inheritdoc/>
    public override CelType Type => CelType.Duration;

    /// <summary>Whole seconds.</summary>
    public long Seconds { get; } = seconds;

    /// <summary>Nanoseconds besides, of the same sign.</summary>
    public int Nanos { get; } = nanos;
}

/// <summary>An optional value: one, or none.</summary>
public sealed class CelOptional : CelObject
{
    /// <summary>The one without a value.</summary>
    public static readonly CelOptional None = new(default, hasValue: false);

    private CelOptional(Value value, bool hasValue)
    {
        Value = value;
        HasValue = hasValue;
    }

    /// <summary>One with a value.</summary>
    public static CelOptional Of(Value value) => new(value, hasValue: true);

    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Optional;

    /// <inheritdoc/>
    public override CelType Type { get; } = CelType.Opaque(CelType.OptionalName);

    /// <summary>There is a value.</summary>
    public bool HasValue { get; }

    /// <summary>The value; null if there is none.</summary>
    public Value Value { get; }
}

/// <summary>A value of a strong enum.</summary>
public sealed class CelEnum(CelType type, int number) : CelObject
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Enum;

    /// <inheritdoc/>
    public override CelType Type { get; } = type;

    /// <summary>The number of the enum value.</summary>
    public int Number { get; } = number;
}

/// <summary>
/// A message: named fields. Well-known types of protobuf never appear as messages: a provider turns them into the values that
/// the specification says (wrapper to primitive or null, Struct to map, Timestamp to timestamp, Any to its content).
/// </summary>
public abstract class CelMessage : CelObject
{
    /// <inheritdoc/>
    public sealed override ValueKind Kind => ValueKind.Message;

    /// <summary>A field's value, its default if it is not set; false if there is no such field.</summary>
    public abstract bool TryGet(string field, out Value value);

    /// <summary>What <c>has(message.field)</c> says; false for <paramref name="exists"/> if there is no such field.</summary>
    public abstract bool Has(string field, out bool exists);

    /// <summary>The names of the fields that are set, in the order of their numbers; for text, and for what is zero.</summary>
    public abstract IEnumerable<string> SetFields { get; }

    /// <summary>Nothing is set, not even a field that is not declared.</summary>
    public virtual bool IsEmpty => !SetFields.Any();

    /// <summary>Protobuf equality: same type, all set fields equal, and fields that are not declared the same bytes.</summary>
    public abstract bool EqualTo(CelMessage other);
}

/// <summary>A value of an extension's own type, as an IP address.</summary>
public abstract class CelOpaque : CelObject
{
    /// <inheritdoc/>
    public override ValueKind Kind => ValueKind.Opaque;

    /// <summary>Whether another value of the same type is equal.</summary>
    public abstract bool EqualTo(CelOpaque other);
}
