using System.Diagnostics.CodeAnalysis;
using Throughline.Cel;
using Throughline.Cel.Check;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;
using Throughline.Cel.Values;

namespace Throughline.Core.Events.Expressions;

/// <summary>
/// The names that expressions over events use. A field that the event has not is an error where it is read; <c>has(event.campaign)</c> tells.
/// At the door: <c>event.*</c> with <c>event.address</c>, <c>event.network</c> (/24 of IPv4, /64 of IPv6), <c>event.block</c> (/16, /48),
/// <c>event.identifiers</c> (type to normalised value) and all properties. Over stored events: what is in the clear, and <c>link.a</c>,
/// <c>link.b</c>, the types of the link's ends in the order of their names.
/// </summary>
internal static class EventNames
{
    /// <summary>Characters of an expression at most.</summary>
    public const int LengthMax = 4_000;

    /// <summary>What one evaluation may cost: units of about 50 ns; beyond, it is an error.</summary>
    public const ulong CostMax = 20_000;

    private static readonly CelType Values = CelType.Map(CelType.String, CelType.String);
    private static readonly CelType Properties = CelType.Map(CelType.String, CelType.Dyn);

    private static readonly CelEnvironment Base = new()
    {
        Libraries = Libraries.All,
        Types = DescriptorProvider.WellKnownOnly,
    };

    private static readonly InputSchema<EventInput> Door = Common()
        .Value("event.address", NetworkTypes.Ip, x => Value.Of(x.Address!), x => x.Address is not null)
        .String("event.network", x => x.Network)
        .String("event.block", x => x.Block)
        .Value("event.identifiers", Values, x => NativeValues.Of(x.Identifiers));

    private static readonly InputSchema<EventInput> Stored = Common()
        .String("link.a", x => x.First)
        .String("link.b", x => x.Second);

    /// <summary>Compiles an expression over an event at the door that gives a text.</summary>
    public static bool TryCompileDerivation(
        string text,
        [NotNullWhen(true)] out CompiledRule<EventInput>? compiled,
        out string problem
    ) => TryCompile(text, Door, out compiled, out problem, CelType.String, CelType.Dyn);

    /// <summary>Compiles a condition over a stored event and a link.</summary>
    public static bool TryCompileCondition(
        string text,
        [NotNullWhen(true)] out CompiledRule<EventInput>? compiled,
        out string problem
    ) => TryCompile(text, Stored, out compiled, out problem, CelType.Bool);

    private static bool TryCompile(
        string text,
        InputSchema<EventInput> schema,
        [NotNullWhen(true)] out CompiledRule<EventInput>? compiled,
        out string problem,
        params ReadOnlySpan<CelType> accepts
    )
    {
        compiled = null;
        problem = $"longer than {LengthMax} characters";
        if (text.Length > LengthMax)
            return false;
        ParseResult parsed = CelParser.Parse(text);
        problem = parsed.IsSuccess ? "" : $"{parsed.Issues[0]}";
        if (!parsed.IsSuccess)
            return false;
        CelEnvironment environment = schema.Extend(Base);
        CheckResult check = CelChecker.Check(parsed.Expr, environment);
        if (!check.IsSuccess)
        {
            problem = $"{check.Issues[0]}";
            return false;
        }
        problem = $"is of type {check.Checked.Type}, not {string.Join(" or ", accepts.ToArray())}";
        if (!accepts.Contains(check.Checked.Type))
            return false;
        compiled = CelCompiler.Compile(check.Checked, schema, environment);
        problem = "";
        return true;
    }

    private static InputSchema<EventInput> Common() =>
        new InputSchema<EventInput>("Event")
            .String("event.type", x => x.Type)
            .Value("event.time", CelType.Timestamp, x => x.Time)
            .String("event.campaign", x => x.Campaign)
            .String("event.channel", x => x.Channel)
            .String("event.creative", x => x.Creative)
            .String("event.placement", x => x.Placement)
            .String("event.kind", x => x.Kind)
            .String("event.method", x => x.Method)
            .String("event.host", x => x.Host)
            .String("event.path", x => x.Path)
            .Int("event.status", x => x.Status ?? 0, x => x.Status is not null)
            .String("event.agent", x => x.Agent)
            .String("event.referrer", x => x.Referrer)
            .Value("event.properties", Properties, x => x.Properties);
}
