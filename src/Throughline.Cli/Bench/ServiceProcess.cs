using System.Diagnostics;
using System.Runtime.InteropServices;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Bench;

/// <summary>
/// A service in a process of its own: what its processors work is the service's alone, without the load that the bench makes. Commands find it through
/// its data folder. It ends with this process, however that ends.
/// </summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int Terminate = 15; // SIGTERM of POSIX

    private readonly Process process;

    private ServiceProcess(Process process) => this.process = process;

    /// <summary>What its processors have worked.</summary>
    public TimeSpan Worked
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts one and waits until it listens, on a free port of the loopback.</summary>
    /// <exception cref="CommandException">It ended instead.</exception>
    public static async Task<ServiceProcess> StartAsync(string dataFolder, CancellationToken cancellation)
    {
        string dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
        string binary = Path.Combine(AppContext.BaseDirectory, "throughline.dll");
        ProcessStartInfo start = new(
            dotnet,
            [binary, "serve", "--data", dataFolder, "--urls", ServiceConnection.FreePort, "--until-input-ends"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        ServiceProcess started = new(
            Process.Start(start) ?? throw new InvalidOperationException("no process was started")
        );
        started.process.ErrorDataReceived += (_, line) => Report(line.Data);
        started.process.BeginErrorReadLine();
        try
        {
            if (await started.process.StandardOutput.ReadLineAsync(cancellation) is null)
                throw CommandException.Store("service_missing", "The service that was to be measured ended at once.");
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as a service manager does, and waits until its store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (OperatingSystem.IsWindows() || (!process.HasExited && Kill(process.Id, Terminate) != 0))
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    // What went wrong, not the course of things.
    private static void Report(string? line)
    {
        if (line is not null && !line.Contains(" info: ", StringComparison.Ordinal))
            Console.Error.WriteLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
