using System.Globalization;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Names a decision before it is stored: which edge, which run of it, and the number of the decision in that run. A number that is
/// missing among the stored ones is a lost record.
/// </summary>
/// <param name="Edge">The edge instance.</param>
/// <param name="Start">When the run began, milliseconds since 1970.</param>
/// <param name="Sequence">From 1, without gaps.</param>
public readonly record struct DecisionId(uint Edge, long Start, long Sequence)
{
    /// <summary>Three hexadecimal numbers: <c>1-197b3a2c4d0-2f</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Edge:x}-{Start:x}-{Sequence:x}");

    public static bool TryParse(ReadOnlySpan<char> text, out DecisionId id)
    {
        id = default;
        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, '-') != 3)
            return false;
        const NumberStyles hex = NumberStyles.AllowHexSpecifier;
        bool ok = uint.TryParse(text[parts[0]], hex, CultureInfo.InvariantCulture, out uint edge);
        ok &= long.TryParse(text[parts[1]], hex, CultureInfo.InvariantCulture, out long start);
        ok &= long.TryParse(text[parts[2]], hex, CultureInfo.InvariantCulture, out long sequence);
        if (ok)
            id = new(edge, start, sequence);
        return ok;
    }
}
