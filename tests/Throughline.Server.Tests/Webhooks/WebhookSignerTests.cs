using System.Text.Json;
using System.Text.Json.Nodes;
using Throughline.Server.Webhooks;
using WebClient = Throughline.Server.Tests.Kit.WebClient;

namespace Throughline.Server.Tests.Webhooks;

/// <summary>Deliveries are signed as Standard Webhooks has it: the reference library signs the same, and takes ours.</summary>
public sealed class WebhookSignerTests
{
    [Fact]
    public async Task Headers_ReferenceLibrary_SignsTheSameAndVerifies()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow(); // the library looks at the clock
        string[] bodies =
        [
            "{}",
            "{\"type\":\"a\",\"data\":{\"ü\":\"\\u0000 \\\"x\\\" 😀\"}}",
            $"[\"{new string('x', 10_000)}\"]",
        ];
        List<object> asked = [];
        List<string> own = [];
        foreach (string body in bodies)
        {
            WebhookSecret secret = WebhookSecret.Create();
            Dictionary<string, string> headers = Headers("msg_1", now, body, secret);
            own.Add(headers["webhook-signature"]);
            asked.Add(Question(secret, headers, body));
            asked.Add(Question(secret, headers, body + " ")); // known-bad controls
            asked.Add(Question(WebhookSecret.Create(), headers, body));
            asked.Add(Question(secret, Headers("msg_1", now.AddMinutes(-10), body, secret), body));
        }
        JsonNode answer = await WebClient.RunAsync("verify.js", JsonSerializer.Serialize(asked));
        for (int i = 0; i < bodies.Length; i++)
        {
            Assert.Equal(own[i], (string?)answer["signed"]![4 * i]);
            Assert.Equal(
                (true, false, false, false),
                (
                    (bool)answer["verified"]![4 * i]!,
                    (bool)answer["verified"]![4 * i + 1]!,
                    (bool)answer["verified"]![4 * i + 2]!,
                    (bool)answer["verified"]![4 * i + 3]!
                )
            );
        }
    }

    [Fact]
    public async Task Headers_TwoSecrets_EitherVerifies()
    {
        (WebhookSecret before, WebhookSecret after) = (WebhookSecret.Create(), WebhookSecret.Create());
        Dictionary<string, string> headers = Headers("msg_2", TimeProvider.System.GetUtcNow(), "{}", after, before);
        Assert.Equal(2, headers["webhook-signature"].Split(' ').Length);
        JsonNode answer = await WebClient.RunAsync(
            "verify.js",
            JsonSerializer.Serialize(
                new[]
                {
                    Question(before, headers, "{}"),
                    Question(after, headers, "{}"),
                    Question(WebhookSecret.Create(), headers, "{}"),
                }
            )
        );
        Assert.Equal("[true,true,false]", answer["verified"]!.ToJsonString());
    }

    [Fact]
    public void Create_Secret_HasTheFormAndLengthOfTheSpecification()
    {
        WebhookSecret secret = WebhookSecret.Create();
        Assert.StartsWith("whsec_", secret.Text);
        Assert.Equal(32, secret.Key.Length);
        Assert.NotEqual(secret.Text, WebhookSecret.Create().Text);
    }

    private static object Question(WebhookSecret secret, Dictionary<string, string> headers, string body) =>
        new
        {
            secret = secret.Text,
            id = headers["webhook-id"],
            timestamp = headers["webhook-timestamp"],
            signature = headers["webhook-signature"],
            body,
        };

    private static Dictionary<string, string> Headers(
        string id,
        DateTimeOffset at,
        string body,
        params WebhookSecret[] secrets
    ) => new(WebhookSigner.Headers(id, at, System.Text.Encoding.UTF8.GetBytes(body), secrets));
}
