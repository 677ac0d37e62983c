using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Storage.Files;

namespace Throughline.Server.Tenants;

/// <summary>
/// How far the erasures of a tenant are carried out: <c>erasures.json</c> names the last statement of which nothing is left in any file, by
/// position and id. If it is lost, or of another log, all is looked through again. <c>erase.on</c> is an empty file that is there while
/// something is left to be done, so that a service that starts goes on with it, and leaves the stores of all other tenants closed.
/// </summary>
internal static class EraseMark
{
    private const string Name = "erasures.json";
    private const string Open = "erase.on";

    /// <summary>Something may be left to be done.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Open));

    /// <summary>To be called before a statement is committed: durable when it returns.</summary>
    public static void Set(string folder)
    {
        if (!IsIn(folder))
            DurableFile.Write(Path.Combine(folder, Open), []);
    }

    public static void Clear(string folder) => File.Delete(Path.Combine(folder, Open));

    /// <summary>The last statement that is carried out; null if none is known to be.</summary>
    public static Done? Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize<Done>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
                : null;
        }
        catch (JsonException)
        {
            return null; // it costs a look through the log
        }
    }

    public static void Write(string folder, Done done) =>
        DurableFile.Write(
            Path.Combine(folder, Name),
            JsonSerializer.SerializeToUtf8Bytes(done, JsonSerializerOptions.Web)
        );

    /// <param name="Position">Of the statement.</param>
    /// <param name="Id">Token of its event's id.</param>
    /// <param name="Events">Events whose personal part was taken, over all statements.</param>
    public sealed record Done(long Position, string Id, long Events);
}
