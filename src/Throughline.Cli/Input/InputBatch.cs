using System.Buffers;
using Throughline.Cli.Service;

namespace Throughline.Cli.Input;

/// <summary>A run of events, and the line that each came from.</summary>
internal sealed class InputBatch : EventBatch
{
    private readonly List<(string File, long Line)> places = [];

    /// <summary>Lines among these events that became none.</summary>
    public List<InputRejection> Rejections { get; } = [];

    /// <summary>Where an event of this batch stood in the input.</summary>
    public (string File, long Line) PlaceOf(int index) => places[index];

    /// <summary>Adds the event of a line, or its rejection.</summary>
    public void Add(ILineConverter converter, ReadOnlySpan<byte> text, string file, long line, bool tooLong)
    {
        InputReason reason = tooLong ? InputReason.LineTooLong : converter.Convert(text, Buffer);
        if (reason != InputReason.None)
        {
            Rejections.Add(new(file, line, reason.Code(), reason.Pointer(), reason.Message()));
            return;
        }
        Buffer.Write("\n"u8);
        places.Add((file, line));
        Count++;
    }
}
