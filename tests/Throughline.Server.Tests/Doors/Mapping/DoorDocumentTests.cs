using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Doors.Mapping;
using Throughline.Server.Tests.Kit;

namespace Throughline.Server.Tests.Doors.Mapping;

public sealed class DoorDocumentTests
{
    [Fact]
    public void Write_WhatWasRead_IsReadTheSame()
    {
        DoorModel model = DoorKit.Model(
            """
            {"version":1,"currency":"EUR","clockToleranceMs":0,"others":"ignore",
             "identifiers":{"anonymousId":"visitor","advertisingId":null},
             "events":{"Signed Up":{"as":"conversion","kind":"signup","value":["price"]},
                       "Ad Seen":{"as":"view","campaign":["cmp"]},"Hello":{"as":"nurture","name":"greeting"}}}
            """
        );
        byte[] written = DoorDocument.Write(model);
        Assert.Equal(
            Encoding.UTF8.GetString(written),
            Encoding.UTF8.GetString(DoorDocument.Write(DoorKit.Model(Encoding.UTF8.GetString(written))))
        );
        Assert.Equal(("visitor", null), (model.Identifiers.AnonymousId, model.Identifiers.AdvertisingId));
        Assert.Equal("signup", model.Match("signed up").Rule.Kind);
        Assert.Equal("greeting", model.Match("Hello").Name);
        Assert.Equal(DoorAction.Ignore, model.Match("Anything").Rule.As);
    }

    [Theory]
    [InlineData("{}", "/version")]
    [InlineData("""{"version":2}""", "/version")]
    [InlineData("""{"version":1,"currency":"EURO"}""", "/currency")]
    [InlineData("""{"version":1,"clockToleranceMs":-1}""", "/clockToleranceMs")]
    [InlineData("""{"version":1,"others":"drop"}""", "/others")]
    [InlineData("""{"version":1,"identifiers":{"userId":"User"}}""", "/identifiers/userId")]
    [InlineData("""{"version":1,"identifiers":{"user":"user"}}""", "/identifiers/user")]
    [InlineData("""{"version":1,"events":{"a/b":{"as":"sale"}}}""", "/events/a~1b/as")]
    [InlineData("""{"version":1,"events":{"a":{"as":"click","name":"x"}}}""", "/events/a/name")]
    [InlineData("""{"version":1,"events":{"a":{"as":"nurture","name":"conversion"}}}""", "/events/a/name")]
    [InlineData("""{"version":1,"events":{"a":{"as":"click"},"a":{"as":"view"}}}""", "/events/a")]
    [InlineData("""{"version":1,"more":1}""", "/more")]
    public void TryRead_WhatIsWrong_IsNamed(string document, string pointer)
    {
        using JsonDocument parsed = JsonDocument.Parse(document);
        Assert.False(DoorDocument.TryRead(parsed.RootElement, out _, out Rejection rejection));
        Assert.Equal(pointer, rejection.Pointer);
    }
}
