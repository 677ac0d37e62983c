using Throughline.Cli.Output;
using Throughline.Cli.Service;
using Throughline.Core.Gate.Rules;
using Throughline.Server;
using Throughline.Server.Edge;
using Throughline.Server.Tenants;

namespace Throughline.Cli.Bench;

/// <summary>
/// How many questions over HTTP ext_authz are answered a second, beside the same server's empty handler: the same requests but for the
/// path, in turns, so that whatever else the machine does falls on both.
/// </summary>
internal static class GateHttpBench
{
    public const int Rounds = 5;

    private const string Tenant = "bench-gate";
    private const string EmptyPath = "/empty";
    private const string Gate = "/v1/edge/ext-authz";

    public static async Task<GateHttpSpeed> RunAsync(
        string folder,
        GateModel model,
        GateMix mix,
        int seconds,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        ServeOptions options = ServiceConnection.OptionsFor(folder, "bench gate") with
        {
            Edge = new()
            {
                Tenant = Tenant,
                ExtAuthzHasAllHeaders = true,
                SessionCookie = "sid",
                EmptyPath = EmptyPath,
            },
        };
        await using RunningServer server = await ServiceConnection.StartAsync(options, cancellation);
        TenantId tenant = TenantId.Parse(Tenant);
        server.Registry.Create(tenant, new());
        server.PublishRules(tenant, model);
        IHttpLoad load = WrkLoad.TryFind(folder) ?? (IHttpLoad)new OwnLoad();
        Uri address = server.Addresses[0];
        List<double> decisions = [];
        List<double> bare = [];
        for (int round = -1; round < Rounds; round++) // the first one warms up
        {
            double judged = await load.PerSecondAsync(
                address,
                mix,
                request => Gate + TargetOf(request),
                seconds,
                cancellation
            );
            double empty = await load.PerSecondAsync(address, mix, _ => EmptyPath, seconds, cancellation);
            progress.Report(round + 1);
            if (round < 0)
                continue;
            decisions.Add(judged);
            bare.Add(empty);
        }
        return new(Median(decisions), Median(bare), load.Name);
    }

    private static string TargetOf(Core.Gate.Requests.EdgeRequest request) =>
        request.Query.Length == 0 ? request.Path : $"{request.Path}?{request.Query}";

    private static double Median(List<double> values)
    {
        values.Sort();
        return Figures.PerSecond((long)values[values.Count / 2], 1);
    }
}

/// <summary>Medians of the rounds.</summary>
internal sealed record GateHttpSpeed(double Decisions, double Bare, string Load);
