using System.Buffers;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Core.Identity.Components;

namespace Throughline.Cli.Identity.Components;

/// <summary>
/// The file of components: <c>identifier,component</c>, identifiers in the order of their first appearance. It is opened before
/// long work, left as it was until that is done, and emptied if it cannot be written whole.
/// </summary>
internal sealed class PartitionFile : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private const int LookAhead = 16; // names that are on their way from memory meanwhile

    private static readonly SearchValues<byte> Quoted = SearchValues.Create(",\t\"\r\n"u8);

    private readonly string path;
    private readonly FileStream stream;
    private readonly bool isNew;
    private readonly byte[] buffer = new byte[BufferBytes];
    private int used;
    private bool began;
    private bool isWhole;

    /// <exception cref="CommandException">The file cannot be written, or is one of the inputs.</exception>
    public PartitionFile(string path, IReadOnlyList<string> inputs)
    {
        this.path = path;
        OutputFile.RefuseOneOf(path, "--out", inputs);
        try
        {
            isNew = !File.Exists(path);
            stream = new(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.Write,
                    BufferSize = 0,
                }
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, error);
        }
    }

    /// <exception cref="CommandException">The disk is full or failed.</exception>
    public void Write(IdentifierNumbers identifiers, Partition partition, CancellationToken cancellation)
    {
        try
        {
            Empty();
            Add("identifier,component\n"u8);
            Span<byte> scratch = stackalloc byte[IdentifierNumbers.MaxWholeBytes];
            for (int i = 0; i < identifiers.Count; i++)
            {
                if (i + LookAhead < identifiers.Count)
                    identifiers.Prefetch(partition.NameOf(i + LookAhead));
                if (i % 65_536 == 0)
                    cancellation.ThrowIfCancellationRequested();
                AddField(identifiers.BytesOf(i, scratch, out bool isPlain), isPlain);
                Add(","u8);
                AddField(identifiers.BytesOf(partition.NameOf(i), scratch, out isPlain), isPlain);
                Add("\n"u8);
            }
            Flush();
            isWhole = true;
        }
        catch (IOException error)
        {
            throw CannotWrite(path, error);
        }
    }

    public void Dispose()
    {
        if (!isWhole && began)
            Empty(); // rather nothing than a part that looks whole
        stream.Dispose();
        if (isNew && !isWhole)
            File.Delete(path);
    }

    private void Empty()
    {
        began = true;
        if (stream.CanSeek && stream.Length > 0) // a device has none
            stream.SetLength(0);
    }

    private static CommandException CannotWrite(string path, Exception error) => OutputFile.CannotWrite(path, error);

    private void AddField(ReadOnlySpan<byte> field, bool isPlain)
    {
        if (isPlain || !field.ContainsAny(Quoted))
        {
            Add(field);
            return;
        }
        Add("\""u8);
        for (int quote; (quote = field.IndexOf((byte)'"')) >= 0; field = field[(quote + 1)..])
        {
            Add(field[..(quote + 1)]);
            Add("\""u8);
        }
        Add(field);
        Add("\""u8);
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferBytes - used)
            Flush();
        bytes.CopyTo(buffer.AsSpan(used));
        used += bytes.Length;
    }

    private void Flush()
    {
        stream.Write(buffer, 0, used);
        used = 0;
    }
}
