using System.Buffers.Binary;
using System.Globalization;
using Throughline.Cel.Library;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;
using Throughline.Server.Tenants;
using KeyHash = Throughline.Core.Gate.Counters.KeyHash;

namespace Throughline.Server.Edge.Challenges;

/// <summary>
/// The challenges of one tenant at this edge: hands out tasks, takes proofs, and says what the clearance of a request is worth. All of it
/// outside of the engine's turn, for many threads; what is remembered is bounded.
/// </summary>
/// <param name="start">Tasks of an earlier run are refused: which of them were solved is not known.</param>
internal sealed class ChallengeDesk(ChallengeModel model, TenantId tenant, long start, UInt128 secret)
{
    /// <summary>Cookies of one name that are looked at: a parent domain may have set another.</summary>
    private const int CookiesMax = 4;

    private const string CookieName = "throughline";
    private const string SecureCookieName = "__Host-throughline";

    private readonly Lock turn = new();
    private readonly SolvedBook solved = new(model.Options.SolvedMax, start);
    private readonly AttemptBook attempts = new(model.Guard, ChallengeModel.ClientsMax);
    private Keys keys = Keys.Of(model, tenant, secret);
    private int clients;

    private ChallengeOptions Options => model.Options;

    /// <summary>Takes the tenant's own key, once it is read.</summary>
    public void Use(UInt128 own) => Volatile.Write(ref keys, Keys.Of(model, tenant, own));

    /// <summary>Whether a request brings a proof: the gate answers it itself.</summary>
    public static bool IsProof(EdgeRequest request) => request.Path == ChallengePage.Target;

    /// <summary>Reads what is known of a request's clearance and challenges into its features.</summary>
    public void Read(EdgeRequest request, RequestFeatures features)
    {
        Keys now = Volatile.Read(ref keys);
        features.Challenges = default(ChallengeCounts);
        features.Clearance = ClearanceOf(request, now.Seal);
        if (Volatile.Read(ref clients) == 0)
            return;
        ulong client = ClientOf(request, now.Hash);
        lock (turn)
        {
            features.Challenges = attempts.CountsOf(client, request.Time);
            if (features.Clearance.State == ClearanceState.Valid)
                attempts.Cleared(client);
            else if (attempts.PassOf(client, request.Time) is var difficulty and > 0)
                features.Clearance = new(ClearanceState.PassedOn, difficulty);
        }
    }

    /// <summary>Hands out a task for a decision that asks for one, if the client can show a page.</summary>
    public void Issue(EdgeExchange exchange)
    {
        EdgeRequest request = exchange.Request;
        GateDecision decision = exchange.Decision;
        if (!Options.Page || !ShowsPages(request))
            return;
        Keys now = Volatile.Read(ref keys);
        int difficulty = exchange.Rule?.Difficulty ?? decision.Route.ChallengeDifficulty ?? model.DifficultyOf(tenant);
        ChallengeTicket ticket = new(
            exchange.Id,
            difficulty,
            request.Time,
            model.TicketMs,
            decision.Version,
            decision.DecidingRule,
            RangeOf(request.Address),
            ChallengeTicket.AgentOf(request.UserAgent),
            ReturnPath.Of(request.Path, request.Query)
        );
        exchange.Ticket = ticket.Close(now.Seal);
        exchange.Reply = ChallengePage.Reply(exchange.Ticket, difficulty, Options.Status);
        decision.Challenge = ChallengeOutcome.Issued;
        lock (turn)
        {
            attempts.Issued(ClientOf(request, now.Hash), request.Time);
            clients = attempts.Count;
        }
    }

    /// <summary>Takes a proof and answers it: a clearance and the way back, or neither.</summary>
    /// <param name="version">The version in force; null if there is none.</param>
    public void Prove(EdgeExchange exchange, GateModel? version)
    {
        EdgeRequest request = exchange.Request;
        GateDecision decision = exchange.Decision;
        Keys now = Volatile.Read(ref keys);
        (string text, string number) = PartsOf(request.Query);
        ChallengeTicket? ticket = null;
        ChallengeFault fault =
            request.Method == "GET"
                ? ChallengeTicket.Check(
                    now.Seal,
                    text,
                    number,
                    request.Address,
                    ChallengeTicket.AgentOf(request.UserAgent),
                    request.Time,
                    out ticket
                )
                : ChallengeFault.Malformed;
        ChallengeOutcome outcome = Note(ref fault, ticket, request, now);
        decision.Reset();
        decision.Action = Core.Events.DecisionAction.Challenge;
        (decision.Challenge, decision.Fault) = (outcome, fault);
        (decision.DecidingRule, decision.Version) = (ticket?.Rule ?? -1, ticket?.Version ?? version?.Version ?? 0);
        (exchange.Kind, exchange.Asked) = (RecordKind.Proof, ticket?.Id);
        exchange.SolvedIn = ticket is null ? null : TimeSpan.FromMilliseconds(request.Time - ticket.IssuedAt);
        exchange.Reply = ReplyOf(outcome, ticket, request, now);
    }

    private ChallengeOutcome Note(ref ChallengeFault fault, ChallengeTicket? ticket, EdgeRequest request, Keys now)
    {
        ulong client = ClientOf(request, now.Hash);
        lock (turn)
        {
            ChallengeOutcome outcome =
                fault == ChallengeFault.None && ticket is not null
                    ? solved.Take(ticket.Id, ticket.IssuedAt, request.Time, model.TicketMs)
                    : ChallengeOutcome.Failed;
            if (outcome == ChallengeOutcome.Failed && fault == ChallengeFault.None)
                fault = ChallengeFault.Expired;
            if (outcome != ChallengeOutcome.Solved)
                attempts.Failed(client, request.Time);
            else if (attempts.Solved(client, ticket!.IssuedAt, ticket.Difficulty, request.Time))
                outcome = ChallengeOutcome.Looped;
            clients = attempts.Count;
            return outcome;
        }
    }

    // Who brings a genuine task that does not count goes back, and is given another one there.
    private ChallengeReply ReplyOf(ChallengeOutcome outcome, ChallengeTicket? ticket, EdgeRequest request, Keys now)
    {
        if (ticket is null)
            return new(
                StatusCodes.Status403Forbidden,
                [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")],
                "This is no proof that was asked for. Go back to the page that you wanted.\n"
            );
        List<(string, string)> headers = [("location", ticket.Return), ("cache-control", "no-store")];
        if (outcome is ChallengeOutcome.Solved or ChallengeOutcome.Looped)
            headers.Add(("set-cookie", CookieOf(ticket, request, now.Seal)));
        return new(StatusCodes.Status303SeeOther, headers, "");
    }

    private string CookieOf(ChallengeTicket ticket, EdgeRequest request, ChallengeSeal seal)
    {
        string value = Clearance.Close(seal, ticket, RangeOf(request.Address), request.Time, model.ClearanceMs);
        bool isSecure = IsSecure(request);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(isSecure ? SecureCookieName : CookieName)}={value}; Path=/; Max-Age={model.ClearanceMs / 1000}; HttpOnly; SameSite=Lax{(isSecure ? "; Secure" : "")}"
        );
    }

    private bool IsSecure(EdgeRequest request) =>
        Options.SecureCookie ?? string.Equals(request.Scheme, "https", StringComparison.OrdinalIgnoreCase);

    // The first that is valid; else what is wrong with the first.
    private ClearanceFacts ClearanceOf(EdgeRequest request, ChallengeSeal seal)
    {
        ClearanceFacts found = default;
        ulong? agent = null;
        int seen = 0;
        string wanted = IsSecure(request) ? SecureCookieName : CookieName;
        foreach (HeaderField header in request.Headers)
        {
            if (header.Name != "cookie" || !header.Value.Contains(wanted, StringComparison.Ordinal))
                continue;
            ReadOnlySpan<char> text = header.Value;
            foreach (Range range in text.Split(';'))
            {
                ReadOnlySpan<char> pair = text[range].Trim(' ');
                if (
                    pair.Length <= wanted.Length
                    || pair[wanted.Length] != '='
                    || !pair.StartsWith(wanted, StringComparison.Ordinal)
                )
                    continue;
                if (seen++ == CookiesMax)
                    return found;
                agent ??= ChallengeTicket.AgentOf(request.UserAgent);
                ClearanceFacts facts = Clearance.Read(
                    seal,
                    pair[(wanted.Length + 1)..],
                    request.Address,
                    agent.Value,
                    request.Time
                );
                if (facts.IsValid)
                    return facts;
                if (found.State == ClearanceState.None)
                    found = facts;
            }
        }
        return found;
    }

    // A picture, a script's call or a HEAD cannot show a page: a task would be wasted on it.
    private static bool ShowsPages(EdgeRequest request)
    {
        if (request.Method == "HEAD")
            return false;
        if (request.Header("sec-fetch-dest") is { } use)
            return use is "document" or "iframe" or "frame" or "embed" or "object";
        return request.Header("accept") is not { } accept
            || accept.Contains("text/html", StringComparison.OrdinalIgnoreCase)
            || accept.Contains("*/*", StringComparison.Ordinal);
    }

    private AddressRange RangeOf(IpAddress? address) =>
        AddressRange.Of(address, Options.AddressBits4, Options.AddressBits6);

    private ulong ClientOf(EdgeRequest request, UInt128 hashKey)
    {
        Span<byte> bytes = stackalloc byte[AddressRange.Size];
        RangeOf(request.Address).Write(bytes);
        KeyHash hash = new(hashKey);
        hash.Add(bytes);
        hash.Add(request.UserAgent ?? "");
        return (ulong)hash.Finish();
    }

    private static (string Ticket, string Number) PartsOf(string query)
    {
        string ticket = "";
        string number = "";
        foreach (Range range in query.AsSpan().Split('&'))
        {
            ReadOnlySpan<char> part = query.AsSpan()[range];
            if (part.StartsWith("t=") && part.Length - 2 <= ChallengeTicket.TextMax)
                ticket = part[2..].ToString();
            else if (part.StartsWith("n=") && part.Length - 2 <= ProofOfWork.DigitsMax)
                number = part[2..].ToString();
        }
        return (ticket, number);
    }

    /// <summary>What seals, and what clients are hashed with.</summary>
    private sealed record Keys(ChallengeSeal Seal, UInt128 Hash)
    {
        public static Keys Of(ChallengeModel model, TenantId tenant, UInt128 own)
        {
            byte[] bytes = new byte[16];
            BinaryPrimitives.WriteUInt128LittleEndian(bytes, own);
            return new(new(model.Secrets.Count > 0 ? model.Secrets : [bytes], tenant.Value), own);
        }
    }
}
