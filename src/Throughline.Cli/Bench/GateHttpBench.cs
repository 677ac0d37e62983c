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
        using RecordCount records = new();
        IHttpLoad load = WrkLoad.TryFind(folder) ?? (IHttpLoad)new OwnLoad();
        Uri address = server.Addresses[0];
        Share judged = new();
        Share empty = new();
        for (int round = -1; round < Rounds; round++) // the first one warms up
        {
            await judged.SendAsync(
                () => load.SendAsync(address, mix, request => Gate + TargetOf(request), seconds, cancellation),
                counts: round >= 0
            );
            await empty.SendAsync(
                () => load.SendAsync(address, mix, _ => EmptyPath, seconds, cancellation),
                counts: round >= 0
            );
            progress.Report(round + 1);
        }
        await server.StopAsync(cancellation); // what was decided is stored then
        Cost cost = new Cost(
            $"decisions over HTTP, stored, asked by {load.Name}",
            judged.Answers,
            judged.CpuUs
        ).WithDisk(options.DataFolder, records.Stored);
        return new(
            judged.PerSecond,
            empty.PerSecond,
            judged.CpuUs,
            empty.CpuUs,
            load.Name,
            records.Stored,
            records.Lost,
            cost
        );
    }

    private static string TargetOf(Core.Gate.Requests.EdgeRequest request) =>
        request.Query.Length == 0 ? request.Path : $"{request.Path}?{request.Query}";

    /// <summary>One of the two things that are asked for, over its rounds.</summary>
    private sealed class Share
    {
        private readonly List<double> paces = [];
        private TimeSpan cpu;

        public long Answers { get; private set; }

        /// <summary>Median of the rounds.</summary>
        public double PerSecond
        {
            get
            {
                paces.Sort();
                return Figures.PerSecond((long)paces[paces.Count / 2], 1);
            }
        }

        /// <summary>What this process's processors worked for an answer, in microseconds.</summary>
        public double CpuUs => Math.Round(cpu.TotalMicroseconds / Answers, 1, MidpointRounding.ToEven);

        public async Task SendAsync(Func<Task<LoadAnswers>> send, bool counts)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            LoadAnswers answered = await send();
            if (!counts)
                return;
            cpu += Environment.CpuUsage.TotalTime - before;
            Answers += answered.Count;
            paces.Add(answered.PerSecond);
        }
    }
}

/// <summary>Medians of the rounds.</summary>
/// <param name="DecisionCpuUs">Processor time of the server's process for an answer, in microseconds, storing it too.</param>
/// <param name="BareCpuUs">The same of the empty handler.</param>
/// <param name="Stored">Decisions of all rounds whose record is durable.</param>
/// <param name="Lost">Decisions of all rounds whose record is lost.</param>
/// <param name="Cost">Of a million decisions: processors of the server's process, log on disk.</param>
internal sealed record GateHttpSpeed(
    double Decisions,
    double Bare,
    double DecisionCpuUs,
    double BareCpuUs,
    string Load,
    long Stored,
    long Lost,
    Cost Cost
);
