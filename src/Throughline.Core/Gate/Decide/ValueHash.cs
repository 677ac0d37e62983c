using Throughline.Cel.Library;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Decide;

/// <summary>Hashes of what counters are keyed by and of who makes a request. The values are stored: a change here resets counters.</summary>
internal static class ValueHash
{
    /// <summary>Adds a scalar with its kind; false if it is a fault or of a kind that no key has.</summary>
    public static bool TryAdd(ref SipHash hash, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.String:
                hash.Add(1UL);
                hash.Add(value.String);
                return true;
            case ValueKind.Int:
                hash.Add(2UL);
                hash.Add((ulong)value.Int);
                return true;
            case ValueKind.Uint:
                hash.Add(3UL);
                hash.Add(value.Uint);
                return true;
            case ValueKind.Bool:
                hash.Add(value.Bool ? 5UL : 4UL);
                return true;
            case ValueKind.Double:
                hash.Add(6UL);
                hash.Add(BitConverter.DoubleToUInt64Bits(value.Double));
                return true;
            case ValueKind.Opaque when value.TryGet(out IpAddress? address):
                Add(ref hash, address);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The session, else address and user agent: a canary is enforced for all requests of one visitor or for none.</summary>
    public static ulong Visitor(RequestFeatures request, UInt128 key)
    {
        SipHash hash = new(key);
        if (!string.IsNullOrEmpty(request.Session))
        {
            hash.Add(1UL);
            hash.Add(request.Session);
        }
        else
        {
            hash.Add(2UL);
            if (request.Address is { } address)
                Add(ref hash, address);
            hash.Add(request.Agent.Text);
        }
        return (ulong)hash.End();
    }

    /// <summary>Stands for an address; 0 if it is not known.</summary>
    public static ulong Address(RequestFeatures request, UInt128 key)
    {
        if (request.Address is not { } address)
            return 0;
        SipHash hash = new(key);
        Add(ref hash, address);
        return (ulong)hash.End() | 1;
    }

    private static void Add(ref SipHash hash, IpAddress address)
    {
        hash.Add(address.IsV6 ? 8UL : 7UL);
        hash.Add((ulong)address.Bits);
        hash.Add((ulong)(address.Bits >> 64));
    }
}
