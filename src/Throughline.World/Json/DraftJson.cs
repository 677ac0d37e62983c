using System.Text;
using Throughline.Core.Events;
using Throughline.World.Behaviour;
using Throughline.World.Marketing;
using Throughline.World.Population;
using Throughline.World.Truth;

namespace Throughline.World.Json;

/// <summary>
/// Writes drafts as events in JSON form v1 (docs/guide/events.md), one line each, by hand: all texts come from tables of
/// plain ASCII without anything to escape.
/// </summary>
internal sealed class DraftJson(ulong seed, IReadOnlyList<Campaign> campaigns, Rendering rendering)
{
    private readonly Utf8Line line = new();
    private readonly IdentifierText identifiers = new(seed);
    private readonly Dictionary<long, byte[]> days = [];
    private long dayMs = -1;
    private byte[] dayText = [];
    private bool first;

    public ReadOnlySpan<byte> Written => line.Written;

    public ReadOnlyMemory<byte> Memory => line.Memory;

    public void Write(in Draft draft)
    {
        line.Clear();
        line.Raw("{\"id\":\"e-"u8);
        line.Hex(draft.Id);
        line.Raw("\",\"type\":\""u8);
        line.Raw(TypeOf(draft));
        line.Raw("\",\"time\":\""u8);
        Time(draft.Time);
        line.Raw("\""u8);
        if (rendering == Rendering.GivenTruth)
            TrueIdentifiers(draft.Kind, draft.Actor);
        else
            Identifiers(draft);
        ContextJson.Write(line, draft);
        Body(draft);
        line.Raw("}"u8);
    }

    /// <summary>A label that says what an actor truly is, over the whole run, on the device of the given-truth rendering.</summary>
    public void WriteLabel(ulong id, ActorKind kind, int actor, long from, long to)
    {
        line.Clear();
        line.Raw("{\"id\":\"e-"u8);
        line.Hex(id);
        line.Raw("\",\"type\":\"label\",\"time\":\""u8);
        Time(from);
        line.Raw("\",\"identifiers\":[{\"type\":\"device\",\"value\":\"truth-"u8);
        ActorName(kind, actor);
        line.Raw("\"}],\"label\":{\"verdict\":\""u8);
        line.Raw(
            kind == ActorKind.Human ? "human"u8
            : kind == ActorKind.GoodBot ? "good_bot"u8
            : "bot"u8
        );
        line.Raw("\",\"from\":\""u8);
        Time(from);
        line.Raw("\",\"to\":\""u8);
        Time(to);
        line.Raw("\"}}"u8);
    }

    private static ReadOnlySpan<byte> TypeOf(in Draft draft) =>
        draft.Type switch
        {
            EventType.Request => "request"u8,
            EventType.Impression => "impression"u8,
            EventType.View => "view"u8,
            EventType.Click => "click"u8,
            EventType.Conversion => "conversion"u8,
            EventType.Refund => "refund"u8,
            EventType.Identify => "identify"u8,
            EventType.Consent => "consent"u8,
            _ => draft.Nurture switch
            {
                Nurture.EmailOpen => "email_open"u8,
                Nurture.PushOpen => "push_open"u8,
                _ => "video_complete"u8,
            },
        };

    private void Time(long time)
    {
        long day = time / Stage.DayMs * Stage.DayMs;
        if (day != dayMs)
        {
            if (!days.TryGetValue(day, out byte[]? text))
            {
                text = Encoding.ASCII.GetBytes(
                    DateTimeOffset
                        .FromUnixTimeMilliseconds(day)
                        .ToString("yyyy-MM-dd'T'", System.Globalization.CultureInfo.InvariantCulture)
                );
                days.Add(day, text);
            }
            (dayMs, dayText) = (day, text);
        }
        line.Raw(dayText);
        long rest = time - day;
        line.Digits(rest / 3_600_000, 2);
        line.Raw((byte)':');
        line.Digits(rest / 60_000 % 60, 2);
        line.Raw((byte)':');
        line.Digits(rest / 1000 % 60, 2);
        line.Raw((byte)'.');
        line.Digits(rest % 1000, 3);
        line.Raw((byte)'Z');
    }

    private void TrueIdentifiers(ActorKind kind, int actor)
    {
        line.Raw(",\"identifiers\":[{\"type\":\"user\",\"value\":\""u8);
        ActorName(kind, actor);
        line.Raw("\"},{\"type\":\"device\",\"value\":\"truth-"u8);
        ActorName(kind, actor);
        line.Raw("\"}]"u8);
    }

    private void ActorName(ActorKind kind, int actor)
    {
        line.Raw(kind == ActorKind.Human ? "person-"u8 : "bot-"u8);
        line.Number(actor);
    }

    private void Identifiers(in Draft draft)
    {
        if (draft.Shown is Shown.None or Shown.Typed)
            return;
        first = true;
        Span<ulong> packed = stackalloc ulong[ShownIdentifiers.Max];
        int count = ShownIdentifiers.Of(draft, packed);
        bool typed = (draft.Shown & Shown.Typed) != 0;
        for (int i = 0; i < count; i++)
        {
            line.Raw(first ? ",\"identifiers\":[{\"type\":\""u8 : ",{\"type\":\""u8);
            first = false;
            line.Raw(TypeName(packed[i]));
            line.Raw("\",\"value\":\""u8);
            line.Advance(
                typed && IdentifierText.IsTypedByHand(packed[i])
                    ? identifiers.WriteTyped(packed[i], line.Room)
                    : identifiers.Write(packed[i], line.Room)
            );
            line.Raw("\"}"u8);
        }
        line.Raw((byte)']');
    }

    private static ReadOnlySpan<byte> TypeName(ulong packed) =>
        IdentifierText.KindOf(packed) switch
        {
            IdentifierText.Kind.User => "user"u8,
            IdentifierText.Kind.Email or IdentifierText.Kind.BotEmail => "email"u8,
            IdentifierText.Kind.Phone => "phone"u8,
            IdentifierText.Kind.Device => "device"u8,
            IdentifierText.Kind.Cookie or IdentifierText.Kind.BotCookie => "cookie"u8,
            IdentifierText.Kind.Storage => "browser"u8,
            IdentifierText.Kind.Card => "card"u8,
            _ => (uint)packed switch
            {
                0 => "email"u8,
                2 => "phone"u8,
                3 => "device"u8,
                _ => "user"u8,
            },
        };

    private void Body(in Draft draft)
    {
        switch (draft.Type)
        {
            case EventType.Request:
                Request(draft);
                break;
            case EventType.Conversion:
                line.Raw(
                    draft.ConversionKind == ConversionKind.Purchase
                        ? ",\"conversion\":{\"kind\":\"purchase\""u8
                        : ",\"conversion\":{\"kind\":\"signup\""u8
                );
                if (draft.Order >= 0)
                    Order(",\"orderId\":\"o-"u8, draft.Order);
                Value(draft);
                line.Raw((byte)'}');
                break;
            case EventType.Refund:
                if (draft.ByOrder)
                {
                    Order(",\"refund\":{\"orderId\":\"o-"u8, draft.Order);
                    line.Raw(",\"kind\":\"purchase\""u8);
                }
                else
                {
                    line.Raw(",\"refund\":{\"conversion\":\"e-"u8);
                    line.Hex(draft.Conversion);
                    line.Raw((byte)'"');
                }
                Value(draft);
                line.Raw((byte)'}');
                break;
            case EventType.Consent:
                line.Raw(
                    draft.Id % 5 == 0
                        ? ",\"consent\":{\"purposes\":{\"marketing\":false}}"u8
                        : ",\"consent\":{\"purposes\":{\"marketing\":true}}"u8
                );
                break;
            case EventType.Identify:
                break;
            default:
                Touch(draft);
                break;
        }
    }

    private void Touch(in Draft draft)
    {
        if (draft.Campaign < 0)
            return;
        Campaign campaign = campaigns[draft.Campaign];
        line.Raw(",\"campaign\":\""u8);
        line.Raw(campaign.IdUtf8);
        line.Raw("\",\"channel\":\""u8);
        line.Raw(campaign.ChannelUtf8);
        line.Raw("\",\"creative\":\"cr"u8);
        line.Number(draft.Creative);
        line.Raw((byte)'"');
    }

    private void Request(in Draft draft)
    {
        bool app = draft.Page == Page.StockApi;
        line.Raw(
            draft.Post
                ? ",\"request\":{\"method\":\"POST\",\"host\":\""u8
                : ",\"request\":{\"method\":\"GET\",\"host\":\""u8
        );
        line.Raw(app ? "api.shop.example"u8 : "www.shop.example"u8);
        line.Raw("\",\"path\":\""u8);
        PagePath.Write(line, draft.Page, draft.PageNumber, draft.Campaign >= 0 ? campaigns[draft.Campaign] : null);
        line.Raw("\",\"status\":"u8);
        line.Number(draft.Status);
        line.Raw(",\"bytes\":"u8);
        line.Number(draft.Bytes);
        line.Raw((byte)'}');
    }

    private void Order(ReadOnlySpan<byte> before, int order)
    {
        line.Raw(before);
        line.Number(1_000_000 + order);
        line.Raw((byte)'"');
    }

    private void Value(in Draft draft)
    {
        if (draft.AsAmount)
        {
            line.Raw(",\"value\":{\"amount\":\""u8);
            line.Amount(draft.Minor, Currencies.Digits[draft.Currency]);
            line.Raw("\",\"currency\":\""u8);
        }
        else
        {
            line.Raw(",\"value\":{\"minor\":"u8);
            line.Number(draft.Minor);
            line.Raw(",\"currency\":\""u8);
        }
        line.Raw(Currencies.Utf8[draft.Currency]);
        line.Raw("\"}"u8);
    }
}
