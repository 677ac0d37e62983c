using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Throughline.Storage.Files;

namespace Throughline.Storage;

/// <summary>Who holds a folder.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Since">When it took the folder, UTC.</param>
/// <param name="Command">What it was started as, such as <c>throughline serve</c>.</param>
/// <param name="Address">Where it can be reached, if it serves: <c>http://127.0.0.1:8080</c>.</param>
public sealed record FolderOwner(int Pid, DateTimeOffset Since, string Command, string? Address = null)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"process {Pid} ({Command}{(Address is null ? "" : $" at {Address}")}) since {Since:yyyy-MM-dd HH:mm:ss}Z"
        );
}

/// <summary>
/// Holds a folder against other processes: an exclusively opened file that the system lets go when the process ends,
/// however it ends, and a readable file beside it that tells who holds it.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private const string LockName = "store.lock";
    private const string OwnerName = "store.owner";

    private readonly FileStream held;
    private readonly string folder;
    private FolderOwner owner;

    /// <summary>Takes a folder, which is created where missing.</summary>
    /// <param name="folder">The folder to hold.</param>
    /// <param name="command">What this process does, for whoever finds the folder in use.</param>
    /// <param name="clock">Gives the time that is shown.</param>
    /// <exception cref="StoreInUseException">Somebody else holds it.</exception>
    public static FolderLock Take(string folder, string command, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        FileStream held;
        try
        {
            held = new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new StoreInUseException(Path.GetFullPath(folder), OwnerOf(folder));
        }
        try
        {
            FolderLock taken = new(held, folder, new(Environment.ProcessId, clock.GetUtcNow(), command));
            taken.Publish();
            return taken;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Who holds a folder, or held it last; null if nobody has said.</summary>
    public static FolderOwner? OwnerOf(string folder)
    {
        try
        {
            byte[] text = File.ReadAllBytes(Path.Combine(folder, OwnerName));
            return JsonSerializer.Deserialize(text, FolderOwnerJson.Default.FolderOwner);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FolderLock(FileStream held, string folder, FolderOwner owner)
    {
        this.held = held;
        this.folder = folder;
        this.owner = owner;
    }

    /// <summary>Tells where this process can be reached.</summary>
    public void PublishAddress(string address)
    {
        owner = owner with { Address = address };
        Publish();
    }

    public void Dispose()
    {
        try
        {
            File.Delete(Path.Combine(folder, OwnerName));
        }
        catch (IOException)
        {
            // It is a comfort; the lock is what counts, and it goes now.
        }
        held.Dispose();
    }

    // What flock and Windows say when another handle has the file: EAGAIN of Linux, of macOS, sharing violation.
    private static bool IsHeld(IOException e) => (e.HResult & 0xffff) is 11 or 35 or 32;

    private void Publish()
    {
        string path = Path.Combine(folder, OwnerName);
        string draft = path + DurableFile.DraftSuffix;
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(owner, FolderOwnerJson.Default.FolderOwner));
        File.Move(draft, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FolderOwner))]
internal sealed partial class FolderOwnerJson : JsonSerializerContext;
