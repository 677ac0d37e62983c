using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cli.Cel;

/// <summary>
/// Whether a result is the expected one, as the conformance suite defines it: stricter than equality of the language, since
/// types must be the same and 0.0 is not -0.0; and NaN matches NaN.
/// </summary>
internal static class ValueMatch
{
    public static bool Same(Value expected, Value actual)
    {
        if (expected.Kind != actual.Kind)
            return false;
        return expected.Kind switch
        {
            ValueKind.Double => Same(expected.Double, actual.Double),
            ValueKind.Type => expected.TryGet(out CelType? x) && actual.TryGet(out CelType? y) && x.Name == y.Name,
            ValueKind.List => Same((CelList)expected.Object!, (CelList)actual.Object!),
            ValueKind.Map => Same((CelMap)expected.Object!, (CelMap)actual.Object!),
            ValueKind.Error or ValueKind.Unknown => false,
            _ => ValueEquality.Equal(expected, actual),
        };
    }

    private static bool Same(double expected, double actual) =>
        double.IsNaN(expected)
            ? double.IsNaN(actual)
            : BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual);

    private static bool Same(CelList expected, CelList actual) =>
        expected.Count == actual.Count && Enumerable.Range(0, expected.Count).All(i => Same(expected[i], actual[i]));

    private static bool Same(CelMap expected, CelMap actual) =>
        expected.Count == actual.Count
        && expected.Keys.All(key =>
            actual.Keys.Any(found => Same(key, found))
            && expected.TryGet(key, out Value x)
            && actual.TryGet(key, out Value y)
            && Same(x, y)
        );
}
