using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Brake;
using Throughline.Core.Tenant;
using Throughline.Server.Api;

namespace Throughline.Server.Edge.Publishing;

/// <summary>How a tenant's gate is run: four eyes, the share guard, whether answers wait for records.</summary>
internal sealed class GateSettingsEndpoints(GateKeeper keeper)
{
    private const int AuthorMax = 128;

    public async Task ShowAsync(HttpContext context)
    {
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        await WriteAsync(context, (await turn.Gate.OverviewAsync(context.RequestAborted)).Settings);
    }

    /// <summary><c>PUT /v1/gate/settings</c>: what is not named stays.</summary>
    public async Task SetAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            if (body is null)
            {
                await problem!.WriteAsync(context);
                return;
            }
            using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
            GateSettings old = (await turn.Gate.OverviewAsync(context.RequestAborted)).Settings;
            ObjectReader reader = new(body.RootElement);
            string author = reader.Text("author", AuthorMax);
            GateSettings settings = new(
                reader.Bool("fourEyes", old.FourEyes),
                reader.Number("sharePercentMax", 0, 100, old.SharePercentMax),
                reader.Bool("sync", old.Sync),
                ReadBrake(reader, old.BrakeInForce)
            );
            if (!reader.Finish(out Rejection rejection))
            {
                await Problem.Of(rejection).WriteAsync(context);
                return;
            }
            await turn.Gate.SetAsync(settings, author, context.RequestAborted);
            turn.Follow(settings);
            await WriteAsync(context, settings);
        }
    }

    private static BrakeSettings ReadBrake(ObjectReader reader, BrakeSettings old)
    {
        if (reader.Element("brake") is not { } element)
            return old;
        ObjectReader brake = new(element);
        BrakeSettings read = new(
            brake.Bool("isOn", old.IsOn),
            brake.Number("peoplePercentMax", 0, 100, old.PeoplePercentMax),
            brake.Integer("peopleMin", 1, 1_000, old.PeopleMin),
            brake.Number("canaryPercentMax", 0, 100, old.CanaryPercentMax),
            brake.Number("enforcePercentMax", 0, 100, old.EnforcePercentMax),
            brake.Number("solvedPercentMax", 0, 100, old.SolvedPercentMax),
            brake.Integer("windowMs", (int)BrakeSettings.WindowMin, (int)BrakeSettings.WindowMax, (int)old.WindowMs)
        );
        if (!brake.Finish(out Rejection rejection))
            reader.Fail(rejection with { Pointer = "/brake" + rejection.Pointer });
        return read;
    }

    private static Task WriteAsync(HttpContext context, GateSettings settings) =>
        context.Response.WriteAsJsonAsync(
            new GateSettingsDocument(settings.FourEyes, settings.SharePercentMax, settings.Sync, settings.BrakeInForce),
            context.RequestAborted
        );
}
