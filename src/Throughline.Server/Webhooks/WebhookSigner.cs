using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Throughline.Server.Webhooks;

/// <summary>
/// Signs deliveries as Standard Webhooks 1.0.0 has it: HMAC-SHA256 over <c>id.timestamp.body</c>, in base64 after <c>v1,</c>; one signature
/// for each secret, with a space between them.
/// </summary>
internal static class WebhookSigner
{
    /// <param name="id">Holds no full stop.</param>
    /// <param name="at">When it is sent.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(
        string id,
        DateTimeOffset at,
        ReadOnlySpan<byte> body,
        IReadOnlyList<WebhookSecret> secrets
    )
    {
        string timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return
        [
            new("webhook-id", id),
            new("webhook-timestamp", timestamp),
            new(
                "webhook-signature",
                string.Join(
                    ' ',
                    secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret.Key, signed)))
                )
            ),
        ];
    }
}
