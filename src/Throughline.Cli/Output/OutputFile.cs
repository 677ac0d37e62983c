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

    /// <summary>Refuses to write over a file that the same command reads or writes, by whatever links it is named.</summary>
    /// <param name="path">Null: nothing is written.</param>
    /// <param name="option">That names it.</param>
    /// <param name="others">The other files; null or <c>-</c>: none.</param>
    /// <exception cref="CommandException">It is one of the others.</exception>
    public static void RefuseOneOf(string? path, string option, params IReadOnlyList<string?> others)
    {
        if (path is null)
            return;
        string full = WithoutLinks(path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal))
            return; // a terminal or pipe takes from as many as write
        if (others.Any(other => other is not (null or "-") && WithoutLinks(other) == full))
            throw CommandException.BadInput(
                "out_is_input",
                $"'{path}' is another of this command's files: name another for {option}."
            );
    }

    /// <summary>Bytes of it; 0 of what has no length.</summary>
    public static long LengthOf(Stream stream) => stream.CanSeek ? stream.Length : 0;

    /// <summary>The one way to tell that a file, or a folder of them, could not be written: which, and why.</summary>
    public static CommandException CannotWrite(string path, Exception error) =>
        CommandException.BadInput("file_unwritable", $"'{path}' cannot be written: {WhyOf(error)}", error);

    /// <summary>Why something could not be written, as a sentence.</summary>
    public static string WhyOf(Exception error) => IsDiskFull(error) ? "the disk is full." : error.Message;

    // Hard links are not told apart from files: what is written whole beside and renamed leaves them alone.
    private static string WithoutLinks(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } folder)
            return full;
        full = Path.Combine(WithoutLinks(folder), Path.GetFileName(full));
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target
                ? WithoutLinks(target.FullName)
                : full;
        }
        catch (IOException) // links that go round in a circle: whoever opens it says so
        {
            return full;
        }
    }

    /// <summary>There is no room left, or none that this user may use.</summary>
    public static bool IsDiskFull(Exception error) =>
        error is IOException { HResult: NoSpace or QuotaUsedUp or WindowsDiskFull };
}
