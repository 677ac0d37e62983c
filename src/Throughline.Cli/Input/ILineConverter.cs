using System.Buffers;

namespace Throughline.Cli.Input;

/// <summary>Makes event JSON of the lines of one input format.</summary>
internal interface ILineConverter : IDisposable
{
    /// <summary>Writes the event, or says why the line is none; then nothing is written.</summary>
    InputReason Convert(ReadOnlySpan<byte> line, IBufferWriter<byte> target);
}
