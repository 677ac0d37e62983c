using System.Text;
using Throughline.Storage.Files;

namespace Throughline.Server.Tenants;

/// <summary>
/// The key of one run of the service over its own data folder: written into the folder for its owner alone, so that who may
/// read the data may also command the service that holds it. Gone when the service stops.
/// </summary>
public sealed class ControlKey : IDisposable
{
    private const string FileName = "service.key";

    private readonly string path;
    private readonly KeyHash hash;

    /// <summary>Makes a new key and leaves it in the folder.</summary>
    internal ControlKey(string dataFolder)
    {
        path = Path.Combine(dataFolder, FileName);
        string key = ApiKey.Create(ApiKey.ControlPrefix);
        hash = ApiKey.Hash(key);
        DurableFile.Write(path, Encoding.ASCII.GetBytes(key), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The key of the service that holds a folder, or null if none has left one.</summary>
    public static string? Read(string dataFolder)
    {
        string path = Path.Combine(dataFolder, FileName);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    internal bool Matches(ReadOnlySpan<char> key) => ApiKey.Hash(key).FixedTimeEquals(hash);

    public void Dispose() => File.Delete(path);
}
