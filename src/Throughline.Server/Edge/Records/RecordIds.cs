using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Records;

/// <summary>The names of decisions as records have them: the edge is a number there, made of its name.</summary>
internal static class RecordIds
{
    /// <summary>What judges where there are no rules.</summary>
    public static readonly GateModel NoRules = GateModel.Create(new(), 0, out _)!;

    public static Core.Gate.Decide.DecisionId Of(DecisionId id) =>
        new(EdgeOf(id.Run.Instance), id.Run.StartedAt, id.Sequence);

    /// <summary>The first 4 bytes of the SHA-256 of an edge's name.</summary>
    public static uint EdgeOf(string instance) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(instance)));
}
