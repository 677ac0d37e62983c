using System.Buffers;

namespace Throughline.Cli.Input;

/// <summary>NDJSON: each line is an event already; whether it is a valid one, the platform's door says.</summary>
internal sealed class EventLines : ILineConverter
{
    public InputReason Convert(ReadOnlySpan<byte> line, IBufferWriter<byte> target)
    {
        target.Write(line);
        return InputReason.None;
    }

    public void Dispose() { }
}
