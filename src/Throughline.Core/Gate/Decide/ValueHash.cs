using Throughline.Cel.Library;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Decide;

/// <summary>Hashes of what counters are keyed by and of who makes a request. The values are stored: a change here resets counters.</summary>
internal static class ValueHash
{
    /// <summary>Adds a scalar with its kind; false if it is a fault or of a kind that no key has.</summary>
    public static bool TryAdd(ref KeyHash hash, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.String:
                hash.Add(value.String);
                return true;
            case ValueKind.Int:
                hash.Add(value.Int);
                return true;
            case ValueKind.Opaque when value.TryGet(out IpAddress? address):
                Add(ref hash, address);
                return true;
            case ValueKind.Bool:
                hash.Add("bool");
                hash.Add(value.Bool ? 1L : 0L);
                return true;
            case ValueKind.Uint:
                hash.Add("uint");
                hash.Add((long)value.Uint);
                return true;
            case ValueKind.Double:
                hash.Add("double");
                hash.Add(BitConverter.DoubleToInt64Bits(value.Double));
                return true;
            default:
                return false;
        }
    }

    /// <summary>The session, else address and user agent: a canary is enforced for all requests of one visitor or for none.</summary>
    public static ulong Visitor(RequestFeatures request, UInt128 key)
    {
        KeyHash hash = new(key);
        if (!string.IsNullOrEmpty(request.Session))
        {
            hash.Add(request.Session);
            return (ulong)hash.Finish();
        }
        if (request.Address is { } address)
            Add(ref hash, address);
        hash.Add(request.Agent.Text);
        return (ulong)hash.Finish();
    }

    /// <summary>Stands for an address; 0 if it is not known.</summary>
    public static ulong Address(RequestFeatures request, UInt128 key)
    {
        if (request.Address is not { } address)
            return 0;
        KeyHash hash = new(key);
        Add(ref hash, address);
        return (ulong)hash.Finish() | 1;
    }

    private static void Add(ref KeyHash hash, IpAddress address)
    {
        hash.Add(address.IsV6 ? 6L : 4L);
        hash.AddWide(address.Bits);
    }
}
