namespace Throughline.Cli.CommandLine;

/// <summary>How a command ended, as its exit status says it. Scripts rely on the numbers: never renumber.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>The command ran, and what it checked does not hold. Also an unexpected error.</summary>
    CheckFailed = 1,

    /// <summary>The command line itself is wrong.</summary>
    Usage = 2,

    /// <summary>A file, document or id that was given is missing or wrong.</summary>
    BadInput = 3,

    /// <summary>The data folder is in use by another process, or damaged.</summary>
    Store = 4,

    /// <summary>Stopped by Ctrl-C or SIGTERM before it was done (128 + SIGINT, as shells count).</summary>
    Interrupted = 130,
}
