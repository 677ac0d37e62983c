using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>What an operator's word on identifiers would do: links that lose, customers and credit that move. Nothing is changed.</summary>
internal sealed class PreviewEndpoints(IdentityEndpoints identity)
{
    /// <summary><c>POST /v1/identity/links/preview</c></summary>
    public Task LinkAsync(HttpContext context) => PairAsync(context, ControlDocument.LinkKind);

    /// <summary><c>POST /v1/identity/separations/preview</c></summary>
    public Task SeparateAsync(HttpContext context) => PairAsync(context, ControlDocument.SeparateKind);

    /// <summary><c>POST /v1/blocked-values/preview</c></summary>
    public Task BlockAsync(HttpContext context) =>
        identity.WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                bool blocked = reader.Bool("blocked", otherwise: true);
                if (
                    !IdentifierDocument.TryRead(
                        reader,
                        context.Tenant(),
                        cell,
                        out string type,
                        out Token token,
                        out Rejection rejection
                    )
                )
                    return rejection;
                await AnswerAsync(context, cell, ControlDocument.Block(type, token, blocked));
                return null;
            }
        );

    private Task PairAsync(HttpContext context, string kind) =>
        identity.WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                if (!IdentityEndpoints.TryReadPair(context, reader, cell, kind, isPreview: true, out byte[] document))
                    return reader.Failure;
                await AnswerAsync(context, cell, document);
                return null;
            }
        );

    private static async Task AnswerAsync(HttpContext context, ITenantCell cell, byte[] document) =>
        await IdentityEndpoints.WriteAsync(
            context,
            (await cell.QueryAsync(new CellQuery.Preview(document), context.RequestAborted))!
        );
}
