using System.Text;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Api;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Publishing;

/// <summary>
/// The lists of a tenant's gate, whose entries come and go without a publication of rules. Values stand in bodies, never in addresses:
/// they are people's.
/// </summary>
internal sealed class GateListEndpoints(GateKeeper keeper)
{
    private const int NameSegment = 3; // /v1/gate/lists/{id}/entries
    private const int BytesMax = 16 << 20;

    public async Task AllAsync(HttpContext context)
    {
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new GateListsAnswer([
                .. turn.Edge.Lists.All.Select(list => new GateListSummary(
                    list.Name,
                    Words.Of(list.Kind),
                    list.Count,
                    list.EntriesMax,
                    list.Refused,
                    list.Version
                )),
            ]),
            context.RequestAborted
        );
    }

    /// <summary><c>GET /v1/gate/lists/{id}</c>: what counts now, entries that rules have added too.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        GateList? list;
        long now;
        using (GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted))
            (list, now) = (turn.Edge.Lists.Find(RouteText.Segment(context, NameSegment)), turn.Now);
        if (list is null)
            await Problem.Of(ProblemReason.NotFound, "There is no list of this name.").WriteAsync(context);
        else
            await context.Response.WriteAsJsonAsync(
                new GateListAnswer(
                    list.Name,
                    Words.Of(list.Kind),
                    [
                        .. list.Entries(now)
                            .Select(entry => new GateEntryDocument(
                                entry.Value,
                                entry.ExpiresAt is { } end ? EventTime.ToText(end) : null,
                                entry.Source,
                                entry.Reason
                            )),
                    ]
                ),
                context.RequestAborted
            );
    }

    /// <summary><c>POST /v1/gate/lists/{id}/entries</c>: adds, or renews what is there.</summary>
    public Task AddAsync(HttpContext context) => ChangeAsync(context, ListChangeKind.Add);

    /// <summary><c>PUT /v1/gate/lists/{id}/entries</c>: all entries of the source are these from now on.</summary>
    public Task ReplaceAsync(HttpContext context) => ChangeAsync(context, ListChangeKind.Replace);

    /// <summary><c>DELETE /v1/gate/lists/{id}/entries</c>.</summary>
    public Task RemoveAsync(HttpContext context) => ChangeAsync(context, ListChangeKind.Remove);

    private async Task ChangeAsync(HttpContext context, ListChangeKind kind)
    {
        (byte[]? bytes, Problem? problem) = await GateBody.ReadBytesAsync(context, BytesMax);
        if (bytes is null)
        {
            await problem!.WriteAsync(context);
            return;
        }
        string name = RouteText.Segment(context, NameSegment);
        GateEntriesReader reader = new(name, kind);
        (GateListChange? change, bool saysKind) = (null, false);
        switch (GateBody.TypeOf(context))
        {
            case GateBody.Json:
                (change, saysKind) = reader.ReadJson(bytes, out problem);
                break;
            case "text/plain" when kind != ListChangeKind.Remove:
                (change, saysKind) = reader.ReadText(bytes, new(context), out problem);
                break;
            default:
                problem = Problem.Of(ProblemReason.UnsupportedMediaType, "Send application/json or text/plain.");
                break;
        }
        if (change is null)
        {
            await problem!.WriteAsync(context);
            return;
        }
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateList? there = turn.Edge.Lists.Find(name);
        if (there is null && kind == ListChangeKind.Remove)
        {
            await Problem.Of(ProblemReason.NotFound, "There is no list of this name.").WriteAsync(context);
            return;
        }
        if (there is not null && !saysKind)
            change = change with { Of = there.Kind };
        if (GateEntriesReader.Check(change) is { } wrong)
            await wrong.WriteAsync(context);
        else if (!await turn.ChangeAsync(change, context.RequestAborted))
            await Problem
                .Of(
                    new Rejection(
                        RejectionReason.BadValue,
                        "/kind",
                        "The list exists and is of another kind, or there are too many."
                    )
                )
                .WriteAsync(context);
        else
            await context.Response.WriteAsJsonAsync(
                new GateListChanged(name, turn.Edge.Lists.Find(name)!.Count, change.Entries.Count),
                context.RequestAborted
            );
    }
}

/// <summary>Reads changes of a list: JSON, or one value a line.</summary>
internal sealed class GateEntriesReader(string list, ListChangeKind kind)
{
    private const int TextMax = 512;
    private const int EntriesMax = 2_000_000;
    private const int SourceMax = 128;

    /// <summary>What is wrong with a change; null if nothing is.</summary>
    public static Problem? Check(GateListChange change)
    {
        // The compiler of rules knows what names are, and what entries of a kind may be.
        ListDocument document = new()
        {
            Name = change.List,
            Kind = change.Of,
            Of = change.Of == ListKind.Address ? null : OfKind(change.Of),
            Entries = change.Entries,
        };
        _ = GateModel.Create(
            new() { Lists = [document] },
            0,
            out IReadOnlyList<GateIssue> issues,
            GateLimits.Default with
            {
                EntriesMax = EntriesMax,
            }
        );
        return issues.Count == 0
            ? null
            : GateProblems.Invalid([
                .. issues.Select(issue =>
                    issue with
                    {
                        Path = issue.Path.Replace("/lists/0", "", StringComparison.Ordinal),
                    }
                ),
            ]);
    }

    public (GateListChange?, bool SaysKind) ReadJson(byte[] bytes, out Problem? problem)
    {
        try
        {
            using JsonDocument body = JsonDocument.Parse(bytes, new() { MaxDepth = EventLimits.Depth });
            ObjectReader reader = new(body.RootElement);
            (bool hasSource, bool saysKind) = (reader.Has("source"), reader.Has("kind"));
            string word = reader.Text("kind", 16, otherwise: "address");
            string source = reader.Text("source", SourceMax, otherwise: "api");
            string author = reader.Text("author", SourceMax);
            if (!Enum.TryParse(word, ignoreCase: true, out ListKind of) || Words.Of(of) != word)
                reader.Fail(RejectionReason.BadValue, "kind", "The kind must be address, text, contains or number.");
            IReadOnlyList<ListEntryDocument> entries =
                kind == ListChangeKind.Remove
                    ? [.. reader.Texts("values", EntriesMax).Select(value => new ListEntryDocument(value))]
                    : Entries(reader);
            if (entries.Count == 0 && kind != ListChangeKind.Replace && reader.Failure is null)
                reader.Fail(
                    RejectionReason.Empty,
                    kind == ListChangeKind.Remove ? "values" : "entries",
                    "There is nothing to do."
                );
            problem = reader.Finish(out Rejection rejection) ? null : Problem.Of(rejection);
            // A removal without a source takes the value out, whoever put it in.
            string? whose = kind == ListChangeKind.Remove && !hasSource ? null : source;
            return problem is null
                ? (
                    new(list, of, kind, whose, [.. entries.Select(entry => entry with { Source = whose })], author),
                    saysKind
                )
                : (null, false);
        }
        catch (JsonException)
        {
            problem = Problem.Of(
                new Rejection(RejectionReason.MalformedJson, "", "The body is not one JSON document.")
            );
            return (null, false);
        }
    }

    /// <summary>One value a line; what follows <c>#</c> is a remark. Kind, source, expiry and reason stand beside the body.</summary>
    public (GateListChange?, bool SaysKind) ReadText(byte[] bytes, GateQuery query, out Problem? problem)
    {
        string author = query.Author;
        string source = query.Text("source", SourceMax) is { Length: > 0 } named ? named : "import";
        string reason = query.Text("reason", TextMax);
        string word = query.Text("kind", 16);
        string expires = query.Text("expires", 64);
        ListKind of = ListKind.Address;
        long? end = null;
        problem = query.Problem;
        if (word.Length > 0 && (!Enum.TryParse(word, ignoreCase: true, out of) || Words.Of(of) != word))
            problem ??= GateProblems.Bad("kind", "address, text, contains or number");
        if (expires.Length > 0)
        {
            if (EventTime.TryParse(Encoding.UTF8.GetBytes(expires), out long time) == TimeStatus.Ok)
                end = time;
            else
                problem ??= GateProblems.Bad("expires", "RFC 3339 text");
        }
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            problem ??= Problem.Of(new Rejection(RejectionReason.InvalidUtf8, "", "The body is not UTF-8."));
        if (problem is not null)
            return (null, false);
        List<ListEntryDocument> entries = [];
        foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(bytes).AsSpan().EnumerateLines())
        {
            int remark = line.IndexOf('#');
            ReadOnlySpan<char> value = (remark < 0 ? line : line[..remark]).Trim();
            if (value.Length > 0)
                entries.Add(new(value.ToString(), end, source, reason.Length == 0 ? null : reason));
        }
        return (new(list, of, kind, source, entries, author), word.Length > 0);
    }

    private static IReadOnlyList<ListEntryDocument> Entries(ObjectReader reader)
    {
        List<ListEntryDocument> found = [];
        int place = 0;
        foreach (JsonElement entry in reader.Objects("entries", EntriesMax))
        {
            ObjectReader one = new(entry);
            string value = one.Text("value", TextMax);
            long end = one.Time("expires", otherwise: long.MaxValue);
            string reason = one.Text("reason", TextMax, otherwise: "");
            if (!one.Finish(out Rejection rejection))
                reader.Fail(rejection with { Pointer = $"/entries/{place}{rejection.Pointer}" });
            found.Add(new(value, end == long.MaxValue ? null : end, null, reason.Length == 0 ? null : reason));
            place++;
        }
        return found;
    }

    // Any expression of the type does: only the entries are checked.
    private static string OfKind(ListKind kind) => kind == ListKind.Number ? "request.asn" : "ua.text";
}
