namespace Throughline.Cli.Tests.Input;

/// <summary>A stream that gives a few bytes at a time, as a pipe may.</summary>
internal sealed class TrickleStream(byte[] content, Func<int> chunk) : MemoryStream(content)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, chunk())]);
}
