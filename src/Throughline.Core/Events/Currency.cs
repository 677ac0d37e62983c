namespace Throughline.Core.Events;

/// <summary>
/// An ISO 4217 currency that has a minor unit. The default value is no currency (<see cref="IsNone"/>): the currency of a
/// conversion without value.
/// </summary>
public readonly record struct Currency
{
    private readonly ushort packed;

    private Currency(ushort packed) => this.packed = packed;

    /// <summary>All that <see cref="TryParse(ReadOnlySpan{byte}, out Currency)"/> accepts, ordered by code.</summary>
    public static IReadOnlyList<Currency> All { get; } = [.. CurrencyTable.Codes().Select(Parse)];

    /// <summary>Reads a code of three capital ASCII letters; false if it names no currency with a minor unit.</summary>
    public static bool TryParse(ReadOnlySpan<byte> code, out Currency currency)
    {
        ushort packed = CurrencyTable.Pack(code);
        currency = new(packed);
        if (CurrencyTable.MinorDigits(packed) >= 0)
            return true;
        currency = default;
        return false;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out Currency)"/>
    public static bool TryParse(ReadOnlySpan<char> code, out Currency currency)
    {
        Span<byte> ascii = stackalloc byte[3];
        for (int i = 0; i < 3; i++)
            ascii[i] = code.Length == 3 && code[i] < 128 ? (byte)code[i] : (byte)0;
        return TryParse(ascii, out currency);
    }

    /// <summary>Reads a code that is known to be good. Throws <see cref="FormatException"/> if it is not.</summary>
    public static Currency Parse(string code) =>
        TryParse(code, out Currency currency) ? currency : throw new FormatException("not an ISO 4217 currency");

    public bool IsNone => packed == 0;

    /// <summary>A number for this code that never changes, 1 to 17,576; 0 for no currency. For packed state.</summary>
    public ushort Number => packed;

    /// <summary>The currency with this <see cref="Number"/>; none if there is no such currency.</summary>
    public static Currency FromNumber(ushort number) => CurrencyTable.MinorDigits(number) >= 0 ? new(number) : default;

    /// <summary>Digits after the decimal point: 0, 2, 3 or 4; 0 for no currency.</summary>
    public int MinorDigits => Math.Max(0, CurrencyTable.MinorDigits(packed));

    /// <summary>Writes the code: 3 ASCII letters, or nothing for no currency. Returns the number of bytes.</summary>
    public int Write(Span<byte> target)
    {
        if (IsNone)
            return 0;
        int rest = packed - 1;
        target[2] = (byte)('A' + rest % 26);
        target[1] = (byte)('A' + rest / 26 % 26);
        target[0] = (byte)('A' + rest / 676);
        return 3;
    }

    /// <summary>The code, or an empty text for no currency.</summary>
    public override string ToString()
    {
        Span<byte> code = stackalloc byte[3];
        return System.Text.Encoding.ASCII.GetString(code[..Write(code)]);
    }
}
