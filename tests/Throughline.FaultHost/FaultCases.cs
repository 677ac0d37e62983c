using Throughline.Storage;
using Throughline.Storage.Log;
using Throughline.Testing.Faults;

namespace Throughline.FaultHost;

/// <summary>
/// Runs the same 200 events again and again; in the n-th run the n-th operation on files meets a fault. After it the
/// cell is opened again, has to hold what was acknowledged, whole batches only, and goes on from there.
/// </summary>
internal sealed class FaultCases(FaultFs disk, FaultMode mode, int error, bool forGood, int seed)
{
    private readonly Workload workload = new(seed);
    private readonly HashSet<string> nonces = [];
    private readonly HashSet<int> sealedBatches = [];
    private int acknowledged;
    private int attempted; // one more than acknowledged while nobody knows whether the last commit is durable

    public static int Run(FaultMode mode, int error, bool forGood, int seed, int stride)
    {
        FaultFs disk = FaultFs.Attach();
        long operations = new FaultCases(disk, mode, error, forGood: false, seed).Case(0);
        int cases = 0;
        for (long n = 1 + seed % stride; n <= operations; n += stride)
        {
            try
            {
                new FaultCases(disk, mode, error, forGood, seed).Case(n);
                cases++;
            }
            catch (Exception e)
            {
                disk.Disarm();
                Console.WriteLine($"{mode} {error} {forGood} seed {seed}: operation {n} of {operations}: {e}");
                return 1;
            }
        }
        Console.WriteLine($"{cases} cases of {operations} operations");
        return cases > 0 ? 0 : 1;
    }

    private long Case(long n)
    {
        // In memory: what is flushed is the disk's business, and that is ours.
        string parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        string folder = Path.Combine(parent, $"throughline-fault-{Environment.ProcessId}-{n}");
        Directory.CreateDirectory(folder);
        try
        {
            disk.Watch(folder);
            disk.Arm(mode, n, error, forGood, seed: (int)n);
            Write(folder, crashes: mode is FaultMode.Freeze or FaultMode.LosePower);
            if (disk.Fired && mode == FaultMode.Fail && forGood)
                ReopenOnBadDisk(folder);
            long operations = disk.Count;
            disk.Disarm();
            if (n > 0 && !disk.Fired)
                throw new BrokenPromise("the fault did not happen: the run is not the same each time");
            if (mode == FaultMode.Fail && n > 0)
            {
                // What a failed flush left unwritten must not carry anything that is acknowledged later: soon after it,
                // and once more, the power is lost.
                LosePower(folder, n, within: 25);
                LosePower(folder, n, within: 250);
            }
            Recover(folder);
            return operations;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // From where the log ends until the workload's end or the fault. A crashed process answers nothing.
    private void Write(string folder, bool crashes)
    {
        Cell? cell = null;
        bool Dead() => crashes && disk.Fired;
        try
        {
            cell = Open(folder, crashes);
            int reopenAt = workload.Batches.Count / 2;
            int next = Check(cell);
            // From then on that is what it has told; but what a dead process sees is of no disk.
            if (!Dead())
                acknowledged = attempted = next;
            for (int index = next; index < workload.Batches.Count && !Dead(); index++)
            {
                Step(cell, index, crashes);
                if (index != reopenAt)
                    continue;
                cell.Dispose();
                cell = Open(folder, crashes);
            }
        }
        catch (Exception e) when (disk.Fired)
        {
            if (!crashes && e is LogException { OutcomeUnknown: false })
                attempted = acknowledged;
            if (!crashes && e is not (LogException or IOException))
                throw new BrokenPromise($"a failing disk is told as {e.GetType().Name}: {e.Message}");
        }
        finally
        {
            cell?.Dispose();
        }
    }

    private Cell Open(string folder, bool crashes)
    {
        Cell cell = new(folder);
        if (!(crashes && disk.Fired) && !nonces.Add(cell.Nonce()))
            throw new BrokenPromise("a nonce came twice");
        return cell;
    }

    private void Step(Cell cell, int index, bool crashes)
    {
        bool Dead() => crashes && disk.Fired;
        Workload.Batch batch = workload.Batches[index];
        attempted = index + 1;
        cell.Commit(batch);
        if (Dead())
            return;
        acknowledged = index + 1;
        if (index % 3 == 0)
        {
            cell.Seal(batch);
            if (Dead())
                return;
            sealedBatches.Add(index);
        }
        if (index % 5 == 2)
            cell.Snapshot();
        if (index % 7 == 6)
            cell.Log.ReleaseIdle();
    }

    // What the cell holds, against what it has to.
    private int Check(Cell cell)
    {
        int held = cell.CheckLog(workload);
        if (held < acknowledged || held > attempted)
        {
            string told = $"{acknowledged} were acknowledged, {attempted} may be there";
            throw new BrokenPromise($"{held} batches are there, {told}");
        }
        cell.CheckSnapshot();
        cell.CheckIds(workload, sealedBatches);
        return held;
    }

    // The disk is still bad: the cell opens all the same, or says why not.
    private static void ReopenOnBadDisk(string folder)
    {
        try
        {
            new Cell(folder).Dispose();
        }
        catch (IOException e)
        {
            if (!e.Message.Contains(folder, StringComparison.Ordinal))
                throw new BrokenPromise($"it does not say where: {e.Message}");
        }
    }

    // A second fault, while the cell recovers from the first and goes on.
    private void LosePower(string folder, long n, int within)
    {
        disk.Arm(FaultMode.LosePower, new Random((int)n + within).Next(1, within), seed: (int)n);
        Write(folder, crashes: true);
        disk.Disarm();
    }

    private void Recover(string folder)
    {
        using Cell cell = Open(folder, crashes: false);
        for (int index = Check(cell); index < workload.Batches.Count; index++)
            Step(cell, index, crashes: false);
        if (Check(cell) != workload.Batches.Count)
            throw new BrokenPromise($"only {acknowledged} batches are there at the end");
    }
}
