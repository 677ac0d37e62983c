using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>The kinds of value that fields share: texts, ids, times, whole numbers, amounts.</summary>
internal ref partial struct EventJsonReader
{
    private bool ReadId(string pointer, EventField target)
    {
        if (!TryText(pointer, EventId.MaxLength, out ReadOnlySpan<byte> id))
            return false;
        raw.Set(target, arena.Append(id));
        return true;
    }

    private bool ReadText(string pointer, EventField target, int max)
    {
        if (!TryText(pointer, max, out ReadOnlySpan<byte> text))
            return false;
        raw.Set(target, arena.Append(text));
        return true;
    }

    /// <summary>A text that may be empty, which is the same as not there.</summary>
    private bool ReadOptionalText(string pointer, EventField target, int max)
    {
        if (!TryText(pointer, max, out ReadOnlySpan<byte> text, mayBeEmpty: true))
            return false;
        if (!text.IsEmpty)
            raw.Set(target, arena.Append(text));
        return true;
    }

    /// <summary>A path or referrer: up to where something personal may begin it is clear, the rest is not.</summary>
    private bool ReadSplitText(string pointer, EventField target, out ByteSlice personal)
    {
        personal = default;
        if (!TryText(pointer, EventLimits.LongText, out ReadOnlySpan<byte> text, mayBeEmpty: true))
            return false;
        int clear = PersonalUrl.ClearLength(text);
        if (clear > 0)
            raw.Set(target, arena.Append(text[..clear]));
        personal = arena.Append(text[clear..]);
        return true;
    }

    private bool ReadTime(string pointer, out long time)
    {
        time = 0;
        TimeStatus status;
        if (json.TokenType == JsonTokenType.String)
        {
            if (!TryText(pointer, EventLimits.LongText, out ReadOnlySpan<byte> text))
                return false;
            status = EventTime.TryParse(text, out time);
        }
        else if (json.TokenType == JsonTokenType.Number)
        {
            bool whole = !json.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E');
            bool fits = json.TryGetInt64(out time) && EventTime.IsInRange(time);
            status =
                !whole ? TimeStatus.Malformed
                : fits ? TimeStatus.Ok
                : TimeStatus.OutOfRange;
        }
        else
            return WrongType(pointer, "RFC 3339 text or milliseconds since 1970");
        return status switch
        {
            TimeStatus.Ok => true,
            TimeStatus.OutOfRange => Fail(
                RejectionReason.TimeOutOfRange,
                pointer,
                "The time is not between 1990 and 2199; numbers are milliseconds since 1970."
            ),
            _ => Fail(
                RejectionReason.BadTime,
                pointer,
                "The time is neither RFC 3339 with an offset nor whole milliseconds since 1970."
            ),
        };
    }

    private bool ReadWhole(string pointer, long min, long max, out long value)
    {
        value = 0;
        if (json.TokenType != JsonTokenType.Number)
            return WrongType(pointer, "a number");
        return (json.TryGetInt64(out value) && value >= min && value <= max)
            || Fail(RejectionReason.BadNumber, pointer, $"The number is not a whole one from {min} to {max}.");
    }

    /// <summary>An amount, <c>{"minor":1234,"currency":"EUR"}</c> or <c>{"amount":"12.34","currency":"EUR"}</c>.</summary>
    private bool ReadMoney(string pointer, long least)
    {
        if (ReadMoney(least))
            return true;
        rejection = rejection with { Pointer = pointer + rejection.Pointer };
        return false;
    }

    /// <summary>The same with pointers relative to the amount.</summary>
    private bool ReadMoney(long least)
    {
        if (!Open(""))
            return false;
        MoneyFields had = 0;
        long minor = 0;
        ByteSlice amount = default;
        Currency currency = default;
        while (NextName("", out ReadOnlySpan<byte> name))
        {
            MoneyFields member =
                name.SequenceEqual("minor"u8) ? MoneyFields.Minor
                : name.SequenceEqual("amount"u8) ? MoneyFields.Amount
                : name.SequenceEqual("currency"u8) ? MoneyFields.Currency
                : 0;
            if (!See(ref had, member, "", name))
                return false;
            bool read = member switch
            {
                MoneyFields.Minor => ReadMinor(least, out minor),
                MoneyFields.Amount => ReadAmount(out amount),
                _ => ReadCurrency(out currency),
            };
            if (!read)
                return false;
        }
        if (rejection.Reason != 0)
            return false;
        return CheckMoney(had, minor, amount, currency, least);
    }

    private bool CheckMoney(MoneyFields had, long minor, ByteSlice amount, Currency currency, long least)
    {
        if ((had & MoneyFields.Currency) == 0)
            return Missing("/currency");
        if ((had & (MoneyFields.Minor | MoneyFields.Amount)) == 0)
            return Missing("/minor");
        if ((had & MoneyFields.Minor) != 0 && (had & MoneyFields.Amount) != 0)
            return Fail(
                RejectionReason.NotAllowedHere,
                "/amount",
                "An amount is given as minor or as amount, not both."
            );
        string member = (had & MoneyFields.Minor) != 0 ? "/minor" : "/amount";
        if ((had & MoneyFields.Amount) != 0)
        {
            AmountStatus status = Money.TryParse(arena[amount], currency, out Money parsed);
            if (status == AmountStatus.Malformed)
                return Fail(RejectionReason.BadAmount, member, "The amount is not decimal text such as 12.34.");
            if (status == AmountStatus.TooPrecise)
                return Fail(
                    RejectionReason.AmountPrecision,
                    member,
                    "The amount is finer than the currency's minor unit."
                );
            if (status == AmountStatus.OutOfRange)
                return AmountOutOfRange(member, least);
            minor = parsed.Minor;
        }
        if (minor < least || !Money.IsInRange(minor))
            return AmountOutOfRange(member, least);
        raw.Value = new Money(minor, currency);
        return true;
    }

    private bool ReadMinor(long least, out long minor)
    {
        minor = 0;
        if (json.TokenType != JsonTokenType.Number)
            return WrongType("/minor", "a whole number");
        if (json.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E'))
            return Fail(RejectionReason.BadNumber, "/minor", "Minor units are a whole number.");
        return json.TryGetInt64(out minor) || AmountOutOfRange("/minor", least);
    }

    private bool ReadAmount(out ByteSlice amount)
    {
        amount = default;
        if (!TryText("/amount", EventLimits.NumberText, out ReadOnlySpan<byte> text))
            return false;
        amount = arena.Append(text);
        return true;
    }

    private bool ReadCurrency(out Currency currency)
    {
        currency = default;
        if (!TryText("/currency", EventLimits.Name, out ReadOnlySpan<byte> code))
            return false;
        return Currency.TryParse(code, out currency)
            || Fail(
                RejectionReason.UnknownCurrency,
                "/currency",
                "No ISO 4217 currency with a minor unit has this code."
            );
    }

    private bool AmountOutOfRange(string pointer, long least) =>
        Fail(
            RejectionReason.AmountOutOfRange,
            pointer,
            $"The amount is not between {least} and {Money.MaxMinor} minor units."
        );

    [Flags]
    private enum MoneyFields
    {
        Minor = 1,
        Amount = 2,
        Currency = 4,
    }
}
