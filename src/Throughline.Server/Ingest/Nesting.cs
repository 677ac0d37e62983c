using System.Numerics;

namespace Throughline.Server.Ingest;

/// <summary>
/// The brackets that are open inside one event. A closing bracket of the wrong kind closes everything up to its partner,
/// so that an event with a lost bracket most often still ends where its sender meant it to.
/// </summary>
internal struct Nesting
{
    private const int Known = 64;

    private ulong objects; // one bit for each open bracket, innermost lowest; 1 = object
    private int depth;
    private bool counting; // deeper than the bits reach: from here on brackets are only counted

    public readonly bool IsEmpty => depth == 0;

    public void Open(bool isObject)
    {
        objects = (objects << 1) | (isObject ? 1UL : 0);
        counting |= ++depth > Known;
    }

    /// <summary>True if nothing is open any more.</summary>
    public bool Close(bool isObject)
    {
        int partner = counting ? 0 : BitOperations.TrailingZeroCount(isObject ? objects : ~objects);
        int closed = partner < depth ? partner + 1 : 1;
        objects = closed < Known ? objects >> closed : 0;
        depth -= closed;
        return depth == 0;
    }
}
