using System.Text.Json;
using Throughline.Storage.Files;

namespace Throughline.Server.Edge.Bots;

/// <summary>A list as its operator published it.</summary>
/// <param name="ImportedAt">Since when it is known to hold.</param>
internal sealed record PublishedBotList(DateTimeOffset ImportedAt, string Text);

/// <summary>
/// Keeps each list as it was last published in a file of its own, <c>LIST.json</c>: <c>{"importedAt":"...","text":"..."}</c>, so that a
/// restart without network still knows it, and how old it is.
/// </summary>
internal sealed class BotListCache(string folder)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public void Save(string list, PublishedBotList published)
    {
        Directory.CreateDirectory(folder);
        DurableFile.Write(PathOf(list), JsonSerializer.SerializeToUtf8Bytes(published, Form));
    }

    /// <summary>What was kept; null if there is nothing, or the file is damaged: then <paramref name="error"/> says so.</summary>
    public PublishedBotList? Load(string list, out string? error)
    {
        error = null;
        try
        {
            return File.Exists(PathOf(list))
                ? JsonSerializer.Deserialize<PublishedBotList>(File.ReadAllBytes(PathOf(list)), Form)
                : null;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            error = $"its file cannot be read: {fault.GetType().Name}";
            return null;
        }
    }

    private string PathOf(string list) => Path.Combine(folder, list + ".json");
}
