using System.Text.Json;

namespace Throughline.Core.Events;

/// <summary>The objects that say who and where: identifiers, context, request.</summary>
internal ref partial struct EventJsonReader
{
    private bool ReadIdentifiers()
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return WrongType("/identifiers", "an array");
        for (int index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (index == EventLimits.Identifiers)
                return Fail(
                    RejectionReason.TooManyIdentifiers,
                    "/identifiers",
                    $"The event has more than {EventLimits.Identifiers} identifiers."
                );
            if (ReadIdentifier())
                continue;
            rejection = rejection with { Pointer = $"/identifiers{JsonPointer.Segment(index)}{rejection.Pointer}" };
            return false;
        }
        return true;
    }

    /// <summary>One identifier; pointers are relative to it.</summary>
    private bool ReadIdentifier()
    {
        if (!Open(""))
            return false;
        TypeAndValue had = 0;
        string type = "";
        ByteSlice value = default;
        while (NextName("", out ReadOnlySpan<byte> name))
        {
            TypeAndValue member =
                name.SequenceEqual("type"u8) ? TypeAndValue.Type
                : name.SequenceEqual("value"u8) ? TypeAndValue.Value
                : 0;
            if (!See(ref had, member, "", name))
                return false;
            if (!(member == TypeAndValue.Type ? ReadIdentifierType(out type) : ReadIdentifierValue(out value)))
                return false;
        }
        if (rejection.Reason != 0)
            return false;
        if (had != (TypeAndValue.Type | TypeAndValue.Value))
            return Missing((had & TypeAndValue.Type) == 0 ? "/type" : "/value");

        Span<byte> target = arena.GetSpan(IdentifierNormaliser.MaxSize(value.Length));
        RejectionReason? reason = IdentifierNormaliser.Normalise(type, arena[value], rules, target, out int written);
        if (reason is { } bad)
            return Fail(bad, "/value", "The value is not one of this type of identifier.");
        int start = arena.Length;
        arena.Advance(written);
        ByteSlice normalised = arena.Since(start);
        raw.Add(type, value, normalised, rules.Types.IsBlocked(type, arena[normalised]));
        return true;
    }

    private bool ReadIdentifierType(out string type)
    {
        type = "";
        if (!TryText("/type", EventLimits.IdentifierType, out ReadOnlySpan<byte> name))
            return false;
        if (!IdentifierNormaliser.IsTypeName(name))
            return Fail(
                RejectionReason.BadIdentifierType,
                "/type",
                "An identifier type's name has the form [a-z][a-z0-9_]{0,31}."
            );
        type = raw.TypeName(name);
        return true;
    }

    private bool ReadIdentifierValue(out ByteSlice value)
    {
        value = default;
        if (!TryText("/value", EventLimits.IdentifierValue, out ReadOnlySpan<byte> text))
            return false;
        value = arena.Append(text);
        return true;
    }

    private bool ReadContext()
    {
        const string Pointer = "/context";
        if (!Open(Pointer))
            return false;
        ContextFields had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            ContextFields member =
                name.SequenceEqual("address"u8) ? ContextFields.Address
                : name.SequenceEqual("userAgent"u8) ? ContextFields.UserAgent
                : name.SequenceEqual("referrer"u8) ? ContextFields.Referrer
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read = member switch
            {
                ContextFields.Address => ReadAddress(Pointer + "/address"),
                ContextFields.UserAgent => ReadOptionalText(
                    Pointer + "/userAgent",
                    EventField.UserAgent,
                    EventLimits.LongText
                ),
                _ => ReadReferrer(Pointer + "/referrer"),
            };
            if (!read)
                return false;
        }
        return rejection.Reason == 0;
    }

    private bool ReadAddress(string pointer)
    {
        if (!TryText(pointer, EventLimits.Name, out ReadOnlySpan<byte> text))
            return false;
        if (!AddressText.TryCanonicalise(text, arena.GetSpan(AddressText.MaxSize), out int written))
            return Fail(RejectionReason.BadAddress, pointer, "The field is neither an IPv4 nor an IPv6 address.");
        int start = arena.Length;
        arena.Advance(written);
        raw.Set(EventField.Address, arena.Since(start));
        return true;
    }

    private bool ReadReferrer(string pointer)
    {
        bool read = ReadSplitText(pointer, EventField.Referrer, out ByteSlice personal);
        raw.ReferrerQuerySlice = personal;
        return read;
    }

    private bool ReadRequest()
    {
        const string Pointer = "/request";
        if (!Open(Pointer))
            return false;
        RequestFields had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            RequestFields member =
                name.SequenceEqual("method"u8) ? RequestFields.Method
                : name.SequenceEqual("host"u8) ? RequestFields.Host
                : name.SequenceEqual("path"u8) ? RequestFields.Path
                : name.SequenceEqual("status"u8) ? RequestFields.Status
                : name.SequenceEqual("bytes"u8) ? RequestFields.Bytes
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read = member switch
            {
                RequestFields.Method => ReadText(Pointer + "/method", EventField.Method, EventLimits.Method),
                RequestFields.Host => ReadText(Pointer + "/host", EventField.Host, EventLimits.Host),
                RequestFields.Path => ReadPath(Pointer + "/path"),
                RequestFields.Status => ReadStatus(Pointer + "/status"),
                _ => ReadBytes(Pointer + "/bytes"),
            };
            if (!read)
                return false;
        }
        return rejection.Reason == 0;
    }

    private bool ReadPath(string pointer)
    {
        bool read = ReadSplitText(pointer, EventField.Path, out ByteSlice personal);
        raw.QuerySlice = personal;
        return read;
    }

    private bool ReadStatus(string pointer)
    {
        bool read = ReadWhole(pointer, 0, EventLimits.Status, out long status);
        raw.Status = read ? (int)status : null;
        return read;
    }

    private bool ReadBytes(string pointer)
    {
        bool read = ReadWhole(pointer, 0, Money.MaxMinor, out long bytes);
        raw.Bytes = bytes;
        return read;
    }

    [Flags]
    private enum TypeAndValue
    {
        Type = 1,
        Value = 2,
    }

    [Flags]
    private enum ContextFields
    {
        Address = 1,
        UserAgent = 2,
        Referrer = 4,
    }

    [Flags]
    private enum RequestFields
    {
        Method = 1,
        Host = 2,
        Path = 4,
        Status = 8,
        Bytes = 16,
    }
}
