using Throughline.Core.Gate.Decide;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Outbound;
using Throughline.Storage.Pages;

namespace Throughline.Server;

/// <summary>How a service is to be run.</summary>
public sealed record ServeOptions
{
    /// <summary>The folder of the embedded stores; created where missing.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Where to listen: <c>http://host:port</c>; port 0 takes a free one. A proxy in front gives TLS.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [DefaultUrl];

    public ServerLimits Limits { get; init; } = new();

    /// <summary>Web origins that may call the API for any tenant, besides each tenant's own; none by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>How the gate's edge endpoints are run.</summary>
    public EdgeOptions Edge { get; init; } = new();

    /// <summary>Where webhooks may lead.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    /// <summary>A tenant unused for this long is closed; it opens again by itself.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where tenants' states are.</summary>
    public StatePages StatePages { get; init; }

    /// <summary>What the process does, for whoever finds the folder in use.</summary>
    public string Command { get; init; } = "throughline serve";

    /// <summary>Stops on SIGINT and SIGTERM; off where the host has its own ways.</summary>
    public bool StopsOnSignals { get; init; } = true;

    /// <summary>Least level of the log, which goes to stderr; <see cref="LogLevel.None"/> turns it off.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>One JSON object a line instead of text.</summary>
    public bool LogsJson { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the gate's decisions are recorded; null: in the tenants' logs.</summary>
    internal IDecisionSink? Decisions { get; init; }

    /// <summary>What the gate asks of the rest of the platform; null: what the service itself knows.</summary>
    internal IGateFacts? GateFacts { get; init; }

    /// <summary>Who is asked for the names of addresses; null: this machine's resolver.</summary>
    internal IReverseDns? ReverseDns { get; init; }

    public const string DefaultUrl = "http://127.0.0.1:8787";
}
