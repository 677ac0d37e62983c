namespace Throughline.Core.Events;

/// <summary>
/// The currencies of ISO 4217 (list one, amendments to 180) that have a minor unit, and those withdrawn since 2015, because an
/// import may hold older orders. Codes without a minor unit (metals, XDR, XTS, XXX, …) name no countable money and are left out.
/// </summary>
internal static class CurrencyTable
{
    private const string TwoDigits =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU "
        + "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
        + "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR "
        + "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
        + "TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG";

    private const string NoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    private const string ThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
    private const string FourDigits = "CLF UYW";

    private const string WithdrawnTwoDigits = "ANG BGN CUC HRK LTL MRO SLL STD VEF ZWL";
    private const string WithdrawnNoDigits = "BYR";

    /// <summary>Per packed code (see <see cref="Pack"/>): minor digits + 1, or 0 for no currency.</summary>
    private static readonly byte[] Digits = Build();

    /// <summary>Three capital letters as a number from 1 to 17,576; 0 for anything else.</summary>
    public static ushort Pack(ReadOnlySpan<byte> code)
    {
        if (code.Length != 3)
            return 0;
        int packed = 0;
        foreach (byte letter in code)
        {
            if (letter is < (byte)'A' or > (byte)'Z')
                return 0;
            packed = packed * 26 + (letter - 'A');
        }
        return (ushort)(packed + 1);
    }

    /// <summary>The digits after the point of the currency with this packed code, or -1.</summary>
    public static int MinorDigits(ushort packed) => packed < Digits.Length ? Digits[packed] - 1 : -1;

    /// <summary>Every code that is accepted, in order.</summary>
    public static IEnumerable<string> Codes() =>
        Groups().SelectMany(group => group.Codes.Split(' ')).Order(StringComparer.Ordinal);

    private static byte[] Build()
    {
        var digits = new byte[26 * 26 * 26 + 1];
        foreach ((string codes, byte count) in Groups())
        foreach (string code in codes.Split(' '))
            digits[Pack([(byte)code[0], (byte)code[1], (byte)code[2]])] = (byte)(count + 1);
        return digits;
    }

    private static IEnumerable<(string Codes, byte Digits)> Groups() =>
        [
            (TwoDigits, 2),
            (NoDigits, 0),
            (ThreeDigits, 3),
            (FourDigits, 4),
            (WithdrawnTwoDigits, 2),
            (WithdrawnNoDigits, 0),
        ];
}
