using Throughline.Cel.Types;
using Throughline.Cel.Values;
using static Throughline.Cel.Library.Declare;

namespace Throughline.Cel.Library;

/// <summary>The network extension (the suite's section <c>network_ext</c>): IP addresses and CIDR blocks.</summary>
internal static class NetworkExtension
{
    private static readonly CelType Ip = NetworkTypes.Ip;
    private static readonly CelType Cidr = NetworkTypes.Cidr;

    public static readonly FunctionLibrary Library = new(
        "network",
        [
            Function(
                "ip",
                Global("string_to_ip", [CelType.String], Ip, x => ParseIp(x[0].String)),
                Member("cidr_ip", [Cidr], Ip, x => Value.Of(Prefix(x[0]).Address))
            ),
            Function("cidr", Global("string_to_cidr", [CelType.String], Cidr, x => ParseCidr(x[0].String))),
            Function(
                "isIP",
                Global(
                    "is_ip",
                    [CelType.String],
                    CelType.Bool,
                    x => Value.Of(IpAddress.TryParse(x[0].String, out _, out _))
                )
            ),
            Function(
                "isCIDR",
                Global(
                    "is_cidr",
                    [CelType.String],
                    CelType.Bool,
                    x => Value.Of(IpPrefix.TryParse(x[0].String, out _, out _))
                )
            ),
            Function(
                "ip.isCanonical",
                Global("ip_is_canonical", [CelType.String], CelType.Bool, x => IsCanonical(x[0].String))
            ),
            Function(
                "string",
                Global("ip_to_string", [Ip], CelType.String, x => Value.Of(Address(x[0]).Text)),
                Global("cidr_to_string", [Cidr], CelType.String, x => Value.Of(Prefix(x[0]).Text))
            ),
            Function("family", Member("ip_family", [Ip], CelType.Int, x => Value.Of(Address(x[0]).IsV6 ? 6L : 4L))),
            Test("isUnspecified", "ip_is_unspecified", x => x.IsUnspecified),
            Test("isLoopback", "ip_is_loopback", x => x.IsLoopback),
            Test("isGlobalUnicast", "ip_is_global_unicast", x => x.IsGlobalUnicast),
            Test("isLinkLocalMulticast", "ip_is_link_local_multicast", x => x.IsLinkLocalMulticast),
            Test("isLinkLocalUnicast", "ip_is_link_local_unicast", x => x.IsLinkLocalUnicast),
            Function(
                "containsIP",
                Member(
                    "cidr_contains_ip",
                    [Cidr, Ip],
                    CelType.Bool,
                    x => Value.Of(Prefix(x[0]).Contains(Address(x[1])))
                ),
                Member("cidr_contains_ip_string", [Cidr, CelType.String], CelType.Bool, ContainsIpText)
            ),
            Function(
                "containsCIDR",
                Member(
                    "cidr_contains_cidr",
                    [Cidr, Cidr],
                    CelType.Bool,
                    x => Value.Of(Prefix(x[0]).Contains(Prefix(x[1])))
                ),
                Member("cidr_contains_cidr_string", [Cidr, CelType.String], CelType.Bool, ContainsCidrText)
            ),
            Function("masked", Member("cidr_masked", [Cidr], Cidr, x => Value.Of(Prefix(x[0]).Masked()))),
            Function(
                "prefixLength",
                Member("cidr_prefix_length", [Cidr], CelType.Int, x => Value.Of((long)Prefix(x[0]).Length))
            ),
        ]
    );

    private static IpAddress Address(Value value) => (IpAddress)value.Object!;

    private static IpPrefix Prefix(Value value) => (IpPrefix)value.Object!;

    private static Function Test(string name, string id, Func<IpAddress, bool> test) =>
        Function(name, Member(id, [Ip], CelType.Bool, x => Value.Of(test(Address(x[0])))));

    private static Value ParseIp(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out string error)
            ? Value.Of(address)
            : Value.Error($"{error}: {ValueText.Quote(text)}");

    private static Value ParseCidr(string text) =>
        IpPrefix.TryParse(text, out IpPrefix prefix, out string error)
            ? Value.Of(prefix)
            : Value.Error($"{error}: {ValueText.Quote(text)}");

    private static Value IsCanonical(string text)
    {
        Value parsed = ParseIp(text);
        return parsed.IsError ? parsed : Value.Of(Address(parsed).Text == text);
    }

    private static Value ContainsIpText(ReadOnlySpan<Value> x)
    {
        Value parsed = ParseIp(x[1].String);
        return parsed.IsError ? parsed : Value.Of(Prefix(x[0]).Contains(Address(parsed)));
    }

    private static Value ContainsCidrText(ReadOnlySpan<Value> x)
    {
        Value parsed = ParseCidr(x[1].String);
        return parsed.IsError ? parsed : Value.Of(Prefix(x[0]).Contains(Prefix(parsed)));
    }
}
