namespace Throughline.Core.Events;

/// <summary>The sections that state a fact about something else: conversion, refund, decision, label.</summary>
internal ref partial struct EventJsonReader
{
    private bool ReadConversion()
    {
        const string Pointer = "/conversion";
        if (!Open(Pointer))
            return false;
        ConversionFields had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            ConversionFields member =
                name.SequenceEqual("kind"u8) ? ConversionFields.Kind
                : name.SequenceEqual("orderId"u8) ? ConversionFields.OrderId
                : name.SequenceEqual("value"u8) ? ConversionFields.Value
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read = member switch
            {
                ConversionFields.Kind => ReadText(Pointer + "/kind", EventField.Kind, EventLimits.Kind),
                ConversionFields.OrderId => ReadText(Pointer + "/orderId", EventField.OrderId, EventLimits.Name),
                _ => ReadMoney(Pointer + "/value", least: 0),
            };
            if (!read)
                return false;
        }
        SetDefaultKind();
        return rejection.Reason == 0;
    }

    private bool ReadRefund()
    {
        const string Pointer = "/refund";
        if (!Open(Pointer))
            return false;
        ConversionFields had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            ConversionFields member =
                name.SequenceEqual("conversion"u8) ? ConversionFields.Conversion
                : name.SequenceEqual("orderId"u8) ? ConversionFields.OrderId
                : name.SequenceEqual("kind"u8) ? ConversionFields.Kind
                : name.SequenceEqual("value"u8) ? ConversionFields.Value
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read = member switch
            {
                ConversionFields.Conversion => ReadId(Pointer + "/conversion", EventField.ConversionId),
                ConversionFields.Kind => ReadText(Pointer + "/kind", EventField.Kind, EventLimits.Kind),
                ConversionFields.OrderId => ReadText(Pointer + "/orderId", EventField.OrderId, EventLimits.Name),
                _ => ReadMoney(Pointer + "/value", least: 1),
            };
            if (!read)
                return false;
        }
        return rejection.Reason == 0 && CheckRefund(Pointer, had);
    }

    private readonly bool HasOne(ConversionFields had, ConversionFields member) => (had & member) != 0;

    private bool CheckRefund(string pointer, ConversionFields had)
    {
        bool byId = HasOne(had, ConversionFields.Conversion);
        bool byOrder = HasOne(had, ConversionFields.OrderId);
        if (!byId && !byOrder)
            return Missing(pointer + "/conversion");
        if (byId && (byOrder || HasOne(had, ConversionFields.Kind)))
            return Fail(
                RejectionReason.NotAllowedHere,
                pointer + (byOrder ? "/orderId" : "/kind"),
                "A refund names its conversion by event id, or by order id and kind, not both."
            );
        if (byOrder)
            SetDefaultKind();
        return HasOne(had, ConversionFields.Value) || Missing(pointer + "/value");
    }

    private readonly void SetDefaultKind()
    {
        if (!raw.Has(EventField.Kind))
            raw.Set(EventField.Kind, arena.Append("purchase"u8));
    }

    private bool ReadDecision()
    {
        const string Pointer = "/decision";
        if (!Open(Pointer))
            return false;
        DecisionFields had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            DecisionFields member =
                name.SequenceEqual("request"u8) ? DecisionFields.Request
                : name.SequenceEqual("action"u8) ? DecisionFields.Action
                : name.SequenceEqual("score"u8) ? DecisionFields.Score
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read = member switch
            {
                DecisionFields.Request => ReadId(Pointer + "/request", EventField.RequestId),
                DecisionFields.Action => ReadAction(Pointer + "/action"),
                _ => ReadScore(Pointer + "/score"),
            };
            if (!read)
                return false;
        }
        if (rejection.Reason != 0)
            return false;
        if ((had & DecisionFields.Request) == 0)
            return Missing(Pointer + "/request");
        return (had & DecisionFields.Action) != 0 || Missing(Pointer + "/action");
    }

    private bool ReadAction(string pointer)
    {
        if (!TryText(pointer, EventLimits.Name, out ReadOnlySpan<byte> text))
            return false;
        raw.Action =
            text.SequenceEqual("allow"u8) ? DecisionAction.Allow
            : text.SequenceEqual("tag"u8) ? DecisionAction.Tag
            : text.SequenceEqual("challenge"u8) ? DecisionAction.Challenge
            : text.SequenceEqual("deny"u8) ? DecisionAction.Deny
            : null;
        return raw.Action is not null
            || Fail(RejectionReason.BadValue, pointer, "The action is none of allow, tag, challenge, deny.");
    }

    private bool ReadScore(string pointer)
    {
        bool read = ReadWhole(pointer, int.MinValue, int.MaxValue, out long score);
        raw.Score = read ? (int)score : null;
        return read;
    }

    private bool ReadLabel()
    {
        const string Pointer = "/label";
        if (!Open(Pointer))
            return false;
        LabelFields had = 0;
        long from = 0;
        long to = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            LabelFields member =
                name.SequenceEqual("verdict"u8) ? LabelFields.Verdict
                : name.SequenceEqual("from"u8) ? LabelFields.From
                : name.SequenceEqual("to"u8) ? LabelFields.To
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read = member switch
            {
                LabelFields.Verdict => ReadVerdict(Pointer + "/verdict"),
                LabelFields.From => ReadTime(Pointer + "/from", out from),
                _ => ReadTime(Pointer + "/to", out to),
            };
            if (!read)
                return false;
        }
        if (rejection.Reason != 0)
            return false;
        if (had != (LabelFields.Verdict | LabelFields.From | LabelFields.To))
            return Missing(
                Pointer
                    + (
                        (had & LabelFields.Verdict) == 0 ? "/verdict"
                        : (had & LabelFields.From) == 0 ? "/from"
                        : "/to"
                    )
            );
        (raw.From, raw.To) = (from, to);
        return (from <= to && to - from <= EventLimits.LabelSpan)
            || Fail(
                RejectionReason.TimeOutOfRange,
                Pointer + "/to",
                "A label covers at most 400 days and ends after it begins."
            );
    }

    private bool ReadVerdict(string pointer)
    {
        if (!TryText(pointer, EventLimits.Name, out ReadOnlySpan<byte> text))
            return false;
        raw.Verdict =
            text.SequenceEqual("human"u8) ? Verdict.Human
            : text.SequenceEqual("good_bot"u8) ? Verdict.GoodBot
            : text.SequenceEqual("bot"u8) ? Verdict.Bot
            : text.SequenceEqual("unknown"u8) ? Verdict.Unknown
            : null;
        return raw.Verdict is not null
            || Fail(RejectionReason.BadValue, pointer, "The verdict is none of human, good_bot, bot, unknown.");
    }

    [Flags]
    private enum ConversionFields
    {
        Kind = 1,
        OrderId = 2,
        Value = 4,
        Conversion = 8,
    }

    [Flags]
    private enum DecisionFields
    {
        Request = 1,
        Action = 2,
        Score = 4,
    }

    [Flags]
    private enum LabelFields
    {
        Verdict = 1,
        From = 2,
        To = 4,
    }
}
