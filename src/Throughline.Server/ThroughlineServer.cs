using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Throughline.Server.Api;
using Throughline.Server.Attribution;
using Throughline.Server.Doors;
using Throughline.Server.Edge;
using Throughline.Server.Edge.Bots;
using Throughline.Server.Edge.Publishing;
using Throughline.Server.Edge.Records;
using Throughline.Server.Edge.Reports;
using Throughline.Server.Ingest;
using Throughline.Server.Outbound;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;
using Throughline.Server.Webhooks;
using Throughline.Storage;

namespace Throughline.Server;

/// <summary>
/// The composition root: all parts of the service and how they hang together. The way of a request is
/// <see cref="Pipe"/>, then <see cref="Routes"/>, then the endpoint; that of events is <see cref="EventsEndpoint"/>, then the
/// tenant's cell.
/// </summary>
public static class ThroughlineServer
{
    private static readonly UTF8Encoding LenientUtf8 = new(false, throwOnInvalidBytes: false);

    /// <summary>Starts a service over a data folder, with the product's own stores, and comes back once it takes requests.</summary>
    /// <inheritdoc cref="StartAsync(ServeOptions, ITenantCellFactory, CancellationToken)"/>
    public static Task<RunningServer> StartAsync(ServeOptions options, CancellationToken cancellation = default) =>
        StartAsync(
            options,
            (loggers, node) => new TenantCellFactory(options.Clock, loggers, options.StatePages) { Node = node },
            cancellation
        );

    /// <summary>Starts a service over a data folder and comes back once it takes requests.</summary>
    /// <param name="options">How it is to be run.</param>
    /// <param name="cells">Opens tenants' stores.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="StoreInUseException">Another process holds the folder; the message says which.</exception>
    /// <exception cref="PortInUseException">Another process listens there; the message says which, if it can be known.</exception>
    /// <exception cref="ArgumentException">An option of the edge is not valid; the message says which.</exception>
    public static Task<RunningServer> StartAsync(
        ServeOptions options,
        ITenantCellFactory cells,
        CancellationToken cancellation = default
    ) => StartAsync(options, (_, _) => cells, cancellation);

    private static async Task<RunningServer> StartAsync(
        ServeOptions options,
        Func<ILoggerFactory, NodeAlarms, ITenantCellFactory> cells,
        CancellationToken cancellation
    )
    {
        // Half a body must never look whole: without this a cut gzip stream just ends.
        AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
        foreach (string url in options.Urls)
            ListenAddress.Check("urls", url);
        EdgeModel edgeModel = EdgeModel.Of(options.Edge);
        OutboundModel outbound = OutboundModel.Of(options.Outbound);
        FolderLock folder = FolderLock.Take(options.DataFolder, options.Command, options.Clock);
        ControlKey? control = null;
        TenantRegistry? registry = null;
        DecisionLog? records = null;
        MetricCollector? metrics = null;
        WebApplication? app = null;
        EdgeService? edge = null;
        CounterKeeper? counters = null;
        ListSweeper? sweeper = null;
        GoodBotKeeper? bots = null;
        WebhookKeeper? webhooks = null;
        IdleWatch? idle = null;
        NodeAlarms node = new();
        try
        {
            app = Build(options);
            ILoggerFactory loggers = app.Services.GetRequiredService<ILoggerFactory>();
            ILogger logger = loggers.CreateLogger("Throughline");
            metrics = new();
            control = new(options.DataFolder);
            registry = new(options.DataFolder, cells(loggers, node), options.Clock, logger, options.IdleAfter);
            records = new(registry, options.Clock, logger);
            edge = new(edgeModel, registry, options.GateFacts, options.Decisions ?? records, options.Clock, logger);
            counters = new(registry, edge, options.Clock, logger);
            sweeper = new(edge, options.Clock);
            GateKeeper keeper = new(registry, edge, records, options.Clock, logger);
            bots = new(
                edge.Bots,
                edgeModel.GoodBots,
                edge.Signatures,
                edgeModel.WebBotAuth,
                options.DataFolder,
                options.ReverseDns,
                options.Clock,
                logger
            );
            node.Set(bots.Alarms);
            webhooks = new(registry, new(outbound, options.Clock), options.Clock, logger);
            Pipe(app, options, registry, control, metrics, edge, keeper, bots, webhooks, logger);
            await keeper.StartAsync(cancellation);
            await registry.ResumeErasuresAsync(cancellation);
            bots.Start();
            idle = new(registry, options.Clock);
            await ListenAsync(app, options, cancellation);
            outbound.Listen(app.Urls.Select(url => new Uri(url).Port));
            webhooks.Start(); // not before it is known where they may not lead
            RunningServer running = new(
                app,
                registry,
                metrics,
                control,
                folder,
                edge,
                keeper,
                bots,
                records,
                counters,
                sweeper,
                webhooks,
                idle,
                logger
            );
            folder.PublishAddress(app.Urls.First());
            ApiEvents.Started(logger, Path.GetFullPath(options.DataFolder), string.Join(' ', app.Urls));
            return running;
        }
        catch
        {
            sweeper?.Dispose();
            if (idle is not null)
                await idle.DisposeAsync();
            if (webhooks is not null)
                await webhooks.DisposeAsync();
            if (counters is not null)
                await counters.DisposeAsync();
            if (records is not null)
                await records.DisposeAsync();
            if (registry is not null)
                await registry.DisposeAsync();
            if (app is not null)
                await app.DisposeAsync();
            if (bots is not null)
                await bots.DisposeAsync();
            edge?.Dispose();
            metrics?.Dispose();
            control?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    private static void Pipe(
        WebApplication app,
        ServeOptions options,
        TenantRegistry registry,
        ControlKey control,
        MetricCollector metrics,
        EdgeService edge,
        GateKeeper keeper,
        GoodBotKeeper bots,
        WebhookKeeper webhooks,
        ILogger logger
    )
    {
        IngestBudget budget = new(options.Limits);
        app.Use(new EdgeMiddleware(edge, logger).InvokeAsync);
        app.Use(new ErrorBoundary(logger).InvokeAsync);
        app.Use(new Cors(registry, options.CorsOrigins).InvokeAsync);
        app.UseRouting();
        app.Use(new Authentication(registry, control).InvokeAsync);
        Routes.Map(
            app,
            new EventsEndpoint(options.Limits, registry, budget, options.Clock),
            new DecisionEndpoints(edge),
            new QueryEndpoints(registry),
            new ControlEndpoints(registry),
            new IdentityEndpoints(registry, options.Clock),
            new IdentityTypeEndpoints(registry),
            new TenantEndpoints(registry),
            new HealthEndpoints(app.Lifetime, registry, metrics)
        );
        RejectionBook book = new();
        DoorRoutes.Map(
            app,
            new DoorEndpoint(options.Limits, registry, budget, book, options.Clock),
            new DoorSettingsEndpoints(registry, book)
        );
        AttributionRoutes.Map(app, registry, options.Clock);
        IdentityReadRoutes.Map(app, registry, options.Clock);
        GateRoutes.Map(app, keeper, bots);
        ReportRoutes.Map(app, keeper, options.Clock);
        WebhookRoutes.Map(app, registry, webhooks, options.Clock);
    }

    private static WebApplication Build(ServeOptions options)
    {
        // Empty on purpose: no settings file or variable of the environment changes what the options say.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, options.Limits));
        if (options.Edge.GrpcUrl is { } grpc)
            builder.WebHost.ConfigureKestrel(kestrel => EdgePorts.Listen(kestrel, options.Urls, grpc));
        else
            builder.WebHost.UseUrls([.. options.Urls]);
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenApi(ApiDocument.Name, ApiDocument.Describe);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Limits.DrainMax);
        ServerLogging.Add(builder, options);
        return builder.Build();
    }

    private static void Limit(KestrelServerOptions kestrel, ServerLimits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionsMax;
        // Bytes that are no UTF-8 become a replacement character: a request that is refused for them would never be judged.
        kestrel.RequestHeaderEncodingSelector = static _ => LenientUtf8;
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeadersBytesMax;
        kestrel.Limits.MaxRequestHeaderCount = limits.HeadersMax;
        kestrel.Limits.MinRequestBodyDataRate = new(limits.BodyRateMin, limits.BodyGrace);
    }

    private static async Task ListenAsync(WebApplication app, ServeOptions options, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw PortInUseException.Of(options.Urls, error);
        }
    }
}
