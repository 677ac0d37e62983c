namespace Throughline.Cel.Library;

/// <summary>The libraries that come with the language.</summary>
public static class Libraries
{
    /// <summary>Operators and functions of the specification's "List of Standard Definitions".</summary>
    public static readonly FunctionLibrary Standard = new(
        "standard",
        [
            .. StandardLogic.Functions,
            .. StandardComparison.Functions,
            .. StandardArithmetic.Functions,
            .. StandardCollections.Functions,
            .. StandardConversions.Functions,
            .. StandardStrings.Functions,
            .. StandardTime.Functions,
        ]
    );

    /// <summary>The standard library and all extensions.</summary>
    public static IReadOnlyList<FunctionLibrary> All { get; } =
    [
        Standard,
        StringExtension.Library,
        MathExtension.Library,
        EncoderExtension.Library,
        OptionalExtension.Library,
        NetworkExtension.Library,
        SetExtension.Library,
        ListExtension.Library,
        RegexExtension.Library,
    ];
}
