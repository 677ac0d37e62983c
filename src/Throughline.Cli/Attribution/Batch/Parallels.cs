using System.Runtime.ExceptionServices;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>Runs the same work on several threads at once, this one being the first.</summary>
internal static class Parallels
{
    /// <summary>Returns when all are done; the first error of any of them is thrown as it was.</summary>
    public static void Run(int threads, Action work)
    {
        Task[] others =
        [
            .. Enumerable
                .Range(1, threads - 1)
                .Select(_ =>
                    Task.Factory.StartNew(
                        work,
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                ),
        ];
        ExceptionDispatchInfo? error = null;
        try
        {
            work();
        }
        catch (Exception own)
        {
            error = ExceptionDispatchInfo.Capture(own);
        }
        try
        {
            Task.WaitAll(others);
        }
        catch (AggregateException many)
        {
            error ??= ExceptionDispatchInfo.Capture(many.InnerExceptions[0]);
        }
        error?.Throw();
    }
}
