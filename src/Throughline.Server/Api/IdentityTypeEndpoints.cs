using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Identity.Types;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>How a tenant's identifier types are configured, and which are frozen.</summary>
internal sealed class IdentityTypeEndpoints(TenantRegistry registry)
{
    private const int WordsMax = 500;

    /// <summary><c>GET /v1/identity/types</c>.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        byte[] answer = (await lease.Cell.QueryAsync(new CellQuery.IdentifierTypes(), context.RequestAborted))!;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary><c>PUT /v1/identity/types</c>: in force for events that come from now on.</summary>
    public Task PublishAsync(HttpContext context) =>
        SayAsync(
            context,
            ControlDocument.TypesKind,
            reader =>
            {
                string author = reader.Text("author", WordsMax, "");
                string note = reader.Text("note", WordsMax, "");
                return ReadTypes(reader) is { } types ? ControlDocument.Types(types, author, note) : null;
            }
        );

    /// <summary><c>PUT /v1/identity/freezes</c>: what is seen of a frozen type links nobody.</summary>
    public Task FreezeAsync(HttpContext context) =>
        SayAsync(
            context,
            ControlDocument.FreezeKind,
            reader =>
            {
                string type = reader.Text("type", EventLimits.IdentifierType);
                bool frozen = reader.Bool("frozen", otherwise: true);
                string reason = reader.Text("reason", WordsMax);
                string author = reader.Text("author", WordsMax, "");
                if (!IdentifierNormaliser.IsTypeName(Encoding.UTF8.GetBytes(type)))
                    reader.Fail(RejectionReason.BadIdentifierType, "type", "The type must match [a-z][a-z0-9_]{0,31}.");
                return ControlDocument.Freeze(type, frozen, reason, author);
            }
        );

    private async Task SayAsync(HttpContext context, string kind, Func<ObjectReader, byte[]?> read)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            if (body is null)
            {
                await problem!.WriteAsync(context);
                return;
            }
            ObjectReader reader = new(body.RootElement);
            byte[]? document = read(reader);
            if (!reader.Finish(out Rejection rejection) || document is null)
            {
                await Problem.Of(rejection).WriteAsync(context);
                return;
            }
            using JsonDocument parsed = JsonDocument.Parse(document);
            using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
            ControlReceipt receipt = await lease.Cell.PublishControlAsync(
                kind,
                parsed.RootElement,
                context.RequestAborted
            );
            await context.Response.WriteAsJsonAsync(new IdentityReceipt(receipt.Position), context.RequestAborted);
        }
    }

    private static IdentifierTypes? ReadTypes(ObjectReader reader)
    {
        if (reader.Part("types") is not { } json)
            return null;
        try
        {
            return IdentifierTypesJson.Read(json);
        }
        catch (JsonException error)
        {
            string message = error.Message;
            string place = message.StartsWith('/') ? message[..message.IndexOf(':', StringComparison.Ordinal)] : "";
            reader.Fail(new Rejection(RejectionReason.BadValue, $"/types{place}", message));
            return null;
        }
    }
}
