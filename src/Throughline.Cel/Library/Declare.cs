using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Library;

/// <summary>Short forms for declaring functions.</summary>
internal static class Declare
{
    // Type parameters, as declarations name them.
    public static readonly CelType A = CelType.Parameter("A");
    public static readonly CelType B = CelType.Parameter("B");
    public static readonly CelType ListOfA = CelType.List(A);
    public static readonly CelType MapOfAB = CelType.Map(A, B);
    public static readonly CelType OptionalOfA = CelType.Optional(A);
    public static readonly CelType ListOfString = CelType.List(CelType.String);

    public static Function Function(string name, params Overload[] overloads) => new(name, overloads);

    public static Overload Global(
        string id,
        CelType[] parameters,
        CelType result,
        Implementation? compute,
        CostFunction? cost = null
    ) => new(id, IsInstance: false, parameters, result, compute, cost) { IsPure = true };

    public static Overload Member(
        string id,
        CelType[] parameters,
        CelType result,
        Implementation? compute,
        CostFunction? cost = null
    ) => new(id, IsInstance: true, parameters, result, compute, cost) { IsPure = true };

    public static CelList List(this Value value) => (CelList)value.Object!;

    public static CelMap Map(this Value value) => (CelMap)value.Object!;

    public static ReadOnlySpan<byte> Bytes(this Value value) => ((CelBytes)value.Object!).Data.Span;

    public static CelTimestamp Timestamp(this Value value) => (CelTimestamp)value.Object!;

    public static CelDuration Duration(this Value value) => (CelDuration)value.Object!;

    public static CelOptional Optional(this Value value) => (CelOptional)value.Object!;

    public static Value OfBytes(byte[] data) => Value.Of(new CelBytes(data));
}
