using Throughline.Cel;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Messages;
using Throughline.Cel.Types;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// The names that rules use, each with its type. What a source of requests does not know is not set: reading it is an error of that
/// rule (its outcome is <see cref="MatchOutcome.Unknown"/>), and <c>has(...)</c> tells.
/// </summary>
public static class GateSchema
{
    private static readonly CelType Ip = NetworkTypes.Ip;

    private static readonly InputSchema<HeaderField> Header = new InputSchema<HeaderField>("Header")
        .String("name", x => x.Name)
        .String("value", x => x.Value);

    /// <summary>The environment that the names are added to.</summary>
    public static CelEnvironment Base { get; } =
        new() { Libraries = Libraries.All, Types = DescriptorProvider.WellKnownOnly };

    /// <summary>A schema of all names but those of counters and lists, which differ from version to version.</summary>
    public static InputSchema<GateInputs> Create()
    {
        InputSchema<GateInputs> schema = new("Gate");
        schema
            .String("request.method", x => x.Request.Method)
            .String("request.host", x => Known(x, RequestKnowledge.Host) ? x.Request.Host : null)
            .String("request.path", x => x.Request.Path)
            .String("request.query", x => x.Request.Query)
            .String("request.target", x => x.Request.Target)
            .String("request.file", x => x.Request.File)
            .String("request.extension", x => x.Request.Extension)
            .Bool("request.static", x => x.Request.IsStatic)
            .Bool("request.malformed", x => x.Request.IsMalformed)
            .String("request.scheme", x => x.Request.Scheme)
            .String("request.protocol", x => x.Request.Protocol)
            .String("request.referrer", x => Known(x, RequestKnowledge.Agent) ? x.Request.Referrer ?? "" : null)
            .Value("request.ip", Ip, x => Value.Of(x.Request.Address!), x => x.Request.Address is not null)
            .String("request.network", x => x.Request.Network)
            .String("request.block", x => x.Request.Block)
            .Int("request.asn", x => x.Request.Asn ?? 0, x => x.Request.Asn is not null)
            .String("request.country", x => x.Request.Country)
            .String("request.ja3", x => x.Request.Ja3)
            .String("request.ja4", x => x.Request.Ja4)
            .String("request.session", x => x.Request.Session)
            .String("request.header_order", x => x.Request.HeaderOrder)
            .List(
                "request.headers",
                x => x.Request.Headers.AsSpan(0, x.Request.HeaderCount),
                Header,
                x => Known(x, RequestKnowledge.Headers)
            );
        schema
            .Struct("ua", x => Known(x, RequestKnowledge.Agent))
            .String("ua.text", x => x.Request.Agent.Text)
            .Bool("ua.bot", x => x.Request.Agent.IsBot)
            .Bool("ua.good_bot", x => x.Request.Agent.IsGoodBot)
            .Bool("ua.library", x => x.Request.Agent.IsLibrary)
            .Bool("ua.scanner", x => x.Request.Agent.IsScanner)
            .Bool("ua.headless", x => x.Request.Agent.IsHeadless)
            .Bool("ua.mobile", x => x.Request.Agent.IsMobile)
            .Bool("ua.browser", x => x.Request.Agent.Class == AgentClasses.Browser)
            .Bool("ua.missing", x => x.Request.Agent.Class == AgentClasses.Missing)
            .String("ua.name", x => x.Request.Agent.Name)
            .Int("ua.version", x => x.Request.Agent.Version)
            .String("ua.system", x => x.Request.Agent.System);
        schema
            .Struct("check", x => Known(x, RequestKnowledge.Headers))
            .Bool("check.hints_mismatch", x => x.Request.Consistency.HintsMismatch)
            .Bool("check.missing_accept_language", x => x.Request.Consistency.MissingAcceptLanguage)
            .Bool("check.missing_accept", x => x.Request.Consistency.MissingAccept)
            .Bool("check.missing_accept_encoding", x => x.Request.Consistency.MissingAcceptEncoding)
            .Bool("check.sec_fetch_mismatch", x => x.Request.Consistency.SecFetchMismatch)
            .Int("check.score", x => x.Request.Consistency.Score);
        schema
            .Bool("bot.verified", x => x.Bot == BotIdentity.Verified, IsIdentityKnown)
            .Bool("bot.impostor", x => x.Bot == BotIdentity.Impostor, IsIdentityKnown)
            .Bool("bot.claimed", x => x.Bot != BotIdentity.None, x => Known(x, RequestKnowledge.Agent))
            .Bool("bot.signed", x => x.Request.Signature.State == SignatureState.Valid, IsSignatureKnown)
            .String("bot.signature", x => Known(x, RequestKnowledge.Headers) ? x.Request.Signature.Word : null)
            .String("bot.agent", x => x.Request.Signature.Agent);
        schema
            .Struct("clearance", x => Known(x, RequestKnowledge.Cookies))
            .Bool("clearance.valid", x => x.Request.Clearance.IsValid)
            .String("clearance.state", x => x.Request.Clearance.Word)
            .Int("clearance.difficulty", x => x.Request.Clearance.Difficulty)
            .Int("clearance.age", x => x.Request.Clearance.AgeMs / 1000, x => x.Request.Clearance.Id is not null)
            .String("clearance.id", x => x.Request.Clearance.Id);
        schema
            .Struct("challenge", x => x.Request.Challenges is not null)
            .Int("challenge.issued", x => x.Request.Challenges!.Value.Issued)
            .Int("challenge.solved", x => x.Request.Challenges!.Value.Solved)
            .Int("challenge.failed", x => x.Request.Challenges!.Value.Failed);
        schema
            .Struct("customer", x => x.Customer.Known)
            .Int("customer.age", x => x.Customer.AgeMs / 1000)
            .Int("customer.conversions", x => x.Customer.Conversions)
            .Int("customer.address_identifiers", x => x.Customer.AddressIdentifiers);
        schema
            .Struct("response", x => x.Response is not null)
            .Int("response.status", x => x.Response!.Value.Status)
            .Int("response.bytes", x => x.Response!.Value.Bytes, x => x.Response!.Value.Bytes >= 0)
            .Bool(
                "response.login_failed",
                x => x.Response!.Value.LogInFailed ?? false,
                x => x.Response!.Value.LogInFailed is not null
            );
        return schema;
    }

    /// <summary>All names of a version: those of <see cref="Create()"/>, its counters and its lists.</summary>
    public static InputSchema<GateInputs> Create(
        IReadOnlyList<CounterDocument> counters,
        IReadOnlyList<ListDocument> lists
    )
    {
        InputSchema<GateInputs> schema = Create();
        if (counters.Count == 0)
            schema.Struct("counter", _ => true);
        if (lists.Count == 0)
            schema.Struct("list", _ => true);
        for (int i = 0; i < counters.Count; i++)
        {
            int at = i;
            string path = "counter." + counters[i].Name;
            if (counters[i].Kind is CounterKind.Sum or CounterKind.Ratio)
                schema.Double(path, x => x.Counters[at], x => !double.IsNaN(x.Counters[at]));
            else
                schema.Int(path, x => (long)x.Counters[at], x => !double.IsNaN(x.Counters[at]));
        }
        for (int i = 0; i < lists.Count; i++)
        {
            int at = i;
            string path = "list." + lists[i].Name;
            schema.Bool(path, x => x.Lists[at] == Membership.In, x => x.Lists[at] != Membership.Unknown);
        }
        return schema;
    }

    // A claim that nobody has verified yet is neither true nor false.
    private static bool IsIdentityKnown(GateInputs inputs) =>
        Known(inputs, RequestKnowledge.Agent) && inputs.Bot != BotIdentity.Unverified;

    // Nor is a signature of somebody whose keys are not known.
    private static bool IsSignatureKnown(GateInputs inputs) =>
        Known(inputs, RequestKnowledge.Headers) && inputs.Request.Signature.State != SignatureState.UnknownKey;

    private static bool Known(GateInputs inputs, RequestKnowledge what) => (inputs.Request.Knowledge & what) == what;
}
