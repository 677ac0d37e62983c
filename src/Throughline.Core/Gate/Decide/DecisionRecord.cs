using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Throughline.Core.Events;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>What a record is about. Values are stored.</summary>
public enum RecordKind : byte
{
    /// <summary>A request was judged, or let through or stopped by the fail policy.</summary>
    Decision = 1,

    /// <summary>A judged request was answered: matches of the response phase.</summary>
    Answer = 2,

    /// <summary>A request went past the gate, as an access log shows afterwards.</summary>
    Bypass = 3,

    /// <summary>A client answered a challenge: nothing was judged but its proof.</summary>
    Proof = 4,
}

/// <summary>
/// A decision as it is kept: what was known, what came of it, and enough to derive it again. Of the request it holds only what the
/// rules of the version read.
/// </summary>
public sealed class DecisionRecord
{
    public RecordKind Kind { get; init; } = RecordKind.Decision;
    public DecisionId Id { get; init; }

    /// <summary>Number of the version that judged.</summary>
    public long Version { get; init; }

    /// <summary>What the version read; features that its rules do not read are as new.</summary>
    public required GateInputs Inputs { get; init; }
    public DecisionAction Action { get; init; }
    public DecisionCause Cause { get; init; }
    public int Score { get; init; }

    /// <summary>Place of the rule that decided; -1 if none did.</summary>
    public int DecidingRule { get; init; } = -1;
    public bool IsFlagged { get; init; }
    public IReadOnlyList<RuleMatch> Matches { get; init; } = [];

    /// <summary>What became of a challenge. Of a proof, version and deciding rule are those that asked for it.</summary>
    public ChallengeOutcome Challenge { get; init; }

    /// <summary>Why a proof was refused.</summary>
    public ChallengeFault Fault { get; init; }

    /// <summary>What the decision took, in microseconds.</summary>
    public long LatencyUs { get; init; }

    /// <summary>Names of features that were too long to be kept whole.</summary>
    public IReadOnlyList<string> Cut { get; init; } = [];

    /// <summary>Writes the record of a decision straight from what made it.</summary>
    /// <param name="target">Receives the bytes; see <see cref="DecisionRecordCodec"/>.</param>
    public static void Write(
        IBufferWriter<byte> target,
        RecordKind kind,
        DecisionId id,
        GateModel model,
        GateInputs inputs,
        GateDecision decision,
        long latencyUs
    ) => DecisionRecordCodec.Write(target, kind, id, model, inputs, decision, latencyUs);

    /// <summary>Reads a record; false if the bytes are no record of a known version, or damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DecisionRecord? record) =>
        DecisionRecordCodec.TryRead(bytes, out record);

    /// <summary>The id of a record, without reading the rest.</summary>
    public static bool TryReadId(ReadOnlySpan<byte> bytes, out DecisionId id) =>
        DecisionRecordCodec.TryReadId(bytes, out id);

    /// <summary>What a record is about, without reading the rest.</summary>
    public static bool TryReadKind(ReadOnlySpan<byte> bytes, out RecordKind kind)
    {
        kind = bytes.Length > 1 ? (RecordKind)bytes[1] : default;
        return DecisionRecordCodec.TryReadId(bytes, out _);
    }

    /// <summary>Decides again from what was kept: the same, or what differs.</summary>
    /// <param name="model">The version that judged.</param>
    public Derivation Derive(GateModel model) => Derivation.Of(this, model);

    /// <summary>Why each rule of the record came out as it did.</summary>
    /// <param name="model">The version that judged.</param>
    public IReadOnlyList<RuleExplanation> Explain(GateModel model) => RuleExplanation.Of(this, model);
}
