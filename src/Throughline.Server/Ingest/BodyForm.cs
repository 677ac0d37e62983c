namespace Throughline.Server.Ingest;

/// <summary>How a body holds its events.</summary>
internal enum BodyForm
{
    /// <summary>One JSON object, or an array of them: the first byte tells.</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    Lines,
}
