using System.Globalization;

namespace Throughline.FaultHost;

/// <summary>Commits a workload and prints, after each commit, how many batches are acknowledged; goes on where it was killed.</summary>
internal static class Load
{
    public const int Events = 100_000;

    public static int Run(string folder, int seed)
    {
        Workload workload = new(seed, Events);
        using Cell cell = new(folder);
        using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
        int done = cell.CheckLog(workload);
        cell.CheckSnapshot();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"opened {done} {cell.Nonce()}"));
        for (int index = done; index < workload.Batches.Count; index++)
        {
            cell.Commit(workload.Batches[index]);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{index + 1}"));
            if (index % 10 == 0)
                cell.Seal(workload.Batches[index]);
            if (index % 50 == 0)
                cell.Snapshot();
        }
        output.WriteLine("done");
        return 0;
    }
}
