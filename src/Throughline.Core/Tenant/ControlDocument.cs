using System.Text.Json;
using Throughline.Core.Attribution;
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

    /// <summary>Two identifiers that belong together by an operator's word, whatever was seen of them.</summary>
    public const string LinkKind = "link";

    /// <summary>Two identifiers that do not belong together by an operator's word, whatever links them.</summary>
    public const string SeparateKind = "separate";

    /// <summary>An identity strategy that comes into force: <c>author</c>, <c>note</c>, <c>strategy</c> (<see cref="Identity.StrategyJson"/>).</summary>
    public const string StrategyKind = "strategy";

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

    /// <summary>Bytes of a rule set's document; any other is an event like those of clients.</summary>
    public const int RulesBytesMax = 8 << 20;

    /// <summary>How large a document of a kind may be.</summary>
    public static int BytesMax(string kind) =>
        kind is GateRulesKind or GateProposalKind ? RulesBytesMax : EventLimits.Bytes;

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

    internal static ((string Type, Token Token) A, (string Type, Token Token) B, bool Holds) ReadPair(
        JsonElement document
    ) => (ReadEnd(document, "a"), ReadEnd(document, "b"), document.GetProperty("holds").GetBoolean());

    private static (string Type, Token Token) ReadEnd(JsonElement document, string end) =>
        (
            document.GetProperty(end).GetProperty("type").GetString()!,
            Token.TryParse(document.GetProperty(end).GetProperty("token").GetString(), out Token token)
                ? token
                : throw new InvalidDataException("a pair without token")
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
