using System.IO.Compression;
using System.Runtime.CompilerServices;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Input;

/// <summary>Opens a file that a user named, <c>-</c> being standard input; unpacks gzip, told by its first two bytes.</summary>
internal static class InputFile
{
    /// <exception cref="CommandException">The file cannot be read; the message says why.</exception>
    public static Stream Open(string path)
    {
        try
        {
            Stream raw =
                path == "-"
                    ? Console.OpenStandardInput()
                    : new FileStream(
                        path,
                        new FileStreamOptions { Options = FileOptions.SequentialScan, Share = FileShare.ReadWrite }
                    );
            var head = new HeadStream(raw, length: 2);
            return head.Head.StartsWith(stackalloc byte[] { 0x1f, 0x8b })
                ? new GZipStream(head, CompressionMode.Decompress)
                : head;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(path, error);
        }
    }

    /// <summary>What to tell about a file that failed while it was being read, such as a damaged gzip file.</summary>
    public static CommandException CannotRead(string path, Exception error) =>
        error switch
        {
            FileNotFoundException or DirectoryNotFoundException => CommandException.BadInput(
                "file_missing",
                $"There is no file '{path}'."
            ),
            InvalidDataException => CommandException.BadInput(
                "file_damaged",
                $"'{path}' is not a whole gzip file.",
                error
            ),
            _ when Directory.Exists(path) => CommandException.BadInput(
                "file_unreadable",
                $"'{path}' is a folder, not a file."
            ),
            _ => CommandException.BadInput("file_unreadable", $"'{path}' cannot be read: {error.Message}", error),
        };

    /// <summary>
    /// Without this switch the framework takes a gzip file that was cut in the middle for a whole, shorter one. It is
    /// read once, at the first decompression of the process: hence so early.
    /// </summary>
    [ModuleInitializer]
    internal static void RefuseCutFiles() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
}
