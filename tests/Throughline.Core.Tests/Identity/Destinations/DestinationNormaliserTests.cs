using Throughline.Core.Identity.Destinations;

namespace Throughline.Core.Tests.Identity.Destinations;

/// <summary>Where the destinations differ from one another.</summary>
public sealed class DestinationNormaliserTests
{
    [Theory]
    [InlineData(DestinationProfile.Uid2, " J.Doe+Shop@GMail.com ", "jdoe@gmail.com")]
    [InlineData(DestinationProfile.Google, " J.Doe+Shop@GMail.com ", "jdoe+shop@gmail.com")]
    [InlineData(DestinationProfile.Meta, " J.Doe+Shop@GMail.com ", "j.doe+shop@gmail.com")]
    [InlineData(DestinationProfile.Snap, " J.Doe+Shop@GMail.com ", "j.doe+shop@gmail.com")]
    [InlineData(DestinationProfile.Uid2, "j.doe@googlemail.com", "j.doe@googlemail.com")]
    [InlineData(DestinationProfile.Google, "j. doe@googlemail.com", "jdoe@googlemail.com")]
    [InlineData(DestinationProfile.Euid, "ÄB@x.de", "Äb@x.de")] // only A to Z
    [InlineData(DestinationProfile.Meta, "ÄB@x.de", "äb@x.de")]
    public void Normalise_Email_AsTheDestinationSays(DestinationProfile profile, string raw, string expected) =>
        Assert.Equal(expected, DestinationNormaliser.Normalise(profile, DestinationKind.Email, raw).Normalised);

    [Theory]
    [InlineData(DestinationProfile.Google, "+49 (171) 123-4567", null, "+491711234567")]
    [InlineData(DestinationProfile.Meta, "+49 (171) 123-4567", null, "491711234567")]
    [InlineData(DestinationProfile.Uid2, "+49 (171) 123-4567", null, null)] // must be E.164 already
    [InlineData(DestinationProfile.Uid2, "0171 1234567", "49", "+491711234567")]
    [InlineData(DestinationProfile.Meta, "0049 171 1234567", null, "491711234567")]
    [InlineData(DestinationProfile.Google, "0171 1234567", null, null)] // in which country?
    [InlineData(DestinationProfile.Google, "138 1234 5678", null, null)] // eleven digits from 1, but not of North America
    [InlineData(DestinationProfile.Google, "1 (234) 567-8901", null, "+12345678901")]
    [InlineData(DestinationProfile.Meta, "1 (23) 4567-8901", null, null)]
    public void Normalise_Phone_AsTheDestinationSays(
        DestinationProfile profile,
        string raw,
        string? callingCode,
        string? expected
    )
    {
        DestinationValue value = DestinationNormaliser.Normalise(profile, DestinationKind.Phone, raw, callingCode);

        Assert.Equal(expected, value.Normalised);
        Assert.Equal(expected is null ? DestinationRefusal.BadPhone : DestinationRefusal.None, value.Refusal);
    }

    [Theory]
    [InlineData(DestinationProfile.Meta, "0CC175B9C0F1B6A831C399E269772661", "0cc175b9c0f1b6a831c399e269772661")] // MD5
    [InlineData(DestinationProfile.Google, "0CC175B9C0F1B6A831C399E269772661", null)]
    [InlineData(
        DestinationProfile.Google,
        "FsGNM28LJQ8OLZB0Us65ZYp07NrovJSGTCMSKnLMJ6U=",
        "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5"
    )]
    [InlineData(DestinationProfile.Meta, "FsGNM28LJQ8OLZB0Us65ZYp07NrovJSGTCMSKnLMJ6U=", null)]
    [InlineData(
        DestinationProfile.Snap,
        "16C18D336F0B250F0E2D907452CEB9658A74ECDAE8BC94864C23122A72CC27A5",
        "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5"
    )]
    public void Normalise_Hash_PassesInTheDestinationsEncoding(
        DestinationProfile profile,
        string raw,
        string? expected
    ) => Assert.Equal(expected, DestinationNormaliser.Normalise(profile, DestinationKind.Hash, raw).Sent);

    [Theory]
    [InlineData(" \t", DestinationRefusal.Empty)]
    [InlineData("a@b@c", DestinationRefusal.BadEmail)]
    public void Normalise_NoAddress_IsRefusedByAll(string raw, DestinationRefusal refusal) =>
        Assert.All(
            Enum.GetValues<DestinationProfile>(),
            profile =>
                Assert.Equal(refusal, DestinationNormaliser.Normalise(profile, DestinationKind.Email, raw).Refusal)
        );

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Normalise_HalfOfASurrogatePair_IsRefused(int at)
    {
        // Not as inline data, which would arrive with a replacement character.
        string raw = "a@b".Insert(at, "\ud83d");

        Assert.Equal(
            DestinationRefusal.LoneSurrogate,
            DestinationNormaliser.Normalise(DestinationProfile.Uid2, DestinationKind.Email, raw).Refusal
        );
    }
}
