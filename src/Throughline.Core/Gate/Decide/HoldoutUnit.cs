using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Decide;

/// <summary>What a unit of hold-outs is. Values are stored.</summary>
public enum UnitKind : byte
{
    /// <summary>An address together with a user agent.</summary>
    Client = 0,

    /// <summary>A device or cookie, by the value that the request shows.</summary>
    Device = 1,
    Customer = 2,
}

/// <summary>
/// Whom a request belongs to in hold-outs, all of whose requests are held out or none: the customer if the edge knows one, else the
/// device, else the address together with the user agent.
/// </summary>
/// <param name="Name">Of a customer its id; else a hash under the tenant's key, so that strangers cannot choose their lot.</param>
public readonly record struct HoldoutUnit(UnitKind Kind, Token Name)
{
    /// <summary>What is drawn by.</summary>
    public ulong Draw => State.Mix.Three(Name.High, Name.Low, (ulong)Kind);

    public static HoldoutUnit OfCustomer(Token customer) => new(UnitKind.Customer, customer);

    /// <summary>A device or cookie.</summary>
    /// <param name="type">Of the identifier: <c>device</c>, <c>cookie</c>.</param>
    public static HoldoutUnit OfDevice(string type, string value, UInt128 key)
    {
        KeyHash hash = new(key);
        hash.Add(type);
        hash.Add(value);
        return new(UnitKind.Device, TokenOf(hash));
    }

    public static HoldoutUnit OfClient(RequestFeatures request, UInt128 key)
    {
        KeyHash hash = new(key);
        if (request.Address is { } address)
        {
            hash.Add(address.IsV6 ? 6L : 4L);
            hash.AddWide(address.Bits);
        }
        hash.Add(request.Agent.Text);
        return new(UnitKind.Client, TokenOf(hash));
    }

    /// <summary><c>customer 4f3a…</c></summary>
    public override string ToString() => $"{Rules.Words.Of(Kind)} {Name}";

    private static Token TokenOf(KeyHash hash)
    {
        UInt128 bits = hash.Finish();
        return new((ulong)(bits >> 64), (ulong)bits);
    }
}
