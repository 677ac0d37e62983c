namespace Throughline.World.Population;

/// <summary>The currencies that people pay in. Amounts are minor units.</summary>
internal static class Currencies
{
    public static readonly string[] Codes = ["EUR", "USD", "GBP", "JPY"];
    public static readonly byte[][] Utf8 = [.. Codes.Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>Decimal digits of the minor unit.</summary>
    public static readonly byte[] Digits = [2, 2, 2, 0];

    /// <summary>Share of people of each, percent.</summary>
    public static readonly int[] Shares = [72, 15, 10, 3];
}
