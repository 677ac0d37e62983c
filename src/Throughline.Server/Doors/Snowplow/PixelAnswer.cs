using Throughline.Server.Ingest;

namespace Throughline.Server.Doors.Snowplow;

/// <summary>A transparent picture of one point: what a page that asks for one expects, whatever became of the event.</summary>
internal sealed class PixelAnswer : DoorAnswer
{
    private static readonly byte[] Picture = Convert.FromBase64String(
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    );

    public override void Prepare(DoorBatch batch, DoorResults results, ResultList events)
    {
        // who asks for a picture reads no answer; the book of refusals has it
    }

    public override async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "image/gif";
        context.Response.ContentLength = Picture.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.BodyWriter.WriteAsync(Picture, context.RequestAborted);
    }
}
