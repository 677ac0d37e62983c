namespace Throughline.Core.Gate.Requests;

/// <summary>What is derived from one path and query: made once, shared by the requests that have them. Immutable.</summary>
/// <param name="RawPath">As sent.</param>
/// <param name="RawQuery">As sent.</param>
/// <param name="Target">See <see cref="TargetText"/>.</param>
/// <param name="File">See <see cref="RequestFeatures.File"/>.</param>
/// <param name="Extension">See <see cref="RequestFeatures.Extension"/>.</param>
/// <param name="IsStatic">See <see cref="RequestFeatures.IsStatic"/>.</param>
internal sealed record PathFacts(
    string RawPath,
    string RawQuery,
    string Target,
    string File,
    string Extension,
    bool IsStatic
)
{
    private const int MaxExtension = 16;

    public static PathFacts Of(TargetText text, string path, string query)
    {
        ReadOnlySpan<char> target = text.Normalize(path, query);
        ReadOnlySpan<char> file = target[..text.PathLength];
        file = file[(file.LastIndexOf('/') + 1)..];
        if (file.IndexOf(';') is >= 0 and var parameter) // "file;jsessionid=1"
            file = file[..parameter];
        ReadOnlySpan<char> extension = file[(file.LastIndexOf('.') + 1)..];
        if (extension.Length == file.Length || extension.Length > MaxExtension)
            extension = default;
        string known = extension.ToString();
        return new(
            path,
            query,
            target.SequenceEqual(path) ? path : target.ToString(),
            file.ToString(),
            known,
            IsStaticFile(known)
        );
    }

    private static bool IsStaticFile(string extension) =>
        extension switch
        {
            "css" or "js" or "mjs" or "map" or "wasm" => true,
            "png"
            or "jpg"
            or "jpeg"
            or "gif"
            or "svg"
            or "webp"
            or "avif"
            or "ico"
            or "cur"
            or "bmp"
            or "tif"
            or "tiff" => true,
            "woff" or "woff2" or "ttf" or "otf" or "eot" => true,
            "mp3" or "mp4" or "m4a" or "m4v" or "webm" or "ogg" or "ogv" or "wav" or "mov" or "avi" or "swf" => true,
            _ => false,
        };
}
