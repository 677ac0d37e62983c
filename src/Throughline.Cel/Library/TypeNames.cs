using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Types;

namespace Throughline.Cel.Library;

/// <summary>Types that expressions may name without any provider (specification, "Values": <c>type(1) == int</c>).</summary>
public static class TypeNames
{
    private static readonly Dictionary<string, CelType> Types = new CelType[]
    {
        CelType.Bool,
        CelType.Int,
        CelType.Uint,
        CelType.Double,
        CelType.String,
        CelType.Bytes,
        CelType.Null,
        CelType.Type,
        CelType.Timestamp,
        CelType.Duration,
        CelType.ListOfDyn,
        CelType.MapOfDyn,
        CelType.Optional(CelType.Dyn),
        NetworkTypes.Ip,
        NetworkTypes.Cidr,
    }.ToDictionary(x => x.Name);

    /// <summary>The type that a name without namespace stands for: <c>int</c>, <c>list</c>, <c>net.IP</c>.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out CelType? type) => Types.TryGetValue(name, out type);

    /// <summary>All names, for suggestions.</summary>
    public static IReadOnlyCollection<string> All => Types.Keys;
}

/// <summary>The types of the network extension.</summary>
public static class NetworkTypes
{
    /// <summary>An address of IP.</summary>
    public static readonly CelType Ip = CelType.Opaque("net.IP");

    /// <summary>A block of addresses.</summary>
    public static readonly CelType Cidr = CelType.Opaque("net.CIDR");
}
