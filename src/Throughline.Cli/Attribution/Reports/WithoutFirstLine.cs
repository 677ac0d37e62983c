using Throughline.Cli.Output;

namespace Throughline.Cli.Attribution.Reports;

/// <summary>Writes to another stream, but for the first line.</summary>
internal sealed class WithoutFirstLine(Stream target) : PassingStream(target)
{
    private bool isPast;

    public override void Write(byte[] buffer, int offset, int count)
    {
        ReadOnlySpan<byte> bytes = buffer.AsSpan(offset, count);
        if (!isPast)
        {
            int end = bytes.IndexOf((byte)'\n');
            isPast = end >= 0;
            bytes = end < 0 ? default : bytes[(end + 1)..];
        }
        Target.Write(bytes);
    }
}
