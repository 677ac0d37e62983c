using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile.Plan;

/// <summary>Addresses in networks that are constants: no object is made for what is read.</summary>
internal sealed partial class PlanBuilder<T>
{
    private AddressIn<T>? AddressInNetwork(Expr.Call call)
    {
        if (!TryConstant(call.Target!, out Value constant) || constant.Object is not IpPrefix network)
            return null;
        Expr of = call.Args[0];
        AddressSource<T>? source =
            of is Expr.Call { Target: null, Args: [var text] } parsed && context.OverloadOf(parsed) == "string_to_ip"
                ? AddressOf(text)
                : AddressOf(of);
        return source is null ? null : new AddressIn<T>(source, network);
    }

    private AddressSource<T>? AddressOf(Expr expr)
    {
        if (!TryPlace(expr, out Slot<T>? slot) || slot.Once is not null)
            return null;
        return slot switch
        {
            ScalarSlot<T, string> text => new AddressInText<T>(text),
            ValueSlot<T> when slot.Type.Name == NetworkTypes.Ip.Name => new AddressValue<T>(slot),
            _ => null,
        };
    }
}
