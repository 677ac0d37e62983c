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
    public override string ToString()
    {
        // Written for every decision: without the pool of arrays that an interpolated string takes from.
        Span<char> text = stackalloc char[8 + 1 + 16 + 1 + 16];
        Edge.TryFormat(text, out int length, "x", CultureInfo.InvariantCulture);
        text[length++] = '-';
        Start.TryFormat(text[length..], out int digits, "x", CultureInfo.InvariantCulture);
        length += digits;
        text[length++] = '-';
        Sequence.TryFormat(text[length..], out digits, "x", CultureInfo.InvariantCulture);
        return new(text[..(length + digits)]);
    }

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
