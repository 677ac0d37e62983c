using System.Text;
using Throughline.Cli.Demo;
using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Replay;
using Throughline.World;
using Throughline.World.Truth;

namespace Throughline.Cli.Tests.Demo;

/// <summary>Credit from mixtures of our own and true customers and verdicts, and the causes that follow.</summary>
public sealed class MissedCreditTests
{
    private readonly ScratchKeys keys = new();

    [Fact]
    public void Causes_OfASmallWorld_AddUpToTheMisses_AndTheMixturesAreWhatTheySay()
    {
        SimulatedWorld world = new(
            new()
            {
                People = 600,
                Days = 20,
                Seed = 5,
            }
        );
        WorldRun run = world.Run();
        MemoryTenant tenant = GivenTruthRun.Apply(
            world,
            run,
            keys,
            new Progress<long>(),
            TestContext.Current.CancellationToken
        );
        WorldTruth truth = run.Truth;
        void Scan(RecordHandler handler)
        {
            for (long position = 0; position < tenant.Machine.NextPosition; position++)
                handler(tenant.Read(position));
        }
        Dictionary<ulong, List<TrueCredit>> published = Published(tenant, truth);

        Counterfactual facts = new(tenant.Machine, tenant, truth, Scan);
        List<TrueConversion> missed = [];
        foreach (TrueConversion conversion in truth.Conversions)
        {
            // The machine's own mixture is what the machine published; the true one is the truth.
            (List<TrueCredit> credits, _) = facts.Credit(conversion.Id, false, false)!.Value;
            Assert.Equal(published[conversion.Id], credits);
            (credits, long unattributed) = facts.Credit(conversion.Id, true, true)!.Value;
            Assert.Equal(conversion.Credits.Where(credit => credit.Minor != 0), credits);
            Assert.Equal(conversion.Unattributed, unattributed);
            if (!published[conversion.Id].SequenceEqual(conversion.Credits.Where(credit => credit.Minor != 0)))
                missed.Add(conversion);
        }
        Assert.NotEmpty(missed);

        IReadOnlyList<MissCause> causes = new MissedCredit(facts).CausesOf(missed);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', causes));
        Assert.Equal(missed.Count, causes.Sum(cause => cause.Conversions));
        Assert.DoesNotContain(causes, cause => cause.Cause == MissKind.Other);
        Assert.Contains(causes, cause => cause.Cause == MissKind.Identity);
    }

    private Dictionary<ulong, List<TrueCredit>> Published(MemoryTenant tenant, WorldTruth truth)
    {
        Dictionary<Token, ConversionCase> last = [];
        for (long sequence = 0; sequence < tenant.Machine.NextResult; sequence++)
        {
            ResultRecord result = ResultRecord.FromTrusted(tenant.ReadResult(sequence));
            if (result.Kind == ResultKind.Conversion)
                last[result.Subject] = ConversionCase.Read(result);
        }
        return truth.Conversions.ToDictionary(
            x => x.Id,
            x =>
                last[keys.EventId(Encoding.UTF8.GetBytes(x.EventId))]
                    .Candidates.Where(candidate => candidate.Minor != 0)
                    .Select(candidate => new TrueCredit(IdAt(tenant, candidate.Position), candidate.Minor))
                    .ToList()
        );
    }

    private static ulong IdAt(MemoryTenant tenant, long position)
    {
        Assert.True(
            WorldIds.TryParseEvent(EventRecord.FromTrusted(tenant.Read(position)).Text(EventField.Id), out ulong id)
        );
        return id;
    }
}
