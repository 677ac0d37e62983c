namespace Throughline.Storage.Log;

/// <summary>
/// A commit failed. The log is closed by it: whoever wrote drops its memory and opens the log anew, which tells what
/// became durable.
/// </summary>
public sealed class LogException(string message, bool outcomeUnknown, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>
    /// True: the failure came so late that the batch may be durable all the same. False: it is not, and never will be.
    /// </summary>
    public bool OutcomeUnknown { get; } = outcomeUnknown;
}
