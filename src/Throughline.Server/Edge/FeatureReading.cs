using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge;

/// <summary>Reads features on whatever thread a request is on: each thread has a reader, all share the table of user agents.</summary>
internal sealed class FeatureReading : IDisposable
{
    private readonly ThreadLocal<FeatureReader> readers = new(() => new(new AgentTable()));
    private AgentTable agents = new();

    /// <summary>May be replaced while requests are read.</summary>
    public AgentTable Agents
    {
        get => Volatile.Read(ref agents);
        set => Volatile.Write(ref agents, value);
    }

    public void Read(EdgeRequest request, RequestFeatures features)
    {
        FeatureReader reader = readers.Value!;
        reader.Agents = Agents;
        reader.Read(request, features);
    }

    public void Dispose() => readers.Dispose();
}
