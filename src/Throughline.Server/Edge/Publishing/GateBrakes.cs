using Throughline.Core.Gate.Brake;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Api;
using Throughline.Server.Telemetry;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Publishing;

/// <summary>
/// Returns a rule that went too far to shadow: as a publication like any other, whose author is the brake and whose cause is kept with it. It asks
/// nobody, since it takes nothing from anybody; it never enforces anything. If somebody published meanwhile, that is their word on it.
/// </summary>
internal sealed class GateBrakes(GateKeeper keeper, TimeProvider clock, ILogger logger)
{
    /// <summary>Who publishes.</summary>
    public const string Author = "brake";

    public const string Reserved = "a person's or program's name: 'brake' is the platform's own";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public static bool IsAuthor(string author) =>
        string.Equals(author.Trim(), Author, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses whoever calls themselves the brake; true if it did.</summary>
    public static async Task<bool> RefuseAsync(HttpContext context, string author)
    {
        if (!IsAuthor(author))
            return false;
        await Problem
            .Of(
                new Core.Events.Rejection(
                    Core.Events.RejectionReason.BadValue,
                    "/author",
                    $"The author must be {Reserved}."
                )
            )
            .WriteAsync(context);
        return true;
    }

    /// <summary>Publishes the version without the rule's effect; tries again, ever more seldom, until it is done or out of date.</summary>
    public async Task StopAsync(TenantEdge edge, BrakeTrip trip)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        while (edge.Model?.Version == trip.Version)
        {
            try
            {
                await PublishAsync(edge, trip);
                return;
            }
            catch (ObjectDisposedException)
            {
                return; // the service stops
            }
            catch (Exception error) // nobody waits for this: it has to go on by itself
            {
                GateEvents.NotBraked(logger, edge.Tenant.Value, error.GetType().Name, trip.Cause, error.Message);
            }
            await Task.Delay(pause, clock);
            pause = pause + pause < LongestPause ? pause + pause : LongestPause;
        }
    }

    private async Task PublishAsync(TenantEdge edge, BrakeTrip trip)
    {
        using GateTurn turn = await keeper.TakeAsync(edge.Tenant, CancellationToken.None);
        GateOverview overview = await turn.Gate.OverviewAsync(CancellationToken.None);
        if (overview.Latest != trip.Version || edge.Model is not { } model || model.Version != trip.Version)
            return;
        GateDocument rules = model.Document with
        {
            Rules = [.. model.Document.Rules.Select(x => x.Id == trip.Rule ? x with { Mode = RuleMode.Shadow } : x)],
        };
        PublishOutcome outcome = await turn.PublishAsync(
            new(rules, Author, trip.Cause, trip.Version, Brake: trip),
            confirmed: true,
            CancellationToken.None
        );
        if (outcome is not PublishOutcome.Published published)
            return; // somebody was faster
        GateInstruments.Brakes.Add(1);
        GateEvents.Braked(logger, edge.Tenant.Value, published.Version.Version, trip.Cause);
    }
}
