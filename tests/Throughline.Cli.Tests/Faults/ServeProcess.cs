using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Throughline.Cli.Tests.Faults;

/// <summary>The product's own binary as a process of its own: <c>throughline serve</c> on a free port.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly Task<string> errors;

    private ServeProcess(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>All that it wrote to standard error, once it has ended.</summary>
    public Task<string> Errors => errors;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts a service and waits until it listens.</summary>
    /// <param name="data">Its data folder.</param>
    /// <param name="prepare">Changes how it is started.</param>
    public static async Task<ServeProcess> StartAsync(string data, Action<ProcessStartInfo>? prepare = null)
    {
        ServeProcess started = new(Start(["serve", "--data", data, "--urls", "http://127.0.0.1:0", "--json"], prepare));
        try
        {
            string? line = await started
                .process.StandardOutput.ReadLineAsync()
                .WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);
            if (line is null)
                throw new InvalidOperationException($"serve ended at once: {await started.errors}");
            using JsonDocument result = JsonDocument.Parse(line);
            started.Address = new(result.RootElement.GetProperty("address").GetString()!);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a service that is to fail; gives what it printed.</summary>
    public static Task<(int Exit, string Out, string Errors)> FailAsync(string data, string url) =>
        RunAsync(["serve", "--data", data, "--urls", url, "--json"]);

    /// <summary>Runs a command to its end; gives what it printed.</summary>
    /// <param name="arguments">The command and its options.</param>
    /// <param name="prepare">Changes how it is started.</param>
    public static async Task<(int Exit, string Out, string Errors)> RunAsync(
        IEnumerable<string> arguments,
        Action<ProcessStartInfo>? prepare = null
    )
    {
        await using ServeProcess running = new(Start(arguments, prepare));
        string output = await running
            .process.StandardOutput.ReadToEndAsync()
            .WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);
        return (await running.EndAsync(), output, await running.errors);
    }

    /// <summary>As <c>kill -9</c>: no code of the process runs any more. Returns when it is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndAsync();
    }

    /// <summary>As a service manager stops it.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>What happens to its standard input, if that is redirected, when the process that started it is gone.</summary>
    public void EndInput() => process.StandardInput.Close();

    /// <summary>Waits for its end; gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await process
            .WaitForExitAsync()
            .WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts a command, its output redirected.</summary>
    public static Process Start(IEnumerable<string> arguments, Action<ProcessStartInfo>? prepare)
    {
        string dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
        string binary = Path.Combine(AppContext.BaseDirectory, "throughline.dll");
        ProcessStartInfo start = new(dotnet, [binary, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        prepare?.Invoke(start);
        return Process.Start(start)!;
    }
}
