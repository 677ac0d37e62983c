using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Server.Edge.Reports;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary>What operators say about identity, and what they may ask before and after.</summary>
internal sealed class IdentityEndpoints(TenantRegistry registry, TimeProvider clock)
{
    internal const int WordsMax = 500;

    public Task StrategiesAsync(HttpContext context) => AnswerAsync(context, new CellQuery.Strategies());

    public Task HealthAsync(HttpContext context) => AnswerAsync(context, new CellQuery.IdentityHealth());

    /// <summary><c>PUT /v1/identity/strategy</c>: comes into force at once; customers are put together anew.</summary>
    public Task PublishAsync(HttpContext context) =>
        WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                string author = reader.Text("author", WordsMax, "");
                string note = reader.Text("note", WordsMax, "");
                Strategy? strategy = ReadStrategy(reader);
                if (!reader.Finish(out Rejection rejection) || strategy is null)
                    return rejection;
                await PublishAsync(
                    context,
                    cell,
                    ControlDocument.StrategyKind,
                    ControlDocument.Strategy(strategy, author, note)
                );
                return null;
            }
        );

    /// <summary><c>POST /v1/identity/strategies/try</c>: what a strategy would change; nothing is changed.</summary>
    public Task TryAsync(HttpContext context) =>
        WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                string heldOut = reader.Text("heldOut", EventLimits.IdentifierType, "");
                Strategy? strategy = ReadStrategy(reader);
                if (!reader.Finish(out Rejection rejection) || strategy is null)
                    return rejection;
                await LongAnswer.WriteAsync(
                    context,
                    clock,
                    100,
                    progress => TryAsync(cell, strategy, heldOut, progress, context.RequestAborted),
                    context.RequestAborted
                );
                return null;
            }
        );

    /// <summary><c>PUT /v1/identity/links</c>: two identifiers belong together, or no longer by this word.</summary>
    public Task LinkAsync(HttpContext context) => PairAsync(context, ControlDocument.LinkKind);

    /// <summary><c>PUT /v1/identity/separations</c>: two identifiers do not belong together, or no longer by this word.</summary>
    public Task SeparateAsync(HttpContext context) => PairAsync(context, ControlDocument.SeparateKind);

    /// <summary><c>POST /v1/identity/why</c>: why two identifiers are, or are not, one customer.</summary>
    public Task WhyAsync(HttpContext context) =>
        WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                (string, Token A)? a = ReadEnd(context, reader, cell, "a");
                (string, Token B)? b = ReadEnd(context, reader, cell, "b");
                if (!reader.Finish(out Rejection rejection))
                    return rejection;
                CellQuery query = new CellQuery.WhyPair(a!.Value.A, b!.Value.B);
                await WriteAsync(context, (await cell.QueryAsync(query, context.RequestAborted))!);
                return null;
            }
        );

    private Task PairAsync(HttpContext context, string kind) =>
        WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                if (!TryReadPair(context, reader, cell, kind, isPreview: false, out byte[] document))
                    return reader.Failure;
                await PublishAsync(context, cell, kind, document);
                return null;
            }
        );

    /// <summary>Reads an operator's word on two identifiers; false if the reader has a failure.</summary>
    /// <param name="isPreview">Nothing is said yet: no reason is needed.</param>
    internal static bool TryReadPair(
        HttpContext context,
        ObjectReader reader,
        ITenantCell cell,
        string kind,
        bool isPreview,
        out byte[] document
    )
    {
        bool holds = reader.Bool("holds", otherwise: true);
        string reason = reader.Text("reason", WordsMax, isPreview ? "" : null);
        string author = reader.Text("author", WordsMax, "");
        (string, Token)? a = ReadEnd(context, reader, cell, "a");
        (string, Token)? b = ReadEnd(context, reader, cell, "b");
        if (reader.Failure is null && a == b)
            reader.Fail(RejectionReason.BadValue, "b", "The two identifiers are the same.");
        bool read = reader.Finish(out _);
        document = read ? ControlDocument.Pair(kind, a!.Value, b!.Value, holds, reason, author) : [];
        return read;
    }

    private static async Task<JsonDocument> TryAsync(
        ITenantCell cell,
        Strategy strategy,
        string heldOut,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        CellQuery query = new CellQuery.TryStrategy(strategy, heldOut.Length == 0 ? null : heldOut, progress);
        return await cell.QueryAsync(query, cancellation) is { } answer
            ? JsonDocument.Parse(answer)
            : throw new ControlRefusedException(
                new(RejectionReason.BadValue, "/heldOut", "No event has shown an identifier of this type.")
            );
    }

    private static Strategy? ReadStrategy(ObjectReader reader)
    {
        if (reader.Part("strategy") is not { } json)
            return null;
        try
        {
            return StrategyJson.Read(json);
        }
        catch (JsonException error)
        {
            reader.Fail(new Rejection(RejectionReason.BadValue, $"/strategy{PathOf(error)}", error.Message));
            return null;
        }
    }

    internal static string PathOf(JsonException error) =>
        error.Message.StartsWith('/') ? error.Message[..error.Message.IndexOf(':', StringComparison.Ordinal)] : "";

    internal static (string Type, Token Token)? ReadEnd(
        HttpContext context,
        ObjectReader reader,
        ITenantCell cell,
        string name
    )
    {
        if (reader.Element(name) is not { } element)
        {
            reader.Fail(RejectionReason.MissingField, name, "The field is required.");
            return null;
        }
        if (
            IdentifierDocument.TryRead(
                new ObjectReader(element),
                context.Tenant(),
                cell,
                out string type,
                out Token token,
                out Rejection rejection
            )
        )
            return (type, token);
        reader.Fail(new Rejection(rejection.Reason, $"/{name}{rejection.Pointer}", rejection.Message));
        return null;
    }

    internal async Task WithBodyAsync(HttpContext context, Func<ObjectReader, ITenantCell, Task<Rejection?>> act)
    {
        (JsonDocument? body, Problem? problem) = await DocumentBody.ReadAsync(context);
        using (body)
        {
            if (body is null)
            {
                await problem!.WriteAsync(context);
                return;
            }
            using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
            if (await act(new ObjectReader(body.RootElement), lease.Cell) is { } rejection)
                await Problem.Of(rejection).WriteAsync(context);
        }
    }

    internal static async Task PublishAsync(HttpContext context, ITenantCell cell, string kind, byte[] document)
    {
        using JsonDocument parsed = JsonDocument.Parse(document);
        ControlReceipt receipt = await cell.PublishControlAsync(kind, parsed.RootElement, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(new IdentityReceipt(receipt.Position), context.RequestAborted);
    }

    internal async Task AnswerAsync(HttpContext context, CellQuery query)
    {
        using CellLease lease = await registry.UseAsync(context.Tenant().Id, context.RequestAborted);
        await WriteAsync(context, (await lease.Cell.QueryAsync(query, context.RequestAborted))!);
    }

    internal static async Task WriteAsync(HttpContext context, byte[] answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }
}

/// <param name="Position">Of the statement in the tenant's log; it is in force once this is answered.</param>
internal sealed record IdentityReceipt(long Position);
