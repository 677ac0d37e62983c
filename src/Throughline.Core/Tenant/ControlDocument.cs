using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;

namespace Throughline.Core.Tenant;

/// <summary>
/// The documents that control events carry: canonical JSON, written by the platform alone after validation. The member
/// <c>kind</c> tells which.
/// </summary>
public static class ControlDocument
{
    public const string CampaignKind = "campaign";
    public const string BlockKind = "block";

    /// <summary>A version of an attribution rule: <c>rule</c> (<see cref="AttributionRuleJson"/>).</summary>
    public const string AttributionRuleKind = "attribution-rule";

    /// <summary>
    /// A document of attribution rules that somebody works on: <c>name</c>, <c>author</c>, <c>note</c>, <c>text</c>; without a text it is discarded.
    /// No credit follows from it.
    /// </summary>
    public const string AttributionDraftKind = "attribution-draft";

    /// <summary>Weights of channels that data-driven rules name: <c>table</c> (<see cref="WeightTableJson"/>).</summary>
    public const string WeightTableKind = "weight-table";

    /// <summary>Exchange rates by day: <c>version</c>, <c>author</c>, <c>table</c> (<see cref="Attribution.Rates.RateTableJson"/>).</summary>
    public const string RatesKind = "exchange-rates";

    /// <summary>Two identifiers that belong together by an operator's word, whatever was seen of them.</summary>
    public const string LinkKind = "link";

    /// <summary>Two identifiers that do not belong together by an operator's word, whatever links them.</summary>
    public const string SeparateKind = "separate";

    /// <summary>An identity strategy that comes into force: <c>author</c>, <c>note</c>, <c>strategy</c> (<see cref="Identity.StrategyJson"/>).</summary>
    public const string StrategyKind = "strategy";

    /// <summary>The tenant's identifier types: <c>author</c>, <c>note</c>, <c>types</c> (<see cref="Identity.Types.IdentifierTypesJson"/>).</summary>
    public const string TypesKind = "identifier-types";

    /// <summary>An identifier type that is, or is no longer, frozen: <c>type</c>, <c>frozen</c>, <c>reason</c>, <c>author</c>.</summary>
    public const string FreezeKind = "freeze";

    /// <summary>Identifiers that are erased: <c>identifiers</c> (type and token of each), <c>scope</c>, <c>reason</c>, <c>author</c>.</summary>
    public const string EraseKind = "erase";

    /// <summary>How identity is watched: <c>author</c>, <c>settings</c> (<see cref="Identity.IdentitySettings"/>).</summary>
    public const string IdentitySettingsKind = "identity-settings";

    /// <summary>A published version of the gate's rules: <c>version</c>, <c>author</c>, <c>note</c>, <c>base</c>, <c>rules</c> (the whole set).</summary>
    public const string GateRulesKind = "gate-rules";

    /// <summary>The same, waiting for approval.</summary>
    public const string GateProposalKind = "gate-proposal";

    /// <summary>
    /// A change of one of the gate's lists: <c>list</c>, <c>of</c> (its kind), <c>change</c>, <c>source</c>, <c>author</c>; its entries are
    /// personal, and sealed.
    /// </summary>
    public const string GateListKind = "gate-list";

    /// <summary>How the gate is run.</summary>
    public const string GateSettingsKind = "gate-settings";

    /// <summary>An alarm that is raised or cleared: <c>alarm</c> (<see cref="Alarms.Alarm"/>).</summary>
    public const string AlarmKind = "alarm";

    /// <summary>How alarms are judged: <c>author</c>, <c>settings</c> (<see cref="Alarms.AlarmSettings"/>).</summary>
    public const string AlarmSettingsKind = "alarm-settings";

    /// <summary>A webhook: <c>id</c>, <c>version</c>, <c>removed</c>, <c>author</c>; all else is sealed.</summary>
    public const string WebhookKind = "webhook";

    /// <summary>What advertising cost: <c>author</c>, <c>rows</c> (<see cref="Attribution.Reports.SpendBook"/>). No state follows from it: reports read it.</summary>
    public const string SpendKind = "spend";

    /// <summary>Bytes of a rule set's or a list of costs' document; any other is an event like those of clients.</summary>
    public const int RulesBytesMax = 8 << 20;

    /// <summary>How large a document of a kind may be.</summary>
    public static int BytesMax(string kind) =>
        kind is GateRulesKind or GateProposalKind or EraseKind or RatesKind or SpendKind or AttributionDraftKind
            ? RulesBytesMax
            : EventLimits.Bytes;

    /// <summary>A campaign's rule version; <see cref="CampaignRule.Published"/> and position come from the event.</summary>
    public static byte[] Campaign(CampaignRule rule) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = CampaignKind,
                ["campaign"] = rule.Campaign,
                ["version"] = rule.Version,
                ["windowMs"] = rule.WindowMs,
                ["model"] = (int)rule.Model,
                ["priority"] = rule.Priority,
                ["group"] = rule.Group,
                ["validFrom"] = rule.ValidFrom,
                ["validTo"] = rule.ValidTo,
                ["restate"] = rule.Restate,
            }
        );

    /// <summary>A version of an attribution rule; when it was published, and where, comes from the event.</summary>
    public static byte[] AttributionRule(AttributionRule rule) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject { ["kind"] = AttributionRuleKind, ["rule"] = AttributionRuleText.Write(rule) }
        );

    /// <summary>A version of a weight table.</summary>
    public static byte[] WeightTable(WeightTable table) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject { ["kind"] = WeightTableKind, ["table"] = WeightTableJson.Write(table) }
        );

    /// <summary>A publication of exchange rates.</summary>
    public static byte[] Rates(Attribution.Rates.RateTable table) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject
            {
                ["kind"] = RatesKind,
                ["version"] = table.Version,
                ["author"] = table.Author,
                ["table"] = Attribution.Rates.RateTableJson.Write(table),
            }
        );

    /// <summary>A value that is, or is no longer, blocked: it identifies nobody while it is.</summary>
    public static byte[] Block(string type, Token token, bool blocked) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = BlockKind,
                ["type"] = type,
                ["token"] = token.ToString(),
                ["blocked"] = blocked,
            }
        );

    /// <summary>A pair that is, or is no longer, linked or separated.</summary>
    /// <param name="kind"><see cref="LinkKind"/> or <see cref="SeparateKind"/>.</param>
    public static byte[] Pair(
        string kind,
        (string Type, Token Token) a,
        (string Type, Token Token) b,
        bool holds,
        string? reason = null,
        string? author = null
    ) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = kind,
                ["a"] = new { type = a.Type, token = a.Token.ToString() },
                ["b"] = new { type = b.Type, token = b.Token.ToString() },
                ["holds"] = holds,
                ["reason"] = reason ?? "",
                ["author"] = author ?? "",
            }
        );

    /// <summary>A strategy that comes into force.</summary>
    public static byte[] Strategy(Identity.Strategy strategy, string? author = null, string? note = null) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = StrategyKind,
                ["author"] = author ?? "",
                ["note"] = note ?? "",
                ["strategy"] = JsonSerializer.Deserialize<JsonElement>(Identity.StrategyJson.Write(strategy)),
            }
        );

    /// <summary>Identifier types that come into force.</summary>
    public static byte[] Types(Identity.Types.IdentifierTypes types, string? author = null, string? note = null) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = TypesKind,
                ["author"] = author ?? "",
                ["note"] = note ?? "",
                ["types"] = JsonSerializer.Deserialize<JsonElement>(Identity.Types.IdentifierTypesJson.Write(types)),
            }
        );

    /// <summary>A type whose sightings link nobody from now on, or do again.</summary>
    public static byte[] Freeze(string type, bool frozen, string? reason = null, string? author = null) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = FreezeKind,
                ["type"] = type,
                ["frozen"] = frozen,
                ["reason"] = reason ?? "",
                ["author"] = author ?? "",
            }
        );

    /// <summary>Identifiers that are erased: each once.</summary>
    public static byte[] Erase(Erasure erasure, string? reason = null, string? author = null) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = EraseKind,
                ["scope"] = erasure.WithEvents ? Erasure.OfCustomer : Erasure.OfIdentifiers,
                ["identifiers"] = erasure.Identifiers.Select(end => new
                {
                    type = end.Type,
                    token = end.Token.ToString(),
                }),
                ["reason"] = reason ?? "",
                ["author"] = author ?? "",
            }
        );

    /// <summary>How identity is watched from now on.</summary>
    public static byte[] IdentitySettings(Identity.IdentitySettings settings, string? author = null) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["kind"] = IdentitySettingsKind,
                ["author"] = author ?? "",
                ["settings"] = JsonSerializer.Deserialize<JsonElement>(settings.ToJson()),
            }
        );

    internal static ((string Type, Token Token) A, (string Type, Token Token) B, bool Holds) ReadPair(
        JsonElement document
    ) => (ReadEnd(document, "a"), ReadEnd(document, "b"), document.GetProperty("holds").GetBoolean());

    internal static Erasure ReadErase(JsonElement document) =>
        new(
            [.. document.GetProperty("identifiers").EnumerateArray().Select(ReadEnd)],
            document.GetProperty("scope").GetString() == Erasure.OfCustomer
        );

    private static (string Type, Token Token) ReadEnd(JsonElement document, string end) =>
        ReadEnd(document.GetProperty(end));

    private static (string Type, Token Token) ReadEnd(JsonElement end) =>
        (
            end.GetProperty("type").GetString()!,
            Token.TryParse(end.GetProperty("token").GetString(), out Token token)
                ? token
                : throw new InvalidDataException("an identifier without token")
        );

    internal static CampaignRule ReadCampaign(JsonElement document, long published, long position) =>
        new(
            document.GetProperty("campaign").GetString()!,
            document.GetProperty("version").GetInt32(),
            document.GetProperty("windowMs").GetInt64(),
            (CreditModel)document.GetProperty("model").GetInt32(),
            document.GetProperty("priority").GetInt32(),
            document.GetProperty("group").GetString()!,
            document.GetProperty("validFrom").GetInt64(),
            document.GetProperty("validTo").GetInt64(),
            document.GetProperty("restate").GetBoolean(),
            published,
            position
        );

    internal static (string Type, Token Token, bool Blocked) ReadBlock(JsonElement document) =>
        (
            document.GetProperty("type").GetString()!,
            Token.TryParse(document.GetProperty("token").GetString(), out Token token)
                ? token
                : throw new InvalidDataException("a block document without token"),
            document.GetProperty("blocked").GetBoolean()
        );
}

/// <summary>Whom an erasure names.</summary>
/// <param name="Identifiers">Type and token of each, each once.</param>
/// <param name="WithEvents">The whole customer goes, with the events that are its; else the identifiers alone.</param>
public sealed record Erasure(IReadOnlyList<(string Type, Token Token)> Identifiers, bool WithEvents)
{
    internal const string OfCustomer = "customer";
    internal const string OfIdentifiers = "identifiers";
}
