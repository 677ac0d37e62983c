namespace Throughline.Server.Replay;

/// <summary>Tells how far a long run is, and ends it where it is not wanted any more.</summary>
internal static class ReplayProgress
{
    private const int Every = 1 << 14;

    public static void Report(long done, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (done % Every != 0)
            return;
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(done);
    }
}
