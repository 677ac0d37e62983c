namespace Throughline.Cli.Gate.Lines;

/// <summary>What container runtimes put before each line of output: <c>2025-12-31T17:37:40.493035218+01:00 stdout F </c>.</summary>
internal static class ContainerPrefix
{
    /// <summary>The line without it.</summary>
    public static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> line)
    {
        bool begins = line.Length > 30 && line[4] == '-' && line[7] == '-' && line[10] == 'T';
        if (!begins)
            return line;
        int stream = line.IndexOf(" F "u8);
        ReadOnlySpan<byte> before = stream < 0 ? default : line[..stream];
        return before.EndsWith(" stdout"u8) || before.EndsWith(" stderr"u8) ? line[(stream + 3)..] : line;
    }
}
