using Microsoft.AspNetCore.Http.Features;

namespace Throughline.Server.Api;

/// <summary>
/// An id in an address, decoded exactly once. Routing leaves <c>%2F</c> as it is, so that an id with a slash could not be told
/// from one with that text: ids are taken from the address as it was sent.
/// </summary>
internal static class RouteText
{
    /// <summary>One segment of the path, counted from 0.</summary>
    public static string Segment(HttpContext context, int index)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!target.StartsWith('/'))
        {
            int host = target.IndexOf("://", StringComparison.Ordinal) + 3;
            int slash = target.IndexOf('/', host);
            target = slash < 0 ? "/" : target[slash..];
        }
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string[] segments = (query < 0 ? target : target[..query]).Split('/');
        return index + 1 < segments.Length ? Uri.UnescapeDataString(segments[index + 1]) : "";
    }
}
