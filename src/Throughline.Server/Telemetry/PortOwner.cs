using System.Globalization;

namespace Throughline.Server.Telemetry;

/// <summary>Finds out, where the system tells (Linux, /proc), which process listens on a port.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    /// <summary>Such as <c>process 4711 (nginx)</c>; null if it cannot be known.</summary>
    public static string? Find(int port)
    {
        try
        {
            HashSet<string> sockets = [.. Sockets("/proc/net/tcp", port), .. Sockets("/proc/net/tcp6", port)];
            return sockets.Count == 0 ? null : Holder(sockets);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode
    private static IEnumerable<string> Sockets(string table, int port)
    {
        if (!File.Exists(table))
            yield break;
        string ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string line in File.ReadLines(table))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(ending, StringComparison.Ordinal))
                yield return $"socket:[{fields[9]}]";
        }
    }

    private static string? Holder(HashSet<string> sockets)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            string pid = Path.GetFileName(process);
            if (pid.All(char.IsAsciiDigit) && Holds(process, sockets))
                return $"process {pid} ({File.ReadAllText(Path.Combine(process, "comm")).Trim()})";
        }
        return null;
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // another user's process, or gone
        }
    }
}
