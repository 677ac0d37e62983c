using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge;

/// <summary>Derives a request's features.</summary>
public static class FeatureReading
{
    public static void Read(EdgeRequest request, RequestFeatures features)
    {
        (features.Knowledge, features.Time, features.Address) = (request.Knowledge, request.Time, request.Address);
        (features.Method, features.Host, features.Path) = (request.Method, request.Host ?? "", request.Path);
        (features.Query, features.Target) = (request.Query, request.Path.ToLowerInvariant());
        (features.Scheme, features.Protocol, features.Referrer) = (request.Scheme, request.Protocol, request.Referrer);
        (features.Ja3, features.Ja4, features.Asn, features.Country) = (
            request.Ja3,
            request.Ja4,
            request.Asn,
            request.Country
        );
        (features.Session, features.IsMalformed) = (request.Session, request.IsMalformed);
        features.Headers = [.. request.Headers];
        features.HeaderCount = request.Headers.Count;
        features.Agent.Text = request.UserAgent ?? "";
    }
}
