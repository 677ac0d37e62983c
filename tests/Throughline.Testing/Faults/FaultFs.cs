using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Throughline.Testing.Faults;

/// <summary>What the failing disk does at its operation.</summary>
public enum FaultMode
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The operation fails.</summary>
    Fail = 1,

    /// <summary>Nothing reaches the files any more: they stay as after a kill at that moment.</summary>
    Freeze = 2,

    /// <summary>As <see cref="Freeze"/>, and what was not flushed is gone, all or in part: as after a loss of power.</summary>
    LosePower = 3,

    /// <summary>The process is killed.</summary>
    Kill = 4,
}

/// <summary>
/// A disk that fails on demand (faultfs.c, which says what it models): compiled with the machine's C compiler, preloaded
/// into a child process, and controlled by the child itself or by its environment.
/// </summary>
public sealed class FaultFs
{
    /// <summary>EIO: the device reports an error.</summary>
    public const int InputOutputError = 5;

    /// <summary>ENOSPC: the disk is full.</summary>
    public const int NoSpace = 28;

    private const string PathVariable = "FAULTFS_LIBRARY";
    private static readonly Lazy<string> Library = new(Compile);

    private readonly WatchFunction watch;
    private readonly ArmFunction arm;
    private readonly Action disarm;
    private readonly CountFunction count;
    private readonly FiredFunction fired;

    /// <summary>Makes a process to be started run on the failing disk; it then calls <see cref="Attach"/>.</summary>
    public static void Preload(ProcessStartInfo start)
    {
        start.Environment["LD_PRELOAD"] = Library.Value;
        start.Environment[PathVariable] = Library.Value;
    }

    /// <summary>
    /// As <see cref="Preload(ProcessStartInfo)"/>, for a process that knows nothing of it: the fault happens at the
    /// n-th operation that it does below a folder.
    /// </summary>
    /// <param name="only">Counts operations of this name alone, such as <c>reserve</c>; null: all.</param>
    public static void Preload(
        ProcessStartInfo start,
        string folder,
        FaultMode mode,
        long n,
        int error,
        bool forGood,
        string? only = null
    )
    {
        Preload(start);
        if (only is not null)
            start.Environment["FAULTFS_ONLY"] = only;
        start.Environment["FAULTFS_FOLDER"] = folder;
        start.Environment["FAULTFS_MODE"] = mode switch
        {
            FaultMode.Fail => "fail",
            FaultMode.Freeze => "freeze",
            FaultMode.LosePower => "lose",
            FaultMode.Kill => "kill",
            _ => "none",
        };
        start.Environment["FAULTFS_N"] = n.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["FAULTFS_ERRNO"] = error.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["FAULTFS_FOREVER"] = forGood ? "1" : "0";
    }

    /// <summary>The disk under this process, which was started with <see cref="Preload(ProcessStartInfo)"/>.</summary>
    public static FaultFs Attach() =>
        new(
            NativeLibrary.Load(
                Environment.GetEnvironmentVariable(PathVariable)
                    ?? throw new InvalidOperationException("this process does not run on the failing disk")
            )
        );

    private FaultFs(nint library)
    {
        watch = Function<WatchFunction>(library, "faultfs_watch");
        arm = Function<ArmFunction>(library, "faultfs_arm");
        disarm = Function<Action>(library, "faultfs_disarm");
        count = Function<CountFunction>(library, "faultfs_count");
        fired = Function<FiredFunction>(library, "faultfs_fired");
    }

    /// <summary>Operations since the disk was armed.</summary>
    public long Count => count();

    /// <summary>Whether the fault has happened.</summary>
    public bool Fired => fired() != 0;

    /// <summary>Watches the files below a folder, and forgets all before.</summary>
    public void Watch(string folder) => watch(Marshal.StringToCoTaskMemUTF8(Path.TrimEndingDirectorySeparator(folder)));

    /// <summary>Lets the fault happen at the n-th operation from now on.</summary>
    /// <param name="mode">What happens.</param>
    /// <param name="n">1 is the next operation; 0 is none: operations are only counted.</param>
    /// <param name="error">With <see cref="FaultMode.Fail"/>: the error number.</param>
    /// <param name="forGood">With <see cref="FaultMode.Fail"/>: all later operations fail too.</param>
    /// <param name="seed">With <see cref="FaultMode.LosePower"/>: even loses all, odd a part that depends on the seed.</param>
    public void Arm(FaultMode mode, long n, int error = InputOutputError, bool forGood = false, int seed = 0) =>
        arm((int)mode, n, error, forGood ? 1 : 0, (uint)seed);

    /// <summary>Stops interfering.</summary>
    public void Disarm() => disarm();

    private static T Function<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private static string Compile()
    {
        string folder = Directory.CreateTempSubdirectory("throughline-faultfs-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string source = Path.Combine(folder, "faultfs.c");
        using (Stream text = typeof(FaultFs).Assembly.GetManifestResourceStream("faultfs.c")!)
        using (FileStream file = File.Create(source))
            text.CopyTo(file);
        string library = Path.Combine(folder, "faultfs.so");
        using Process compiler = Process.Start("gcc", ["-shared", "-fPIC", "-O1", "-o", library, source]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0
            ? library
            : throw new InvalidOperationException("gcc could not compile faultfs.c: is libc6-dev installed?");
    }

    private delegate void WatchFunction(nint folder);
    private delegate void ArmFunction(int mode, long n, int error, int forGood, uint seed);
    private delegate long CountFunction();
    private delegate int FiredFunction();
}
