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
