using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Output;

/// <summary>How a file that a command is told to write is written, and what is told where that fails.</summary>
internal static class OutputFile
{
    // errno of Linux and macOS, and the HRESULT of Windows.
    private const int NoSpace = 28;
    private const int QuotaUsedUp = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>
    /// Whether it is made beside and then takes the name, so that it appears whole or not at all. Not so a pipe or a device, whose place a file
    /// would take: those have no length, and an empty file, which cannot be told from them, has nothing to lose.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static bool IsReplaced(string path)
    {
        if (!File.Exists(path))
            return true;
        using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        return LengthOf(stream) > 0;
    }

    /// <summary>Bytes of it; 0 of what has no length.</summary>
    public static long LengthOf(Stream stream) => stream.CanSeek ? stream.Length : 0;

    /// <summary>The one way to tell that a file, or a folder of them, could not be written: which, and why.</summary>
    public static CommandException CannotWrite(string path, Exception error) =>
        CommandException.BadInput("file_unwritable", $"'{path}' cannot be written: {WhyOf(error)}", error);

    /// <summary>Why something could not be written, as a sentence.</summary>
    public static string WhyOf(Exception error) => IsDiskFull(error) ? "the disk is full." : error.Message;

    /// <summary>There is no room left, or none that this user may use.</summary>
    public static bool IsDiskFull(Exception error) =>
        error is IOException { HResult: NoSpace or QuotaUsedUp or WindowsDiskFull };
}
