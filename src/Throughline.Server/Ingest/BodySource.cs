using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Throughline.Server.Api;

namespace Throughline.Server.Ingest;

/// <summary>
/// A request's body, decoded, with its limit: gzip and brotli are undone piece by piece, so that a small body that
/// swells is given up at the limit and never held in memory.
/// </summary>
internal sealed class BodySource : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly bool decodes;
    private readonly IngestBudget.Account account;
    private readonly int bytesMax;
    private long read;

    /// <exception cref="IngestException">The content encoding is not one of ours.</exception>
    public BodySource(HttpRequest request, IngestBudget.Account account, int bytesMax)
    {
        this.account = account;
        this.bytesMax = bytesMax;
        string encoding = request.Headers.ContentEncoding.ToString();
        decodes = !(encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase));
        stream = encoding.ToLowerInvariant() switch
        {
            "" or "identity" => request.Body,
            "gzip" or "x-gzip" => new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
            "br" => new BrotliStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
            _ => throw new IngestException(ProblemReason.UnsupportedEncoding),
        };
    }

    /// <summary>Reads the next piece; 0 at the end.</summary>
    /// <exception cref="IngestException">The body is too large, too slow, broken or more than there is room for.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation)
    {
        int count;
        try
        {
            count = await stream.ReadAsync(target, cancellation);
        }
        catch (BadHttpRequestException error)
        {
            throw new IngestException(ReasonOf(error), inner: error);
        }
        catch (Exception error) when (decodes && error is InvalidDataException or InvalidOperationException)
        {
            throw new IngestException(ProblemReason.BadEncoding, inner: error);
        }
        read += count;
        if (read > bytesMax)
            throw new IngestException(
                ProblemReason.BodyTooLarge,
                $"At most {bytesMax} bytes are taken, before and after decoding."
            );
        account.Add(count);
        return count;
    }

    public ValueTask DisposeAsync() => decodes ? stream.DisposeAsync() : ValueTask.CompletedTask;

    private static ProblemReason ReasonOf(BadHttpRequestException error) =>
        error.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => ProblemReason.BodyTooLarge,
            StatusCodes.Status408RequestTimeout => ProblemReason.SlowBody,
            _ => ProblemReason.TruncatedBody,
        };
}
