using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Input;
using Throughline.Core.Identity.Components;

namespace Throughline.Cli.Identity.Components;

/// <summary>
/// Reads files of edges into numbers. Lines of two plain whole numbers take a short way; all others go through
/// <see cref="EdgeLine"/>, with the same outcome. A line that is no edge is told and left out.
/// </summary>
internal sealed class EdgeReader(IdentifierNumbers identifiers, Action<InputRejection> reject)
{
    private const int ShortDigits = 18; // that cannot overflow
    private const int BatchSize = 256; // mentions that are resolved together

    private readonly Mention[] batch = new Mention[BatchSize];
    private readonly int[] numbers = new int[BatchSize];
    private int batched;

    public EdgeList Edges { get; } = new();

    /// <exception cref="CommandException">The file cannot be read, or holds too much.</exception>
    public void Read(string file, IProgress<long> progress, CancellationToken cancellation)
    {
        try
        {
            using BlockReader blocks = new(InputFile.Open(file));
            long number = 0;
            bool isCut = false;
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> block = blocks.Next();
                if (block.IsEmpty)
                    break;
                ReadBlock(block, file, ref number, isCut, blocks.IsCut);
                isCut = blocks.IsCut;
                progress.Report(Edges.Count);
                if (identifiers.Count > IdentifierNumbers.MaxCount - BlockReader.DefaultBytes)
                    throw CommandException.BadInput(
                        "too_many_identifiers",
                        $"{file}:{number}: more than {IdentifierNumbers.MaxCount - BlockReader.DefaultBytes} different identifiers."
                    );
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }

    private void ReadBlock(Span<byte> block, string file, ref long number, bool beginsCut, bool endsCut)
    {
        int at = beginsCut ? block.IndexOf((byte)'\n') + 1 : 0; // the rest of a line that was told of already
        while (at < block.Length)
        {
            number++;
            int after = TryShort(ref MemoryMarshal.GetReference(block), at, out long a, out long b);
            if (after > 0)
                Add(block, Mention.Of(a), Mention.Of(b));
            else
            {
                after = at + block[at..].IndexOf((byte)'\n') + 1;
                bool tooLong = after - at > LineReader.MaxLineBytes + 1 || (endsCut && after == block.Length);
                InputReason reason = tooLong ? InputReason.LineTooLong : ReadLine(block, at, after - 1);
                if (reason != InputReason.None)
                    reject(new(file, number, reason.Code(), reason.Pointer(), reason.Message()));
            }
            at = after;
        }
        Resolve(block);
    }

    private InputReason ReadLine(Span<byte> block, int start, int end)
    {
        Span<byte> line = block[start..end];
        if (line.EndsWith((byte)'\r'))
            line = line[..^1];
        if (!line.ContainsAnyExcept((byte)' ', (byte)'\t'))
            return InputReason.None;
        InputReason reason = EdgeLine.Read(line, out EdgeLine.Field a, out EdgeLine.Field b);
        if (reason == InputReason.None)
            Add(block, Mention.Of(start + a.Start, a.Length), Mention.Of(start + b.Start, b.Length));
        return reason;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ReadOnlySpan<byte> block, Mention a, Mention b)
    {
        batch[batched++] = a;
        batch[batched++] = b;
        if (batched == BatchSize)
            Resolve(block);
    }

    private void Resolve(ReadOnlySpan<byte> block)
    {
        identifiers.Resolve(block, batch.AsSpan(0, batched), numbers);
        for (int i = 0; i < batched; i += 2)
            Edges.Add(numbers[i], numbers[i + 1]);
        batched = 0;
    }

    /// <summary>The place after a line of two plain whole numbers; 0 if the line is anything else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TryShort(ref byte block, int at, out long a, out long b)
    {
        b = 0;
        if (!TryWhole(ref block, ref at, out a) || Unsafe.Add(ref block, at) is not ((byte)',' or (byte)'\t'))
            return 0;
        at++;
        if (!TryWhole(ref block, ref at, out b))
            return 0;
        if (Unsafe.Add(ref block, at) == '\r')
            at++;
        return Unsafe.Add(ref block, at) == '\n' ? at + 1 : 0;
    }

    // A block ends with a line feed, which is no digit: so the search ends in it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryWhole(ref byte block, ref int at, out long value)
    {
        int start = at;
        ulong sum = 0;
        uint digit;
        while ((digit = (uint)Unsafe.Add(ref block, at) - '0') <= 9)
        {
            sum = sum * 10 + digit;
            at++;
        }
        value = (long)sum;
        int length = at - start;
        return length is > 0 and <= ShortDigits && (length == 1 || Unsafe.Add(ref block, start) != '0');
    }
}
