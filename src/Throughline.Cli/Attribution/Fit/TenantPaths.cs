using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Core.Attribution.Reports;

namespace Throughline.Cli.Attribution.Fit;

/// <summary>The paths of a tenant's customers, as its service follows them, and tables of weights put back into it.</summary>
internal static class TenantPaths
{
    // All of the time that events may have.
    private const string Begin = "1990-01-01";
    private const string End = "2199-12-31";

    /// <summary>All paths by channel: of current credit, and those of customers without a later conversion.</summary>
    public static async Task<FoundPaths> FindAsync(
        CommandContext context,
        ServiceConnection service,
        string? from,
        string? to,
        string? conversion,
        CancellationToken cancellation
    )
    {
        long started = Stopwatch.GetTimestamp();
        string parameters = Parameters.Of(
            ("by", "channel"),
            ("from", from ?? Begin),
            ("to", to ?? End),
            ("conversion", conversion),
            ("length", PathOptions.LengthLimit.ToString(CultureInfo.InvariantCulture)),
            ("top", PathOptions.TopLimit.ToString(CultureInfo.InvariantCulture))
        );
        using JsonDocument answer = await service.AskLongAsync(
            context,
            "Following paths",
            null,
            HttpMethod.Get,
            $"v1/attribution/paths{parameters}",
            default,
            cancellation
        );
        PathReport report = answer.Deserialize<PathReport>(JsonSerializerOptions.Web)!;
        return new(
            [
                .. report.Paths.Select(path => (path.Steps, path.Conversions, path.NotConverting)),
                ([], report.WithoutPath, 0),
            ],
            [],
            0,
            Figures.Seconds(Stopwatch.GetElapsedTime(started).TotalSeconds)
        )
        {
            AsOf = report.AsOf,
            AsOfPosition = report.AsOfPosition,
        };
    }

    /// <summary>The version after the greatest that the tenant has of a table.</summary>
    public static async Task<int> NextVersionAsync(
        CommandContext context,
        ServiceConnection service,
        string table,
        CancellationToken cancellation
    )
    {
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/attribution/rules", cancellation))!;
        return answer
                .RootElement.GetProperty("weightTables")
                .EnumerateArray()
                .Where(x => x.GetProperty("name").GetString() == table)
                .Select(x => x.GetProperty("version").GetInt32())
                .DefaultIfEmpty()
                .Max() + 1;
    }

    /// <summary>Gives the tenant a table; one that it has with other weights is refused.</summary>
    public static async Task PublishAsync(
        CommandContext context,
        ServiceConnection service,
        byte[] document,
        CancellationToken cancellation
    )
    {
        using JsonDocument answer = await service
            .For(context.Tenant)
            .SendAsync(HttpMethod.Put, "v1/attribution/rules", document, cancellation, "application/yaml");
    }
}
