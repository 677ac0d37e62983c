namespace Throughline.Cli.Input;

/// <summary>A line that did not become an event or an edge. The message never repeats what the line says.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">Counted from 1, in the decompressed text.</param>
/// <param name="Reason">A code of <see cref="InputReason"/> or of the platform, in <c>snake_case</c>.</param>
/// <param name="Pointer">JSON pointer of the bad field of the event, or null where the whole line is meant.</param>
internal sealed record InputRejection(string File, long Line, string Reason, string? Pointer, string Message);
