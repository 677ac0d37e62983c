using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Gate;

/// <summary>A verdict as its stored result tells it.</summary>
/// <param name="Actor">The actor key.</param>
/// <param name="Bucket">The 5-minute bucket, counted since 1970.</param>
public sealed record VerdictResult(Token Actor, int Bucket, VerdictInputs Inputs, Verdict Verdict, VerdictReason Reason)
{
    /// <summary>Names an actor's bucket in results.</summary>
    public static Token SubjectOf(Token actor, int bucket) =>
        new(Mix.Three(actor.High, actor.Low, (ulong)bucket), Mix.Three(actor.Low, (ulong)bucket, actor.High));

    internal static ulong ContentOf(Verdict verdict, VerdictReason reason) => Mix.Two((ulong)verdict, (ulong)reason);

    internal static void Write(in ActorBucketRow bucket, ref ResultWriter writer)
    {
        writer.Token(bucket.Actor);
        writer.Number(bucket.Bucket);
        writer.Byte((byte)bucket.Agents);
        writer.Byte(bucket.OverRate ? (byte)1 : (byte)0);
        writer.Byte(bucket.Label);
        writer.Byte(bucket.Decision);
        writer.Byte((byte)bucket.Verdict);
        writer.Byte((byte)bucket.Reason);
    }

    public static VerdictResult Read(ResultRecord record)
    {
        PayloadReader reader = record.Payload;
        Token actor = reader.Token();
        int bucket = (int)reader.Number();
        AgentClasses agents = (AgentClasses)reader.Byte();
        bool overRate = reader.Byte() != 0;
        byte label = reader.Byte();
        byte decision = reader.Byte();
        return new(
            actor,
            bucket,
            new(
                agents,
                overRate,
                label == 0 ? null : (Verdict)(label - 1),
                decision == 0 ? null : (DecisionAction)(decision - 1)
            ),
            (Verdict)reader.Byte(),
            (VerdictReason)reader.Byte()
        );
    }
}
