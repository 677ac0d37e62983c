using System.Buffers;
using Throughline.Cel.Parse;

namespace Throughline.Core.Gate.Rules;

/// <summary>What names of rules, counters, lists and routes may look like.</summary>
internal static class NameRules
{
    public const int LengthMax = 100;
    public const string OfId = "lower-case letters, digits and hyphens, up to 100, beginning with a letter or digit";
    public const string OfVariable =
        "lower-case letters, digits and underscores, up to 100, beginning with a letter, and no word of the language";

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );
    private static readonly SearchValues<char> VariableCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789_"
    );

    public static bool IsId(string? name) =>
        name is { Length: > 0 and <= LengthMax } && name[0] != '-' && !name.AsSpan().ContainsAnyExcept(IdCharacters);

    public static bool IsVariable(string? name) =>
        name is { Length: > 0 and <= LengthMax }
        && char.IsAsciiLetterLower(name[0])
        && !name.AsSpan().ContainsAnyExcept(VariableCharacters)
        && CelParser.Parse("x." + name).IsSuccess;
}
