using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Output;

/// <summary>
/// A file that a command writes as what it holds comes: where that fails, also as late as with the last bytes, a <see cref="CommandException"/> says
/// which file and why. Nobody takes it for the failure of what the bytes come from.
/// </summary>
/// <param name="file">Is closed with it.</param>
/// <param name="path">As the user named it.</param>
internal sealed class OutputStream(FileStream file, string path) : PassingStream(file)
{
    /// <summary>Begins a file anew.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static OutputStream Create(string path)
    {
        try
        {
            return new(new(path, FileMode.Create, FileAccess.Write), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.CannotWrite(path, error);
        }
    }

    /// <summary>Bytes of the file; 0 of a device or pipe.</summary>
    public override long Length => OutputFile.LengthOf(file);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (IOException error)
        {
            throw OutputFile.CannotWrite(path, error);
        }
    }

    public override void Flush()
    {
        try
        {
            file.Flush();
        }
        catch (IOException error)
        {
            throw OutputFile.CannotWrite(path, error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        try
        {
            if (disposing)
                file.Dispose();
        }
        catch (IOException error)
        {
            throw OutputFile.CannotWrite(path, error);
        }
        base.Dispose(disposing);
    }
}
