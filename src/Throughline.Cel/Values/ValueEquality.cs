using System.Runtime.CompilerServices;
using Throughline.Cel.Types;

namespace Throughline.Cel.Values;

/// <summary>
/// Equality of values (specification, "Equality"): of all types with all types, false if they differ; numbers by value,
/// NaN equal to nothing; lists and maps element by element; messages as protobuf has it.
/// </summary>
public static class ValueEquality
{
    /// <summary>What <c>a == b</c> gives.</summary>
    public static bool Equal(Value a, Value b)
    {
        ValueKind kind = a.Kind;
        if (kind != b.Kind)
            return Numbers.Equal(a, b);
        switch (kind)
        {
            case ValueKind.Null:
                return true;
            case ValueKind.Bool:
            case ValueKind.Int:
            case ValueKind.Uint:
                return a.Int == b.Int;
            case ValueKind.Double:
                return a.Double == b.Double;
            case ValueKind.String:
                return a.String == b.String;
            case ValueKind.Type:
                return a.TryGet(out CelType? x) && b.TryGet(out CelType? y) && SameType(x, y);
            default:
                return Equal(a.Object!, b.Object!);
        }
    }

    /// <summary>Whether two type values are one: parameters are not part of a run-time type.</summary>
    public static bool SameType(CelType a, CelType b) =>
        a.Name == b.Name
        && (a.Kind != TypeKind.Wrapper || a.Equals(b))
        && a.Kind == TypeKind.Wrapper == (b.Kind == TypeKind.Wrapper);

    private static bool Equal(CelObject a, CelObject b)
    {
        if (ReferenceEquals(a, b) && a is CelBytes or CelTimestamp or CelDuration or CelEnum)
            return true;
        // Hosts may nest values without limit; better a clear exception than a dead process.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return (a, b) switch
        {
            (CelList x, CelList y) => Equal(x, y),
            (CelMap x, CelMap y) => Equal(x, y),
            (CelBytes x, CelBytes y) => x.Data.Span.SequenceEqual(y.Data.Span),
            (CelTimestamp x, CelTimestamp y) => x.Seconds == y.Seconds && x.Nanos == y.Nanos,
            (CelDuration x, CelDuration y) => x.Seconds == y.Seconds && x.Nanos == y.Nanos,
            (CelOptional x, CelOptional y) => x.HasValue == y.HasValue && (!x.HasValue || Equal(x.Value, y.Value)),
            (CelEnum x, CelEnum y) => x.Number == y.Number && x.Type.Name == y.Type.Name,
            (CelMessage x, CelMessage y) => x.EqualTo(y),
            (CelOpaque x, CelOpaque y) => x.Type.Name == y.Type.Name && x.EqualTo(y),
            _ => false,
        };
    }

    private static bool Equal(CelList a, CelList b)
    {
        int count = a.Count;
        if (count != b.Count)
            return false;
        for (int i = 0; i < count; i++)
            if (!Equal(a[i], b[i]))
                return false;
        return true;
    }

    private static bool Equal(CelMap a, CelMap b)
    {
        if (a.Count != b.Count)
            return false;
        foreach (Value key in a.Keys)
            if (!a.TryGet(key, out Value x) || !b.TryGet(key, out Value y) || !Equal(x, y))
                return false;
        return true;
    }
}
