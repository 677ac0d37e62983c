using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Server;
using Throughline.Server.Tenants;
using Throughline.Storage;
using Throughline.Storage.Pages;

namespace Throughline.Cli.Service;

/// <summary>
/// The service that a command works through: the one that runs over the data folder already, else one in this process, on
/// a free port of the loopback, for as long as the command lasts. So every command has one way to a store.
/// </summary>
internal sealed class ServiceConnection : IAsyncDisposable
{
    /// <summary>Where a service listens that a command runs for itself.</summary>
    public const string FreePort = "http://127.0.0.1:0";

    /// <summary>How long a service that holds the folder may take to say where it is.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(50);

    private readonly RunningServer? own;
    private readonly HttpClient http;
    private readonly TimeProvider clock = TimeProvider.System;

    private ServiceConnection(Uri address, string controlKey, RunningServer? own)
    {
        this.own = own;
        Address = address;
        http = NewHttp(address, controlKey);
    }

    public Uri Address { get; }

    /// <summary>The service runs in this process.</summary>
    public RunningServer? Own => own;

    /// <summary>Connects to the service that holds the command's data folder, or starts one.</summary>
    /// <exception cref="CommandException">The folder is in use by something that cannot be reached, or damaged.</exception>
    public static Task<ServiceConnection> OpenAsync(CommandContext context, CancellationToken cancellation) =>
        OpenAsync(context.DataFolder, context.Command, cancellation);

    /// <summary>The same for a command that only asks: it creates no folder.</summary>
    public static Task<ServiceConnection> OpenExistingAsync(CommandContext context, CancellationToken cancellation) =>
        Directory.Exists(context.DataFolder)
            ? OpenAsync(context, cancellation)
            : throw CommandException.BadInput("data_missing", $"There is no data folder '{context.DataFolder}'.");

    /// <summary>The same for a command that asks of its tenant, which must exist.</summary>
    public static async Task<ServiceConnection> OpenTenantAsync(
        CommandContext context,
        CancellationToken cancellation
    ) =>
        await (await OpenExistingAsync(context, cancellation)).WithAsync(service =>
            service.RequireTenantAsync(context.Tenant, cancellation)
        );

    /// <summary>The same for a command that writes to its tenant, which is created if it is missing.</summary>
    public static async Task<ServiceConnection> OpenNewTenantAsync(
        CommandContext context,
        CancellationToken cancellation
    ) =>
        await (await OpenAsync(context, cancellation)).WithAsync(service =>
            service.EnsureTenantAsync(context.Tenant, cancellation)
        );

    /// <summary>The same over any folder.</summary>
    /// <param name="command">What this process does, for whoever finds the folder in use.</param>
    /// <param name="pages">Where tenants' states are, if this process starts a service.</param>
    /// <exception cref="CommandException">The folder is in use by something that cannot be reached, or damaged.</exception>
    public static async Task<ServiceConnection> OpenAsync(
        string dataFolder,
        string command,
        CancellationToken cancellation,
        StatePages pages = StatePages.Memory
    )
    {
        ServeOptions options = OptionsFor(dataFolder, command) with { StatePages = pages };
        for (int wait = 0; ; wait++)
            try
            {
                return Over(await StartAsync(options, cancellation), dataFolder);
            }
            catch (CommandException refused) when (refused.InnerException is StoreInUseException held)
            {
                if (Reach(dataFolder, held) is { } reached)
                    return reached;
                if (!IsStarting(held, options.Clock) || wait * StartPoll >= StartPatience)
                    throw;
                await Task.Delay(StartPoll, options.Clock, cancellation);
            }
    }

    /// <summary>
    /// How a command runs a service of its own: on a free port of the loopback, with a log of what went wrong alone. A store that
    /// failed and was got over changes no answer: without the log nobody would learn of it.
    /// </summary>
    public static ServeOptions OptionsFor(string dataFolder, string command) =>
        new()
        {
            DataFolder = dataFolder,
            Urls = [FreePort],
            Command = $"throughline {command}",
            StopsOnSignals = false,
            LogLevel = CommandOutput.IsDebug ? LogLevel.Information : LogLevel.Warning,
        };

    /// <summary>Starts a service with the product's stores, its trouble told as a command's.</summary>
    public static async Task<RunningServer> StartAsync(ServeOptions options, CancellationToken cancellation)
    {
        try
        {
            return await ThroughlineServer.StartAsync(options, cancellation);
        }
        catch (StoreInUseException error)
        {
            throw CommandException.Store("store_in_use", $"{error.Message}.", error);
        }
        catch (PortInUseException error)
        {
            throw CommandException.Store("port_in_use", $"{error.Message}.", error);
        }
        catch (StoreDamagedException error)
        {
            throw CommandException.Store("store_damaged", $"{error.Message}.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Store(
                "store_unusable",
                $"The data folder {options.DataFolder} cannot be used: {error.Message}",
                error
            );
        }
    }

    /// <summary>Works through a service that this process has started, and stops it at the end.</summary>
    public static ServiceConnection Over(RunningServer server, string dataFolder) =>
        new(server.Addresses[0], ControlKey.Read(dataFolder)!, server);

    /// <summary>Speaks for a tenant, which must exist.</summary>
    public ServiceClient For(string tenant) => new(http, clock, tenant);

    /// <summary>Asks of the command's tenant what takes long, and shows how far it is.</summary>
    /// <param name="total">What progress counts up to; null: nobody knows.</param>
    public Task<JsonDocument> AskLongAsync(
        CommandContext context,
        string doing,
        long? total,
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte> document,
        CancellationToken cancellation,
        string contentType = "application/json"
    ) =>
        context.Output.ProgressAsync(
            doing,
            total,
            progress => For(context.Tenant).AskLongAsync(method, path, document, progress, cancellation, contentType)
        );

    /// <summary>Speaks for the owner of the data folder.</summary>
    public ServiceClient Control => new(http, clock);

    /// <summary>Creates the tenant if it is missing; gives its first API key if it was.</summary>
    public async Task<string?> EnsureTenantAsync(string tenant, CancellationToken cancellation)
    {
        if (!TenantId.TryParse(tenant, out _))
            throw new CommandException(ExitCode.Usage, "tenant_invalid", $"A tenant's id must match {TenantId.Form}.");
        if (await HasTenantAsync(tenant, cancellation))
            return null;
        using JsonDocument created = await Control.SendAsync(
            HttpMethod.Post,
            "v1/tenants",
            JsonSerializer.SerializeToUtf8Bytes(new { id = tenant }),
            cancellation
        );
        return created.RootElement.GetProperty("apiKey").GetString();
    }

    /// <exception cref="CommandException">There is no such tenant.</exception>
    public async Task RequireTenantAsync(string tenant, CancellationToken cancellation)
    {
        if (!await HasTenantAsync(tenant, cancellation))
            throw CommandException.BadInput("tenant_missing", $"There is no tenant '{tenant}' in this data folder.");
    }

    /// <summary>Issues one more API key.</summary>
    /// <param name="writeOnly">It lets events in at the doors, and opens nothing else.</param>
    public async Task<string> IssueKeyAsync(string tenant, CancellationToken cancellation, bool writeOnly = false)
    {
        await RequireTenantAsync(tenant, cancellation);
        using JsonDocument issued = await Control.SendAsync(
            HttpMethod.Post,
            $"v1/tenants/{tenant}/keys{(writeOnly ? "?scope=write" : "")}",
            ReadOnlyMemory<byte>.Empty,
            cancellation
        );
        return issued.RootElement.GetProperty("apiKey").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (own is not null)
            await own.DisposeAsync();
    }

    // A connection for whose tenant something was done first; none is left open if that fails.
    private async Task<ServiceConnection> WithAsync(Func<ServiceConnection, Task> first)
    {
        try
        {
            await first(this);
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task<bool> HasTenantAsync(string tenant, CancellationToken cancellation)
    {
        using JsonDocument? tenants = await Control.GetAsync("v1/tenants", cancellation);
        return tenants!
            .RootElement.GetProperty("tenants")
            .EnumerateArray()
            .Any(one => one.GetProperty("id").GetString() == tenant);
    }

    private static ServiceConnection? Reach(string dataFolder, StoreInUseException held) =>
        held.Owner?.Address is { } address && ControlKey.Read(dataFolder) is { } key
            ? new(new(address), key, null)
            : null;

    // Who has just taken the folder will tell where it can be reached; who has told nothing at all is about to, or to let it go.
    private static bool IsStarting(StoreInUseException held, TimeProvider clock) =>
        held.Owner is not { } owner || (owner.Address is null && clock.GetUtcNow() - owner.Since < StartPatience);

    private static HttpClient NewHttp(Uri address, string controlKey)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = Timeout.InfiniteTimeSpan };
        var http = new HttpClient(handler) { BaseAddress = Rooted(address), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", controlKey);
        return http;
    }

    // A service that listens everywhere is spoken to on this machine.
    private static Uri Rooted(Uri address) =>
        address.Host is "0.0.0.0" or "[::]" or "*" or "+"
            ? new UriBuilder(address) { Host = IPAddress.Loopback.ToString() }.Uri
            : address;
}
