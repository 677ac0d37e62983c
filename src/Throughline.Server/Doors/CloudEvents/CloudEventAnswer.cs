using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Ingest;

namespace Throughline.Server.Doors.CloudEvents;

/// <summary>An event that is sent alone and refused fails its request, since its sender can be told; a batch is answered as at every door.</summary>
internal sealed class CloudEventAnswer : DoorAnswer
{
    private Problem? problem;

    public override void Prepare(DoorBatch batch, DoorResults results, ResultList events)
    {
        base.Prepare(batch, results, events);
        if (batch.PlaceOf(0).Length > 0 || events.Rejected == 0)
            return;
        Rejection rejection = events.Rejection(events[0]);
        if (ResultList.IsLate(rejection))
            rejection = DoorResults.Told(rejection, batch, 0);
        problem = Problem.Of(rejection) with { Title = "The event is not valid." };
    }

    public override Task WriteAsync(HttpContext context) => problem?.WriteAsync(context) ?? base.WriteAsync(context);
}
