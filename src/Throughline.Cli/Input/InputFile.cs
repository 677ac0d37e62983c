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
            var head = new HeadStream(raw);
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

    /// <summary>A stream whose first bytes were looked at and are read again.</summary>
    private sealed class HeadStream : Stream
    {
        private readonly Stream inner;
        private readonly byte[] head = new byte[2];
        private readonly int length;
        private int given;

        public HeadStream(Stream inner)
        {
            this.inner = inner;
            length = inner.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        public ReadOnlySpan<byte> Head => head.AsSpan(0, length);

        public override int Read(Span<byte> target)
        {
            if (given == length)
                return inner.Read(target);
            int count = Math.Min(target.Length, length - given);
            head.AsSpan(given, count).CopyTo(target);
            given += count;
            return count;
        }

        public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] source, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
