using Microsoft.Win32.SafeHandles;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Attribution.Batch.Reading;

/// <summary>A file for what memory has no room for: it loses its name as soon as it is open, so no end of the process leaves it behind.</summary>
internal static class SpillFile
{
    /// <exception cref="CommandException">The folder takes no file.</exception>
    public static SafeFileHandle Create(string folder)
    {
        string path = Path.Combine(folder, Path.GetRandomFileName() + ".spill");
        try
        {
            SafeFileHandle handle = File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete
            );
            File.Delete(path);
            return handle;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.BadInput(
                "spill_unwritable",
                $"'{folder}' takes no file for what is more than --memory: {error.Message}",
                error
            );
        }
    }
}
