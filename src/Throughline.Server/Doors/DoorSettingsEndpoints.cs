using System.Buffers;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Doors.Mapping;
using Throughline.Server.Tenants;

namespace Throughline.Server.Doors;

/// <summary>How a tenant's foreign events are read, and what was refused of them.</summary>
internal sealed class DoorSettingsEndpoints(TenantRegistry registry, RejectionBook book)
{
    /// <summary><c>GET /v1/doors</c>.</summary>
    public Task ShowAsync(HttpContext context)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonWriting.Options))
        {
            json.WriteStartObject();
            json.WritePropertyName("mapping"u8);
            json.WriteRawValue(DoorDocument.Write(context.Tenant().Doors));
            DoorDocument.WriteRules(json, "defaults", DefaultRules.All);
            json.WriteEndObject();
        }
        return AnswerAsync(context, buffer.WrittenMemory);
    }

    /// <summary><c>PUT /v1/doors</c>: the whole mapping, in force for what comes from now on.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            if (body is null)
                await problem!.WriteAsync(context);
            else if (!DoorDocument.TryRead(body.RootElement, out DoorModel model, out Rejection rejection))
                await Problem.Of(rejection).WriteAsync(context);
            else
            {
                registry.SetDoors(context.Tenant().Id, model);
                await AnswerAsync(context, DoorDocument.Write(model));
            }
        }
    }

    /// <summary><c>GET /v1/doors/rejections</c>.</summary>
    public Task RejectionsAsync(HttpContext context)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonWriting.Options))
            book.Write(context.Tenant().Id, json);
        return AnswerAsync(context, buffer.WrittenMemory);
    }

    private static async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }
}
