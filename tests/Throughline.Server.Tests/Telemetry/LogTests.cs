using System.Reflection;
using Microsoft.Extensions.Logging;
using Throughline.Server.Telemetry;

namespace Throughline.Server.Tests.Telemetry;

public sealed class LogTests
{
    [Fact]
    public void Messages_Ids_AreUniqueAndInTheirRange()
    {
        (Type Type, int First)[] ranges = [(typeof(TenantEvents), 1000), (typeof(ApiEvents), 1100)];
        HashSet<int> ids = [];
        foreach ((Type type, int first) in ranges)
        foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            LoggerMessageAttribute message = method.GetCustomAttribute<LoggerMessageAttribute>()!;
            Assert.InRange(message.EventId, first, first + 99);
            Assert.True(ids.Add(message.EventId));
        }
        Assert.NotEmpty(ids);
    }
}
