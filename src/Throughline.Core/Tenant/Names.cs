using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>The names that a tenant's events have used, as small numbers.</summary>
internal sealed class Names
{
    private const int MaxIdentifierTypes = 512;
    private const int MaxConversionKinds = 65_535;

    /// <summary>Kinds of touches that are no nurturing events: impression, view, click.</summary>
    public const int OwnTouchKinds = 3;

    public readonly NameTable IdentifierTypes = new(
        "names.identifier-types",
        IdentifierType.FirstCustom + MaxIdentifierTypes
    );
    public readonly NameTable Campaigns = new("names.campaigns", TouchRow.MaxCampaigns);
    public readonly NameTable TouchKinds = new("names.touch-kinds", TouchRow.MaxKinds);
    public readonly NameTable ConversionKinds = new("names.conversion-kinds", MaxConversionKinds);

    public Names()
    {
        // Well-known types keep their codes; the gap up to the first custom code is filled with names that none can have.
        for (int code = 0; code < IdentifierType.FirstCustom; code++)
            IdentifierTypes.Intern(
                System.Text.Encoding.UTF8.GetBytes(
                    code is >= 1 and <= IdentifierType.Cookie ? IdentifierType.NameOf((byte)code) : $"#{code}"
                )
            );
        TouchKinds.Intern("impression"u8);
        TouchKinds.Intern("view"u8);
        TouchKinds.Intern("click"u8);
    }

    public IEnumerable<NameTable> Tables => [IdentifierTypes, Campaigns, TouchKinds, ConversionKinds];

    /// <summary>The tenant's code of an identifier type as a record spells it.</summary>
    public int TypeOf(byte code, in EventRecord record)
    {
        if (code < IdentifierType.FirstCustom)
            return code;
        record.TryGet(EventField.CustomTypes, out ReadOnlySpan<byte> list);
        for (int i = IdentifierType.FirstCustom; i < code; i++)
            list = list[(list.IndexOf((byte)'\n') + 1)..];
        int end = list.IndexOf((byte)'\n');
        return IdentifierTypes.Intern(end < 0 ? list : list[..end]);
    }

    public int Campaign(in EventRecord record)
    {
        record.TryGet(EventField.Campaign, out ReadOnlySpan<byte> name);
        return Campaigns.Intern(name);
    }

    public int TouchKind(in EventRecord record)
    {
        if (record.Type != EventType.Nurture)
            return record.Type - EventType.Impression;
        record.TryGet(EventField.Name, out ReadOnlySpan<byte> name);
        return TouchKinds.Intern(name);
    }

    public int ConversionKind(in EventRecord record) => ConversionKinds.Intern(KindOf(record));

    /// <summary>Kind of a conversion or refund, <c>purchase</c> unless it says otherwise.</summary>
    public static ReadOnlySpan<byte> KindOf(in EventRecord record) =>
        record.TryGet(EventField.Kind, out ReadOnlySpan<byte> kind) ? kind : "purchase"u8;
}
