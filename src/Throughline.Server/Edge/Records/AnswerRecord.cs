using System.Buffers;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Records;

/// <summary>
/// The record of what an answer set off: the inputs with the answer in them, the version and the rules that matched. A record of its own, under the
/// number of the decision, which stays what it was.
/// </summary>
internal static class AnswerRecord
{
    /// <summary>A rule matched and is to be reported, or failed. That rules lack something of the answer is no news.</summary>
    public static bool IsWorthKeeping(GateDecision alerts)
    {
        foreach (RuleMatch match in alerts.Matches)
            if (match is { Outcome: MatchOutcome.Matched, Quiet: false } or { Outcome: MatchOutcome.Error })
                return true;
        return false;
    }

    public static DecisionEntry EntryOf(EdgeExchange exchange) =>
        new(
            DecisionEntry.AnswerIdOf(exchange.IdText),
            exchange.Request.Time,
            Address: null, // it judges nobody: the decision did
            UserAgent: null,
            exchange.Decision.Action,
            exchange.Decision.Score,
            AnswerTo: exchange.IdText
        );

    public static ReadOnlySpan<byte> Write(EdgeExchange exchange, GateModel model, GateDecision alerts)
    {
        ArrayBufferWriter<byte> record = new(256);
        DecisionRecord.Write(record, RecordKind.Answer, exchange.Id, model, exchange.Inputs, alerts, latencyUs: 0);
        return record.WrittenSpan;
    }
}
