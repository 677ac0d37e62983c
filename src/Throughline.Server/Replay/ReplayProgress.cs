namespace Throughline.Server.Replay;

/// <summary>Tells how far a long run is, and ends it where it is not wanted any more.</summary>
internal static class ReplayProgress
{
    private const int Every = 1 << 14;

    /// <summary>True now and then, when it did so.</summary>
    public static bool Report(long done, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (done % Every != 0)
            return false;
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(done);
        return true;
    }
}
