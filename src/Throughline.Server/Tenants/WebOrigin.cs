namespace Throughline.Server.Tenants;

/// <summary>A web origin (RFC 6454) as browsers send it: scheme, host and a port that is not the scheme's own.</summary>
internal static class WebOrigin
{
    /// <summary>True for <c>https://shop.example</c> or <c>http://localhost:5173</c>, in the form in which a browser writes it; never for <c>*</c>.</summary>
    public static bool IsValid(string text) =>
        text.Length <= 300
        && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text
        && uri.UserInfo.Length == 0;
}
