using Throughline.Server.Telemetry;

namespace Throughline.Server;

/// <summary>Somebody else listens where the service was to listen.</summary>
public sealed class PortInUseException(string message, Exception inner) : Exception(message, inner)
{
    internal static PortInUseException Of(IEnumerable<string> urls, Exception inner)
    {
        foreach (string url in urls)
            if (Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && PortOwner.Find(address.Port) is { } owner)
                return new($"{url} is in use by {owner}; give another address with --urls", inner);
        return new($"{string.Join(' ', urls)} is in use; give another address with --urls", inner);
    }
}
