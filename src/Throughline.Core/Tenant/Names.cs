using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>
/// The names that a tenant's events have used, as small numbers. An event with a name beyond a limit is refused: which names
/// came first would decide its result otherwise. The names of accepted events fit in any order.
/// </summary>
internal sealed class Names : IRuleNames
{
    public const int MaxIdentifierTypes = 512;
    public const int MaxConversionKinds = 65_535;

    /// <summary>Names of traits: each is a bit.</summary>
    public const int MaxTraits = 64;
    public const int MaxTraitSources = 255;

    /// <summary>Kinds of touches that are no nurturing events: impression, view, click.</summary>
    public const int OwnTouchKinds = 3;

    public readonly NameTable IdentifierTypes = new(
        "names.identifier-types",
        IdentifierType.FirstCustom + MaxIdentifierTypes
    );
    public readonly NameTable Campaigns = new("names.campaigns", TouchRow.MaxCampaigns);
    public readonly NameTable TouchKinds = new("names.touch-kinds", TouchRow.MaxKinds);
    public readonly NameTable ConversionKinds = new("names.conversion-kinds", MaxConversionKinds);

    public readonly NameTable Traits = new("names.traits", MaxTraits);
    public readonly NameTable TraitSources = new("names.trait-sources", MaxTraitSources + 1);

    public Names()
    {
        TraitSources.Intern(default); // 0 is none
        Touches = new(Campaigns);
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

    /// <summary>What the numbers in <see cref="Campaigns"/> say of campaigns and channels.</summary>
    public TouchNames Touches { get; }

    public IEnumerable<NameTable> Tables =>
        [IdentifierTypes, Campaigns, TouchKinds, ConversionKinds, Traits, TraitSources];

    /// <summary>One event could find no room for its names; as long as none could, nothing has to be looked up.</summary>
    public bool IsTight =>
        IdentifierTypes.Room < EventRecord.MaxIdentifiers
        || Campaigns.Room == 0
        || TouchKinds.Room == 0
        || ConversionKinds.Room == 0
        || Traits.Room < EventLimits.Traits
        || TraitSources.Room == 0;

    /// <summary>Whether all names that an event would bring are known or find room.</summary>
    public bool Fit(in EventRecord record)
    {
        if (record.Type == EventType.Control)
            return ControlBook
                    .TypesNamedBy(record)
                    .Count(type => IdentifierTypes.Find(System.Text.Encoding.UTF8.GetBytes(type)) < 0)
                <= IdentifierTypes.Room;
        if (!record.Type.IsSighting())
            return true;
        if (NewTypes(record) > IdentifierTypes.Room)
            return false;
        if (record.Type == EventType.Conversion)
            return Fits(ConversionKinds, KindOf(record));
        if (record.Type == EventType.Identify)
            return FitTraits(record);
        if (!record.Type.IsTouch() || record.IdentifierCount == 0)
            return true;
        record.TryGet(EventField.Name, out ReadOnlySpan<byte> name);
        return Fits(Campaigns, TouchNames.NameOf(record, stackalloc byte[TouchNames.UsualLength]))
            && (record.Type != EventType.Nurture || Fits(TouchKinds, name));
    }

    private static bool Fits(NameTable table, ReadOnlySpan<byte> name) => table.Room > 0 || table.Find(name) >= 0;

    private bool FitTraits(in EventRecord record)
    {
        if (!record.TryGet(EventField.Purposes, out ReadOnlySpan<byte> list))
            return true;
        int unknown = 0;
        foreach (Range name in list.Split((byte)'\n'))
            unknown += Traits.Find(list[name]) < 0 ? 1 : 0;
        return unknown <= Traits.Room
            && (!record.TryGet(EventField.Host, out ReadOnlySpan<byte> source) || Fits(TraitSources, source));
    }

    private int NewTypes(in EventRecord record)
    {
        if (!record.TryGet(EventField.CustomTypes, out ReadOnlySpan<byte> list))
            return 0;
        int unknown = 0;
        foreach (Range type in list.Split((byte)'\n'))
            unknown += IdentifierTypes.Find(list[type]) < 0 ? 1 : 0;
        return unknown;
    }

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

    /// <summary>The number of a touch's campaign and channel.</summary>
    public int Campaign(in EventRecord record) =>
        Campaigns.Intern(TouchNames.NameOf(record, stackalloc byte[TouchNames.UsualLength]));

    int IRuleNames.Campaigns => Touches.Campaigns.Count;
    int IRuleNames.TouchKinds => TouchKinds.Count;
    int IRuleNames.ConversionKinds => ConversionKinds.Count;
    int IRuleNames.Channels => Touches.Channels.Count;

    string IRuleNames.Campaign(int number) => Touches.Campaigns[number];

    string IRuleNames.TouchKind(int number) => TouchKinds.Text(number);

    string IRuleNames.ConversionKind(int number) => ConversionKinds.Text(number);

    string IRuleNames.Channel(int number) => Touches.Channels[number];

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
