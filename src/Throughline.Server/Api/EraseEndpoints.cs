using System.ComponentModel;
using Throughline.Core.Events;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>
/// Erases a customer, named by any identifier or by its id, or an identifier alone; tells beforehand what would follow, and afterwards how far it
/// is carried out in the files.
/// </summary>
internal sealed class EraseEndpoints(IdentityEndpoints identity)
{
    /// <summary><c>POST /v1/identity/erase</c>: nothing is answered of the customer any more once this is; the files follow.</summary>
    public Task EraseAsync(HttpContext context) =>
        identity.WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                if (
                    !TryRead(context, reader, cell, isPreview: false, out EraseRequest request, out Rejection rejection)
                )
                    return rejection;
                if (await cell.EraseAsync(request, context.RequestAborted) is not { } receipt)
                {
                    await Problem.Of(ProblemReason.NotFound, Unknown).WriteAsync(context);
                    return null;
                }
                await context.Response.WriteAsJsonAsync(
                    new EraseAnswer(
                        receipt.Position,
                        receipt.WithEvents ? "customer" : "identifier",
                        receipt.Identifiers
                    ),
                    context.RequestAborted
                );
                return null;
            }
        );

    /// <summary><c>POST /v1/identity/erase/preview</c></summary>
    public Task PreviewAsync(HttpContext context) =>
        identity.WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                if (!TryRead(context, reader, cell, isPreview: true, out EraseRequest request, out Rejection rejection))
                    return rejection;
                if (await cell.QueryAsync(new CellQuery.PreviewErase(request), context.RequestAborted) is { } answer)
                    await IdentityEndpoints.WriteAsync(context, answer);
                else
                    await Problem.Of(ProblemReason.NotFound, Unknown).WriteAsync(context);
                return null;
            }
        );

    /// <summary><c>GET /v1/identity/erasures</c></summary>
    public Task ListAsync(HttpContext context) => identity.AnswerAsync(context, new CellQuery.Erasures());

    private const string Unknown = "No event has shown this identifier.";

    // Whoever erases says why; a preview need not.
    private static bool TryRead(
        HttpContext context,
        ObjectReader reader,
        ITenantCell cell,
        bool isPreview,
        out EraseRequest request,
        out Rejection rejection
    )
    {
        string reason = reader.Text("reason", IdentityEndpoints.WordsMax, isPreview ? "" : null);
        string author = reader.Text("author", IdentityEndpoints.WordsMax, "");
        string scope = reader.Text("scope", 16, "customer");
        if (scope is not ("customer" or "identifier"))
            reader.Fail(RejectionReason.BadValue, "scope", "The scope is customer or identifier.");
        bool isCustomer = reader.Has("customer");
        string customer = reader.Text("customer", 64, "");
        if (isCustomer && scope != "customer")
            reader.Fail(RejectionReason.BadValue, "scope", "A customer's id names a customer, not an identifier.");
        Token subject;
        bool isRead = isCustomer
            ? TryReadCustomer(reader, customer, out subject, out rejection)
            : IdentifierDocument.TryRead(reader, context.Tenant(), cell, out _, out subject, out rejection);
        request = new(subject, isCustomer, scope == "identifier", reason, author);
        return isRead;
    }

    private static bool TryReadCustomer(ObjectReader reader, string id, out Token customer, out Rejection rejection)
    {
        if (!Token.TryParse(id, out customer))
            reader.Fail(RejectionReason.BadValue, "customer", "This is no customer's id.");
        return reader.Finish(out rejection);
    }
}

internal sealed record EraseAnswer(
    [property: Description(
        "Of the statement in the tenant's log; GET /v1/identity/erasures tells when the files hold nothing any more"
    )]
        long Position,
    [property: Description("customer: with the events that were its; identifier: those that the statement names alone")]
        string Scope,
    [property: Description("Identifiers that were erased")] int Identifiers
);

internal sealed record ErasePreviewRequestSchema(
    string? Type,
    string? Value,
    [property: Description("A customer's id, in place of type and value")] string? Customer,
    [property: Description("customer (default): all of its identifiers; identifier: this one alone")] string? Scope
);

internal sealed record EraseRequestSchema(
    string? Type,
    string? Value,
    [property: Description("A customer's id, in place of type and value")] string? Customer,
    [property: Description("customer (default): all of its identifiers; identifier: this one alone")] string? Scope,
    string Reason,
    string? Author
);

internal sealed record ErasuresSchema(
    int Total,
    [property: Description("Some file still holds what is to go")] bool Pending,
    [property: Description("Events whose personal part was taken, over all erasures")] long Events,
    [property: Description("Of the look through the log that is under way")] EraseProgressSchema? Progress,
    [property: Description("The latest 1,000, newest first")] IReadOnlyList<ErasureSchema> Erasures
);

internal sealed record EraseProgressSchema(long Done, long Total);

internal sealed record ErasureSchema(
    long Position,
    string Time,
    [property: Description("customer or identifier")] string Scope,
    int Identifiers,
    string Reason,
    string Author,
    [property: Description("No file holds anything of it any more")] bool Done
);
