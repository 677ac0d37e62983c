using System.Globalization;
using System.Text;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Signatures;

namespace Throughline.Core.Tests.Gate.Signatures;

/// <summary>Requests that are signed here, by the plain signer, over a text that the test writes down itself.</summary>
internal static class SigningKit
{
    /// <summary>2026-06-01T12:00:00Z, seconds.</summary>
    public const long Now = 1_780_315_200;

    public static readonly byte[] Secret = [.. Enumerable.Range(7, 32).Select(x => (byte)x)];
    public static readonly byte[] Key = NaiveEd25519.KeyOf(Secret);
    public static readonly string KeyId = KeyDirectory.ThumbprintOf(Key);

    public static KeyDirectory Directory(string more = "") =>
        KeyDirectory.TryParse(
            $$"""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"{{System.Buffers.Text.Base64Url.EncodeToString(Key)}}"{{more}}}]}""",
            out string error
        ) ?? throw new InvalidOperationException(error);

    public static string Parameters(
        string components = "\"@authority\"",
        long created = Now - 10,
        long expires = Now + 300,
        string more = ""
    ) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"({components});created={created};expires={expires};keyid=\"{KeyId}\";tag=\"web-bot-auth\"{more}"
        );

    /// <summary>A request with a signature.</summary>
    /// <param name="lines">Of the components, as they are signed, each with its line end.</param>
    public static EdgeRequest Request(
        string? parameters = null,
        string lines = "\"@authority\": shop.example\n",
        string label = "sig1",
        params (string Name, string Value)[] headers
    )
    {
        parameters ??= Parameters();
        byte[] signature = NaiveEd25519.Sign(
            Secret,
            Encoding.ASCII.GetBytes($"{lines}\"@signature-params\": {parameters}")
        );
        EdgeRequest request = Plain();
        foreach ((string name, string value) in headers)
            request.Headers.Add(new(name, value));
        request.Headers.Add(new("signature-input", $"{label}={parameters}"));
        request.Headers.Add(new("signature", $"{label}=:{Convert.ToBase64String(signature)}:"));
        return request;
    }

    public static EdgeRequest Plain() =>
        new()
        {
            Time = Now * 1000,
            Method = "POST",
            Host = "Shop.Example",
            Scheme = "https",
            Path = "/a/b",
            Query = "c=d&e",
            Knowledge = RequestKnowledge.Headers | RequestKnowledge.Host,
        };
}
