using System.Text.Json;
using System.Text.Json.Serialization;

namespace Throughline.Server.Edge;

/// <summary>
/// <see cref="EdgeOptions"/> as a JSON file: an object with their names in camel case, all optional; comments are allowed, unknown names are not.
/// </summary>
public static class EdgeFile
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <exception cref="ArgumentException">The file is not valid; the message names it, the place and the fault.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static EdgeOptions Read(string file)
    {
        try
        {
            EdgeOptions options =
                JsonSerializer.Deserialize<EdgeOptions>(File.ReadAllBytes(file), Form)
                ?? throw new JsonException("it holds no object");
            EdgeModel.Of(options);
            return options;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new ArgumentException($"{file}: {error.Message}", error);
        }
    }
}
