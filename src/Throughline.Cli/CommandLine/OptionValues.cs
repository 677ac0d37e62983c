using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Throughline.Cli.CommandLine;

/// <summary>What validators read of an option.</summary>
internal static class OptionValues
{
    /// <summary>
    /// The number that was given, or its default; null if there is none, or the text is no number of the type. The parser says that by itself, but
    /// after the validators: <c>GetValueOrDefault</c> would throw in them.
    /// </summary>
    public static T? Number<T>(this OptionResult result)
        where T : struct, INumber<T> =>
        result.Tokens is not [.., { } last] ? result.GetValueOrDefault<T?>()
        : T.TryParse(last.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out T number) ? number
        : null;
}
