using System.Text.Json;
using Throughline.Core.Identity.Destinations;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity.Destinations;

/// <summary>All 90 published vectors: UID2's operator (77) and documentation (11), and Snap's (2).</summary>
public sealed class DestinationVectorTests
{
    private const string Folder = "identity/uid2-normalisation/";

    [Theory]
    [InlineData(DestinationProfile.Uid2)]
    [InlineData(DestinationProfile.Euid)]
    public void Normalise_OperatorVectors_AllHold(DestinationProfile profile)
    {
        string[] lines = File.ReadAllLines(SharedData.Require(Folder + "operator_vectors.jsonl"));
        Assert.Equal(77, lines.Length);
        Assert.All(
            lines,
            line =>
            {
                JsonElement vector = JsonDocument.Parse(line).RootElement;
                DestinationKind kind = vector.GetProperty("kind").GetString() switch
                {
                    "email" => DestinationKind.Email,
                    "email_hash" => DestinationKind.Hash,
                    _ => DestinationKind.Phone,
                };

                DestinationValue value = DestinationNormaliser.Normalise(
                    profile,
                    kind,
                    vector.GetProperty("input").GetString() ?? ""
                );

                Assert.Equal(vector.GetProperty("valid").GetBoolean(), value.Refusal == DestinationRefusal.None);
                Assert.Equal(vector.GetProperty("normalized").GetString(), value.Normalised);
                Assert.Equal(vector.GetProperty("sha256_base64").GetString(), value.Sha256Base64);
                Assert.Equal(value.Sha256Base64, value.Sent);
            }
        );
    }

    [Fact]
    public void Normalise_DocumentationVectors_AllHold()
    {
        string[] lines = File.ReadAllLines(SharedData.Require(Folder + "docs_vectors.csv"))[1..];
        Assert.Equal(11, lines.Length);
        Assert.All(
            lines,
            line =>
            {
                string[] vector = line.Split(',');

                DestinationValue value = DestinationNormaliser.Normalise(
                    DestinationProfile.Uid2,
                    Enum.Parse<DestinationKind>(vector[0], ignoreCase: true),
                    vector[1]
                );

                Assert.Equal(
                    (vector[2], vector[3], vector[4]),
                    (value.Normalised, value.Sha256Hex, value.Sha256Base64)
                );
            }
        );
    }

    [Fact]
    public void Normalise_OtherPlatformsVectors_AllHold()
    {
        string[] lines = File.ReadAllLines(SharedData.Require(Folder + "other_platform_vectors.csv"))[1..];
        Assert.Equal(2, lines.Length);
        Assert.All(
            lines,
            line =>
            {
                string[] vector = line.Split(',');
                Assert.StartsWith("Snap", vector[0], StringComparison.Ordinal);

                DestinationValue value = DestinationNormaliser.Normalise(
                    DestinationProfile.Snap,
                    Enum.Parse<DestinationKind>(vector[1], ignoreCase: true),
                    vector[2]
                );

                Assert.Equal((vector[3], vector[4], vector[4]), (value.Normalised, value.Sha256Hex, value.Sent));
            }
        );
    }
}
