using Microsoft.Win32.SafeHandles;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Storage.Files;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>
/// The file of results: it appears whole or not at all, an older one staying until then. What is no plain file (a pipe, a device) is
/// written as it comes.
/// </summary>
internal sealed class CreditFile
{
    private const int BufferBytes = 1 << 20;

    private readonly string path;
    private readonly bool isPlain;

    /// <summary>Refuses at once what would fail after long work.</summary>
    /// <exception cref="CommandException">The file cannot be written, or is one of the inputs.</exception>
    public CreditFile(string path, params IReadOnlyList<string> inputs)
    {
        this.path = path;
        OutputFile.RefuseOneOf(path, "--out", inputs);
        if (Directory.Exists(path))
            throw CommandException.BadInput("file_unwritable", $"'{path}' is a folder, not a file.");
        try
        {
            isPlain = OutputFile.IsReplaced(path);
            if (isPlain)
            {
                string full = Path.GetFullPath(path);
                DurableFile.CreateDraft(full).Dispose();
                File.Delete(full + DurableFile.DraftSuffix);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(error);
        }
    }

    /// <summary>The folder of a file of results, where what memory has no room for may go too.</summary>
    public static string FolderOf(string path)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return folder is null or "/dev" || folder.StartsWith("/dev/", StringComparison.Ordinal)
            ? Path.GetTempPath()
            : folder;
    }

    /// <param name="header">What the file begins with, or all of it.</param>
    /// <param name="segments">What follows.</param>
    /// <exception cref="CommandException">The disk is full or failed.</exception>
    public void Write(ReadOnlySpan<byte> header, CreditSegments? segments, CancellationToken cancellation)
    {
        string full = Path.GetFullPath(path);
        try
        {
            if (!isPlain)
            {
                using FileStream device = new(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, BufferBytes);
                device.Write(header);
                segments?.WriteTo(device, cancellation);
                return;
            }
            using (SafeFileHandle draft = DurableFile.CreateDraft(full))
            using (FileStream stream = new(draft, FileAccess.Write, BufferBytes))
            {
                stream.Write(header);
                segments?.WriteTo(stream, cancellation);
                stream.Flush();
                DurableFile.Flush(draft, full);
            }
            DurableFile.Publish(full);
        }
        catch (IOException error)
        {
            File.Delete(full + DurableFile.DraftSuffix);
            throw CannotWrite(error);
        }
        catch (OperationCanceledException)
        {
            File.Delete(full + DurableFile.DraftSuffix);
            throw;
        }
    }

    private CommandException CannotWrite(Exception error) => OutputFile.CannotWrite(path, error);
}
