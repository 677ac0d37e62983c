using System.Text;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Lines;

/// <summary>Splits a request's target into path and query, as an edge gives them.</summary>
internal sealed class TargetText
{
    /// <summary>Sets both.</summary>
    /// <param name="utf8">As it was sent.</param>
    public void Split(ReadOnlySpan<byte> utf8, EdgeRequest request)
    {
        int query = utf8.IndexOf((byte)'?');
        request.Path = PathOf(query < 0 ? utf8 : utf8[..query]);
        request.Query = query < 0 ? "" : Encoding.UTF8.GetString(utf8[(query + 1)..]);
    }

    // Paths are mostly new; only the commonest is kept.
    private static string PathOf(ReadOnlySpan<byte> path) =>
        path.SequenceEqual("/"u8) ? "/" : Encoding.UTF8.GetString(path);
}
