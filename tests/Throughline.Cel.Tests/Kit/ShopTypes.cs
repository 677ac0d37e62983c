using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Messages;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Cel.Tests.Kit;

/// <summary>One message, one enum and two well-known types, for checks alone: it makes no messages.</summary>
internal sealed class ShopTypes : ITypeProvider
{
    private static readonly Dictionary<string, CelType> Types = new()
    {
        ["shop.Request"] = CelType.Message("shop.Request"),
        ["shop.Method"] = CelType.Enum("shop.Method"),
        ["google.protobuf.Int64Value"] = CelType.Wrapper(CelType.Int),
        ["google.protobuf.Struct"] = CelType.Map(CelType.String, CelType.Dyn),
    };

    private static readonly Dictionary<string, CelType> Fields = new()
    {
        ["path"] = CelType.String,
        ["port"] = CelType.Int,
        ["referer"] = CelType.Wrapper(CelType.String),
        ["method"] = CelType.Enum("shop.Method"),
        ["parent"] = CelType.Message("shop.Request"),
    };

    public bool TryFindType(string name, [NotNullWhen(true)] out CelType? type) => Types.TryGetValue(name, out type);

    public CelType? FieldType(string messageName, string field) =>
        messageName == "shop.Request" ? Fields.GetValueOrDefault(field)
        : field == "value" ? CelType.Int
        : null;

    public IReadOnlyCollection<string> FieldsOf(string messageName) => Fields.Keys;

    public bool TryFindEnumValue(string name, [NotNullWhen(true)] out CelType? enumType, out int number)
    {
        number = name == "shop.Method.POST" ? 1 : 0;
        enumType = name is "shop.Method.GET" or "shop.Method.POST" ? Types["shop.Method"] : null;
        return enumType is not null;
    }

    public CelType? ExtensionType(string messageName, string extension) => null;

    public Value Create(string messageName, IReadOnlyList<KeyValuePair<string, Value>> fields) =>
        Value.Error("messages are for checks alone");
}
