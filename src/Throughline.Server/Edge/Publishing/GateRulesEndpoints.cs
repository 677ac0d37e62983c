using System.Text;
using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Server.Api;
using Throughline.Server.Edge.Rules;
using Throughline.Server.Tenants;

namespace Throughline.Server.Edge.Publishing;

/// <summary>The rules of a tenant's gate: publish, read, compare, roll back; under four eyes propose and approve.</summary>
internal sealed class GateRulesEndpoints(GateKeeper keeper)
{
    private const int ProposalSegment = 4; // /v1/gate/rules/proposals/{id}/approve
    private const int AuthorMax = 128;
    private const int NoteMax = 1000;

    /// <summary><c>PUT /v1/gate/rules?author=&amp;note=&amp;base=&amp;confirm=</c>.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        (GateStatement? statement, bool confirmed, Problem? problem) = await ReadAsync(context);
        if (statement is null)
        {
            await problem!.WriteAsync(context);
            return;
        }
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        if (overview.Settings.FourEyes)
            await Problem.Of(ProblemReason.ApprovalNeeded).WriteAsync(context);
        else
            await AnswerAsync(context, await turn.PublishAsync(statement, confirmed, context.RequestAborted));
    }

    /// <summary><c>GET /v1/gate/rules?version=</c>, as YAML for those who accept it.</summary>
    public async Task ShowAsync(HttpContext context)
    {
        GateQuery query = new(context);
        long? asked = query.Number("version");
        if (query.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        GateVersion? version = overview.Versions.LastOrDefault(x => asked is null || x.Version == asked);
        if (version is null || await turn.Gate.RulesAsync(version.Version, context.RequestAborted) is not { } rules)
            await Problem
                .Of(
                    ProblemReason.NotFound,
                    asked is null ? "No rules were published yet." : $"There is no version {asked}."
                )
                .WriteAsync(context);
        else if (context.Request.Headers.Accept.ToString().Contains("yaml", StringComparison.OrdinalIgnoreCase))
            await WriteTextAsync(context, GateBody.Yaml, GateYamlWriter.Write(rules));
        else
            await context.Response.WriteAsJsonAsync(
                new GateRulesAnswer(
                    GateVersionAnswer.Of(version),
                    GateJson.ToElement(rules),
                    version.Version == overview.Latest ? [.. overview.Braked.Select(GateBrakeAnswer.Of)] : []
                ),
                context.RequestAborted
            );
    }

    public async Task VersionsAsync(HttpContext context)
    {
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new GateVersionsAnswer([.. overview.Versions.Select(GateVersionAnswer.Of).Reverse()]),
            context.RequestAborted
        );
    }

    /// <summary><c>GET /v1/gate/rules/diff?from=&amp;to=</c>: the last two versions unless told otherwise.</summary>
    public async Task DiffAsync(HttpContext context)
    {
        GateQuery query = new(context);
        (long? from, long? to) = (query.Number("from"), query.Number("to"));
        if (query.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        long until = to ?? overview.Latest;
        long since = from ?? until - 1;
        // Version 0 is nothing at all: so the first version has a difference, too.
        GateDocument? old = since == 0 ? new() : await turn.Gate.RulesAsync(since, context.RequestAborted);
        GateDocument? now = await turn.Gate.RulesAsync(until, context.RequestAborted);
        if (old is null || now is null)
            await Problem
                .Of(ProblemReason.NotFound, $"There is no version {(old is null ? since : until)}.")
                .WriteAsync(context);
        else
            await context.Response.WriteAsJsonAsync(
                new GateDiffAnswer(since, until, [.. GateDiff.Of(old, now).Select(GateDifferenceAnswer.Of)]),
                context.RequestAborted
            );
    }

    /// <summary><c>POST /v1/gate/rules/rollback</c>: an older version, in force again at once. What was in force needs no new approval.</summary>
    public async Task RollbackAsync(HttpContext context)
    {
        if (
            await DocumentBody.MembersAsync(
                context,
                reader =>
                    (
                        Version: reader.Integer("version", 1, int.MaxValue, otherwise: 0),
                        Author: reader.Text("author", AuthorMax),
                        Note: reader.Text("note", NoteMax, otherwise: "")
                    )
            )
                is not { } told
            || await GateBrakes.RefuseAsync(context, told.Author)
        )
            return;
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        long wanted = told.Version == 0 ? overview.Latest - 1 : told.Version;
        if (await turn.Gate.RulesAsync(wanted, context.RequestAborted) is not { } rules)
        {
            await Problem
                .Of(
                    ProblemReason.NotFound,
                    wanted < 1 ? "There is no version before the one in force." : $"There is no version {wanted}."
                )
                .WriteAsync(context);
            return;
        }
        GateStatement statement = new(rules, told.Author, told.Note.Length == 0 ? null : told.Note, Restores: wanted);
        await AnswerAsync(context, await turn.PublishAsync(statement, confirmed: true, context.RequestAborted));
    }

    /// <summary><c>POST /v1/gate/rules/proposals?author=&amp;note=&amp;base=</c>: checked, kept, not in force.</summary>
    public async Task ProposeAsync(HttpContext context)
    {
        (GateStatement? statement, _, Problem? problem) = await ReadAsync(context);
        if (statement is null)
        {
            await problem!.WriteAsync(context);
            return;
        }
        if (GateModel.Create(statement.Rules, 0, out IReadOnlyList<GateIssue> issues) is null)
        {
            await GateProblems.Invalid(issues).WriteAsync(context);
            return;
        }
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        if (statement.Base is { } expected && expected != overview.Latest)
        {
            await GateProblems.Conflict(overview.Latest).WriteAsync(context);
            return;
        }
        long number = await turn.Gate.ProposeAsync(
            statement with
            {
                Base = statement.Base ?? overview.Latest,
            },
            context.RequestAborted
        );
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsJsonAsync(new GateProposed(number), context.RequestAborted);
    }

    public async Task ProposalsAsync(HttpContext context)
    {
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new GateProposalsAnswer([.. overview.Proposals.Select(GateProposalAnswer.Of).Reverse()]),
            context.RequestAborted
        );
    }

    /// <summary><c>POST /v1/gate/rules/proposals/{id}/approve</c>: by another than who proposed it, and only on top of what that one saw.</summary>
    public async Task ApproveAsync(HttpContext context)
    {
        if (
            await DocumentBody.MembersAsync(
                context,
                reader =>
                    (Author: reader.Text("author", AuthorMax), Confirmed: reader.Bool("confirm", otherwise: false))
            )
                is not { } told
            || await GateBrakes.RefuseAsync(context, told.Author)
        )
            return;
        using GateTurn turn = await keeper.TakeAsync(context.Tenant().Id, context.RequestAborted);
        GateOverview overview = await turn.Gate.OverviewAsync(context.RequestAborted);
        string asked = RouteText.Segment(context, ProposalSegment);
        GateProposal? proposal = overview.Proposals.FirstOrDefault(x => x.Number.ToString() == asked);
        if (proposal is null || await turn.Gate.ProposalAsync(proposal.Number, context.RequestAborted) is not { } rules)
            await Problem.Of(ProblemReason.NotFound, "No proposal has this number.").WriteAsync(context);
        else if (proposal.Version != 0)
            await GateProblems.Conflict(overview.Latest).WriteAsync(context);
        else if (string.Equals(proposal.Author, told.Author, StringComparison.OrdinalIgnoreCase))
            await Problem.Of(ProblemReason.ApprovalNeeded, "Nobody approves their own proposal.").WriteAsync(context);
        else
            await AnswerAsync(
                context,
                await turn.PublishAsync(
                    new(
                        rules,
                        proposal.Author,
                        proposal.Note,
                        proposal.Base,
                        Proposal: proposal.Number,
                        ApprovedBy: told.Author
                    ),
                    told.Confirmed,
                    context.RequestAborted
                )
            );
    }

    private static async Task<(GateStatement?, bool Confirmed, Problem?)> ReadAsync(HttpContext context)
    {
        GateQuery query = new(context);
        (string author, string? note, long? expected) = (query.Author, query.Note, query.Number("base"));
        bool confirmed = query.IsConfirmed;
        if (query.Problem is { } wrong)
            return (null, confirmed, wrong);
        (GateDocument? rules, Problem? problem) = await GateBody.ReadRulesAsync(context);
        return (rules is null ? null : new(rules, author, note, expected), confirmed, problem);
    }

    private static Task AnswerAsync(HttpContext context, PublishOutcome outcome) =>
        outcome is PublishOutcome.Published published
            ? context.Response.WriteAsJsonAsync(
                new GatePublished(
                    GateVersionAnswer.Of(published.Version),
                    published.Shares.Requests,
                    published.Shares.Rules
                ),
                context.RequestAborted
            )
            : GateProblems.Of(outcome).WriteAsync(context);

    private static Task WriteTextAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted).AsTask();
    }
}
