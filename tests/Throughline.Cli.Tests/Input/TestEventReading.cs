using System.Text;
using System.Text.Json;
using Throughline.Core.Events;

namespace Throughline.Cli.Tests.Input;

/// <summary>Asks the platform's own reader.</summary>
internal static class TestEventReading
{
    public static void AssertValid(JsonElement json)
    {
        bool valid = EventJson.TryParse(Encoding.UTF8.GetBytes(json.GetRawText()), out _, out Rejection rejection);
        Assert.True(valid, $"{rejection} in {json}");
    }
}
