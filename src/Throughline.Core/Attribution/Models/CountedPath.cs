namespace Throughline.Core.Attribution.Models;

/// <summary>
/// A path that customers took: its channels, first touch first, how many of them converted, how many did not, and what the
/// conversions were worth. The models over many paths take these.
/// </summary>
public sealed record CountedPath(IReadOnlyList<string> Channels, Rational Conversions, Rational Others, Rational Value)
{
    /// <summary>Separates the channels of a path that is written as one text.</summary>
    public const string Separator = " > ";

    public static CountedPath Parse(string path, Rational conversions, Rational others, Rational value = default) =>
        new(Split(path), conversions, others, value);

    public static IReadOnlyList<string> Split(string path) => path.Split(Separator);
}
