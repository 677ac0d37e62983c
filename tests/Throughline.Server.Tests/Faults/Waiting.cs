namespace Throughline.Server.Tests.Faults;

/// <summary>Waiting for what must come, by the machine's own clock. The deadline only ends a test that would wait for ever.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    public static Task<T> SoonAsync<T>(this Task<T> task) =>
        task.WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);

    public static Task SoonAsync(this Task task) =>
        task.WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It stayed no.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException("what a test waits for did not come");
            await Task.Delay(Step, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
