using Throughline.Cli.Output;

namespace Throughline.Cli.Attribution.Examples;

/// <summary>Writes to another stream and tells how many lines that were.</summary>
internal sealed class RowCount(Stream target, IProgress<long> progress) : PassingStream(target)
{
    /// <summary>Lines so far.</summary>
    public long Lines { get; private set; }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Lines += buffer.AsSpan(offset, count).Count((byte)'\n');
        Target.Write(buffer, offset, count);
        progress.Report(Lines);
    }
}
