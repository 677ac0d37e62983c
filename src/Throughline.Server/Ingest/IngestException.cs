using Throughline.Server.Api;

namespace Throughline.Server.Ingest;

/// <summary>A body cannot be taken any further; what came before it still counts.</summary>
internal sealed class IngestException(ProblemReason reason, string? detail = null, Exception? inner = null)
    : Exception(reason.Code(), inner)
{
    public ProblemReason Reason { get; } = reason;
    public string? Detail { get; } = detail;
}
