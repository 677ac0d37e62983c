using System.Globalization;
using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Attribution.Rules;

/// <summary>Parses, checks, estimates and compiles the expressions of rules over <see cref="RuleFacts"/>.</summary>
internal static class RuleExpression
{
    public const int LengthMax = 4_096;

    /// <summary>Units of about 50 ns that one evaluation may cost.</summary>
    public const ulong CostMax = 20_000;

    private const string FirstSeen = "customer.first_seen";

    /// <summary>Whether an expression may ask when its customer was first seen, which takes a look at all that it did.</summary>
    public static bool ReadsFirstSeen(string? text) => text?.Contains("first_seen", StringComparison.Ordinal) == true;

    private static readonly CelType Properties = CelType.Map(CelType.String, CelType.Dyn);
    private static readonly InputSchema<RuleFacts> OfConversion = Conversion(new("Rule"));
    private static readonly InputSchema<RuleFacts> OfTouch = Touch(Conversion(new("TouchRule")));
    private static readonly CelEnvironment Base = new()
    {
        Libraries = Libraries.All,
        Types = DescriptorProvider.WellKnownOnly,
    };
    private static readonly CelEnvironment ConversionNames = OfConversion.Extend(Base);
    private static readonly CelEnvironment TouchNames = OfTouch.Extend(Base);

    /// <summary>An expression over conversion and customer, and over the touch if <paramref name="readsTouch"/>; null and at least one issue.</summary>
    public static CompiledRule<RuleFacts>? Compile(
        string text,
        string path,
        ModelIssues issues,
        CelType type,
        bool readsTouch
    )
    {
        CelEnvironment names = readsTouch ? TouchNames : ConversionNames;
        if (!issues.Require(text.Length <= LengthMax, path, $"an expression has at most {LengthMax} characters"))
            return null;
        ParseResult parsed = CelParser.Parse(text);
        if (!parsed.IsSuccess)
            return Refuse(path, issues, parsed.Issues);
        CheckResult check = CelChecker.Check(parsed.Expr, names);
        if (!check.IsSuccess)
            return Refuse(path, issues, check.Issues);
        if (check.Checked.Type != type && check.Checked.Type != CelType.Dyn)
            return Refuse(path, issues, [CelIssue.At(text, 0, $"it is of type {check.Checked.Type}, not {type}")]);
        CostEstimate cost = CostEstimate.Of(check.Checked, names, Sizes);
        if (cost.Max > CostMax)
            return Refuse(path, issues, [CelIssue.At(text, 0, TooCostly)]);
        return CelCompiler.Compile(check.Checked, readsTouch ? OfTouch : OfConversion, names);
    }

    private static string TooCostly =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"it may cost more than {CostMax:N0} units of about 50 ns (shorter patterns, fewer nested loops)"
        );

    private static SizeHints Sizes { get; } =
        new(
            new Dictionary<string, SizeRange>(StringComparer.Ordinal)
            {
                ["touch.kind"] = SizeRange.UpTo(128),
                ["touch.campaign"] = SizeRange.UpTo(128),
                ["touch.channel"] = SizeRange.UpTo(128),
                ["touch.creative"] = SizeRange.UpTo(128),
                ["touch.placement"] = SizeRange.UpTo(128),
                ["touch.properties"] = SizeRange.UpTo(100),
                ["touch.properties.@keys"] = SizeRange.UpTo(128),
                ["touch.properties.@values"] = SizeRange.UpTo(1_024),
                ["conversion.kind"] = SizeRange.UpTo(128),
                ["conversion.currency"] = SizeRange.UpTo(3),
                ["conversion.order_id"] = SizeRange.UpTo(256),
                ["conversion.properties"] = SizeRange.UpTo(100),
                ["conversion.properties.@keys"] = SizeRange.UpTo(128),
                ["conversion.properties.@values"] = SizeRange.UpTo(1_024),
            }
        );

    private static CompiledRule<RuleFacts>? Refuse(string path, ModelIssues issues, IReadOnlyList<CelIssue> found)
    {
        foreach (CelIssue issue in found)
            issues.Add(path, issue);
        return null;
    }

    private static InputSchema<RuleFacts> Conversion(InputSchema<RuleFacts> schema) =>
        schema
            .String("conversion.kind", x => x.ConversionKind)
            .Value("conversion.time", CelType.Timestamp, x => Time(x.ConversionTime))
            .Int("conversion.minor", x => x.Minor)
            .String("conversion.currency", x => x.Currency)
            .String("conversion.order_id", x => x.OrderId)
            .Value("conversion.properties", Properties, x => Map(x.ConversionProperties))
            .Int("customer.earlier_conversions", x => x.EarlierConversions)
            .Bool("customer.is_new", x => x.EarlierConversions == 0)
            .Int("customer.touches", x => x.Touches)
            .Value(FirstSeen, CelType.Timestamp, x => Time(x.FirstSeen ?? 0), x => x.FirstSeen is not null)
            .Value(
                "customer.first_conversion",
                CelType.Timestamp,
                x => Time(x.FirstConversion ?? 0),
                x => x.FirstConversion is not null
            )
            .Value(
                "customer.last_conversion",
                CelType.Timestamp,
                x => Time(x.LastConversion ?? 0),
                x => x.LastConversion is not null
            );

    private static InputSchema<RuleFacts> Touch(InputSchema<RuleFacts> schema) =>
        schema
            .String("touch.kind", x => x.TouchKind)
            .String("touch.campaign", x => x.Campaign)
            .String("touch.channel", x => x.Channel)
            .String("touch.creative", x => x.Creative)
            .String("touch.placement", x => x.Placement)
            .Value("touch.time", CelType.Timestamp, x => Time(x.TouchTime))
            .Value("touch.age", CelType.Duration, x => Age(x.ConversionTime - x.TouchTime))
            .Int("touch.tier", x => x.Tier)
            .Value("touch.properties", Properties, x => Map(x.TouchProperties));

    private static Value Time(long ms) => Timestamps.Create(Seconds(ms), Nanos(ms));

    private static Value Age(long ms) => Durations.Create(Seconds(ms), Nanos(ms));

    private static long Seconds(long ms) => Math.DivRem(ms, 1_000).Quotient - (ms % 1_000 < 0 ? 1 : 0);

    private static long Nanos(long ms) => (ms - Seconds(ms) * 1_000) * 1_000_000;

    private static Value Map(Value properties) => properties.IsNull ? Empty : properties;

    private static Value Empty { get; } = NativeValues.Of(new Dictionary<string, object?>());
}
