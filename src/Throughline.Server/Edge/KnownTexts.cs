using System.Runtime.InteropServices;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Requests;
using Throughline.Core.State;

namespace Throughline.Server.Edge;

/// <summary>
/// One object for each text and address that requests show again and again. What is kept of a request until its answer comes then
/// holds on to objects that are old already, and those that were made for this request die with it: the collector has nothing to move. A text
/// is taken in when it comes for the second time, so that what never comes again is not kept here. Bounded, and for any number of threads: a
/// place is read and written as one reference. Strangers who choose texts of one place cost each other the place, and nothing else.
/// </summary>
internal sealed class KnownTexts
{
    public const int Places = 1 << 13;

    /// <summary>Longer texts are left as they are, in characters.</summary>
    public const int LengthMax = 512;

    private readonly string?[] texts = new string?[Places];
    private readonly IpAddress?[] addresses = new IpAddress?[Places];

    // Of what came last and was not there: who comes to a place twice in a row takes it.
    private readonly uint[] textsAsked = new uint[Places];
    private readonly uint[] addressesAsked = new uint[Places];

    /// <summary>Puts known objects in place of equal ones; changes nothing that a rule could see.</summary>
    public void Replace(EdgeRequest request)
    {
        foreach (ref HeaderField field in CollectionsMarshal.AsSpan(request.Headers))
        {
            string value = Of(field.Value);
            // The same object again where the request holds on to a header's value under another name, too.
            if (ReferenceEquals(value, field.Value))
                continue;
            if (ReferenceEquals(field.Value, request.UserAgent))
                request.UserAgent = value;
            else if (ReferenceEquals(field.Value, request.Referrer))
                request.Referrer = value;
            field = new(field.Name, value);
        }
        request.Path = Of(request.Path);
        request.Query = Of(request.Query);
        request.Method = Of(request.Method);
        if (request.Host is { } host)
            request.Host = Of(host);
        if (request.Session is { } session)
            request.Session = Of(session);
        if (request.Address is { } address)
            request.Address = Of(address);
    }

    /// <summary>An equal text, which may be this one.</summary>
    public string Of(string text)
    {
        if (text.Length is 0 or > LengthMax)
            return text;
        ulong hash = Mix.Bytes(MemoryMarshal.AsBytes(text.AsSpan()));
        int place = PlaceOf(hash);
        if (Volatile.Read(ref texts[place]) is { } known && known == text)
            return known;
        if (Comes(ref textsAsked[place], hash))
            Volatile.Write(ref texts[place], text);
        return text;
    }

    /// <summary>An equal address, which may be this one.</summary>
    public IpAddress Of(IpAddress address)
    {
        ulong hash = Mix.Three((ulong)address.Bits, (ulong)(address.Bits >> 64), address.IsV6 ? 6UL : 4UL);
        int place = PlaceOf(hash);
        if (
            Volatile.Read(ref addresses[place]) is { } known
            && known.Bits == address.Bits
            && known.IsV6 == address.IsV6
        )
            return known;
        if (Comes(ref addressesAsked[place], hash))
            Volatile.Write(ref addresses[place], address);
        return address;
    }

    private static int PlaceOf(ulong hash) => (int)(hash >> 32) & (Places - 1);

    // For the second time in a row; a race of two threads loses a turn at most.
    private static bool Comes(ref uint asked, ulong hash)
    {
        uint mark = (uint)hash | 1;
        if (asked == mark)
            return true;
        asked = mark;
        return false;
    }
}
