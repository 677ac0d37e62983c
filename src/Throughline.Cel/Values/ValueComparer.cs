namespace Throughline.Cel.Values;

/// <summary>Equality of values for hash tables, as keys of maps and elements of sets: 1, 1u and 1.0 are one.</summary>
public sealed class ValueComparer : IEqualityComparer<Value>
{
    /// <summary>The only one.</summary>
    public static readonly ValueComparer Instance = new();

    private ValueComparer() { }

    /// <inheritdoc/>
    public bool Equals(Value x, Value y) => ValueEquality.Equal(x, y);

    /// <inheritdoc/>
    public int GetHashCode(Value obj) =>
        obj.Kind switch
        {
            ValueKind.Null => 0,
            ValueKind.Bool => obj.Bool ? 1231 : 1237,
            ValueKind.Int => obj.Int.GetHashCode(),
            ValueKind.Uint => ((long)obj.Uint).GetHashCode(),
            ValueKind.Double => Hash(obj.Double),
            ValueKind.String => obj.String.GetHashCode(),
            ValueKind.Type => string.GetHashCode(TypeName(obj)),
            _ => Hash(obj.Object!),
        };

    // A double that is an integer hashes as that integer. Uints above the range of long hash as their bits read as a long,
    // which only costs a collision.
    private static int Hash(double number) =>
        Math.Truncate(number) != number ? number.GetHashCode()
        : number is >= -Numbers.TwoTo63 and < Numbers.TwoTo63 ? ((long)number).GetHashCode()
        : number is > 0 and < Numbers.TwoTo64 ? ((long)(ulong)number).GetHashCode()
        : number.GetHashCode();

    private int Hash(CelObject value)
    {
        HashCode hash = new();
        switch (value)
        {
            case CelBytes bytes:
                hash.AddBytes(bytes.Data.Span);
                break;
            case CelTimestamp time:
                hash.Add(time.Seconds);
                hash.Add(time.Nanos);
                break;
            case CelDuration span:
                hash.Add(span.Seconds);
                hash.Add(span.Nanos);
                break;
            case CelEnum number:
                hash.Add(number.Number);
                break;
            case CelOptional { HasValue: true } optional:
                hash.Add(GetHashCode(optional.Value));
                break;
            case CelList list:
                hash.Add(list.Count);
                for (int i = 0; i < list.Count; i++)
                    hash.Add(GetHashCode(list[i]));
                break;
            case CelMap map:
                hash.Add(map.Count);
                hash.Add(map.Keys.Aggregate(0, (sum, key) => sum + GetHashCode(key)));
                break;
            default:
                hash.Add(value.Type.Name, StringComparer.Ordinal);
                break;
        }
        return hash.ToHashCode();
    }

    private static string TypeName(Value value) => value.TryGet(out Types.CelType? type) ? type.Name : "";
}
