using Throughline.Cel.Compile.Plan;
using Throughline.Cel.Library;
using Throughline.Cel.Values;

namespace Throughline.Cel.Compile;

/// <summary>The address of the text that was asked for last: many rules ask for that of one field.</summary>
internal sealed class ParsedAddress
{
    private string? known;
    private bool isAddress;
    private AddressBits bits;

    /// <summary>False if the text is no address.</summary>
    public bool TryParse(string text, out AddressBits address)
    {
        if (!ReferenceEquals(known, text))
        {
            isAddress = IpAddress.TryParse(text, out UInt128 number, out bool isV6, out _);
            bits = new(number, isV6);
            known = text;
        }
        address = bits;
        return isAddress;
    }

    /// <summary>What reading a text as an address gives: why not, where it is none.</summary>
    public static Value ValueOf(string text) =>
        IpAddress.TryParse(text, out IpAddress address, out string error)
            ? Value.Of(address)
            : Value.Error($"{error}: {ValueText.Quote(text)}");
}
