namespace Throughline.Cli.Output;

/// <summary>Rounds figures to what they are worth.</summary>
internal static class Figures
{
    /// <summary>Seconds to a thousandth.</summary>
    public static double Seconds(double seconds) => Math.Round(seconds, 3, MidpointRounding.ToEven);

    /// <summary>A rate as a whole number; 0 if no time passed.</summary>
    public static double PerSecond(long count, double seconds) =>
        seconds > 0 ? Math.Round(count / seconds, MidpointRounding.ToEven) : 0;

    /// <summary>A share to a millionth.</summary>
    public static double Share(double share) => Math.Round(share, 6, MidpointRounding.ToEven);
}
