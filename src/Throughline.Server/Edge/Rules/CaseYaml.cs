using Throughline.Core.Events;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge.Rules;

/// <summary>Reads test cases. What stands at the case (address, host, headers, ...) holds for its requests that say nothing else.</summary>
internal static class CaseYaml
{
    private const int RepeatMax = 1_000_000;
    private const int AnyDifficulty = ProofOfWork.DifficultyMax; // a proof that answers every challenge

    public static GateCaseDocument CaseOf(YamlMembers x)
    {
        string name = x.Required("name");
        GateCaseRequest common = Common(x, new());
        IReadOnlyList<GateCaseRequest> requests = GateYaml.All(x, "requests", request => RequestOf(request, common));
        if (requests.Count == 0)
            x.Reader.Add(x.Place, "a case has at least one request");
        CheckOrder(x.Reader, requests);
        return new()
        {
            Name = name,
            StartsAt = x.Instant("starts", "startsAt"),
            Requests = requests,
            Place = x.Place,
        };
    }

    // Counters know no way back.
    private static void CheckOrder(YamlReader reader, IReadOnlyList<GateCaseRequest> requests)
    {
        long last = -GateCaseRunner.StepMs;
        foreach (GateCaseRequest request in requests)
        {
            long at = request.AtMs ?? last + GateCaseRunner.StepMs;
            if (at < last)
                reader.Add(
                    request.Place,
                    $"begins {YamlForms.Duration(last - at)} before the last of the requests above it: they stand in the order of time"
                );
            last = at + (request.Repeat - 1) * request.EveryMs;
        }
    }

    private static GateCaseRequest RequestOf(YamlMembers x, GateCaseRequest common)
    {
        GateCaseRequest request = Common(x, common);
        string line = x.Required("request");
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        (string method, string path) = space < 0 ? ("GET", line) : (line[..space], line[(space + 1)..].Trim());
        if (!path.StartsWith('/') && path.Length > 0)
            x.Reader.Add(x.Find("request")!.Place, "a request is written as: GET /path?query");
        int? status = x.Int("status", 100, 599);
        bool? failed = x.MaybeFlag("loginFailed");
        return request with
        {
            Method = method,
            Path = path,
            AtMs = x.Duration("at", "atMs"),
            Response = status is null && failed is null ? null : new ResponseFacts(status ?? 200, -1, failed),
            Repeat = x.Int("repeat", 1, RepeatMax) ?? 1,
            EveryMs = x.Duration("every", "everyMs") ?? request.EveryMs,
            Expect = ExpectOf(x),
            Place = x.Place,
        };
    }

    private static GateCaseRequest Common(YamlMembers x, GateCaseRequest common) =>
        common with
        {
            Address = AddressOf(x) ?? common.Address,
            Host = x.Text("host") ?? common.Host,
            Headers = HeadersOf(x) ?? common.Headers,
            Session = x.Text("session") ?? common.Session,
            Ja3 = x.Text("ja3") ?? common.Ja3,
            Ja4 = x.Text("ja4") ?? common.Ja4,
            Asn = x.Long("asn") ?? common.Asn,
            Country = x.Text("country") ?? common.Country,
            Bot = x.Word<BotIdentity>("bot") ?? common.Bot,
            Customer = CustomerOf(x) ?? common.Customer,
            Clearance = ClearanceOf(x) ?? common.Clearance,
            Challenges = ChallengesOf(x) ?? common.Challenges,
            Signature = SignatureOf(x) ?? common.Signature,
        };

    private static string? AddressOf(YamlMembers x)
    {
        string? text = x.Text("address");
        if (text is not null && !Cel.Library.IpAddress.TryParse(text, out _, out _))
            x.Reader.Add(x.Find("address")!.Place, $"'{text}' is no address");
        return text;
    }

    private static IReadOnlyList<HeaderField>? HeadersOf(YamlMembers x)
    {
        if (x.Find("headers") is not { } node)
            return null;
        if (node is YamlNode.Mapping mapping)
            return
            [
                .. mapping.Members.Select(m => new HeaderField(
                    m.Name.ToLowerInvariant(),
                    x.Reader.Text(m.Value, x.Pointer("headers/" + m.Name))
                )),
            ];
        x.Reader.Add(node.Place, "headers are written as a mapping: name: value");
        return null;
    }

    private static CustomerFacts? CustomerOf(YamlMembers parent)
    {
        if (
            parent.Find("customer") is not { } node
            || parent.Reader.Members(node, parent.Pointer("customer"), "a customer") is not { } x
        )
            return null;
        CustomerFacts facts = new(
            Known: true,
            x.Duration("age", "ageMs") ?? 0,
            x.Int("conversions") ?? 0,
            x.Int("addressIdentifiers") ?? 1
        );
        x.End();
        return facts;
    }

    // "clearance: valid" is short for its state; states are called as rules read them.
    private static ClearanceFacts? ClearanceOf(YamlMembers parent)
    {
        static string WordOf(ClearanceState state) => new ClearanceFacts(state).Word;
        if (parent.Find("clearance") is not { } node)
            return null;
        if (node is YamlNode.Scalar)
            return parent.Word<ClearanceState>("clearance", WordOf) is { } known ? new(known, AnyDifficulty) : null;
        if (parent.Reader.Members(node, parent.Pointer("clearance"), "a clearance") is not { } x)
            return null;
        ClearanceFacts facts = new(
            x.Word<ClearanceState>("state", WordOf) ?? ClearanceState.Valid,
            x.Int("difficulty", 0, AnyDifficulty) ?? AnyDifficulty,
            x.Duration("age", "ageMs") ?? 0,
            x.Text("id")
        );
        x.End();
        return facts;
    }

    private static ChallengeCounts? ChallengesOf(YamlMembers parent)
    {
        if (
            parent.Find("challenges") is not { } node
            || parent.Reader.Members(node, parent.Pointer("challenges"), "counts of challenges") is not { } x
        )
            return null;
        ChallengeCounts counts = new(
            x.Int("issued", 0, int.MaxValue) ?? 0,
            x.Int("solved", 0, int.MaxValue) ?? 0,
            x.Int("failed", 0, int.MaxValue) ?? 0
        );
        x.End();
        return counts;
    }

    // "signature: valid" is short for its state.
    private static SignatureFacts? SignatureOf(YamlMembers parent)
    {
        static string WordOf(SignatureState state) => new SignatureFacts(state).Word;
        if (parent.Find("signature") is not { } node)
            return null;
        if (node is YamlNode.Scalar)
            return parent.Word<SignatureState>("signature", WordOf) is { } known ? new(known) : null;
        if (parent.Reader.Members(node, parent.Pointer("signature"), "a signature") is not { } x)
            return null;
        SignatureFacts facts = new(
            x.Word<SignatureState>("state", WordOf) ?? SignatureState.Valid,
            x.Text("agent"),
            x.Text("origin")
        );
        x.End();
        return facts;
    }

    private static GateCaseExpectation? ExpectOf(YamlMembers parent)
    {
        if (parent.Find("expect") is not { } node)
            return null;
        // "expect: deny" is short for its action.
        if (node is YamlNode.Scalar)
            return new() { Action = parent.Word<DecisionAction>("expect"), Place = node.Place };
        if (parent.Reader.Members(node, parent.Pointer("expect"), "what is expected") is not { } x)
            return null;
        GateCaseExpectation expectation = new()
        {
            Action = x.Word<DecisionAction>("action"),
            Score = x.Int("score"),
            Flagged = x.MaybeFlag("flagged"),
            Matched = x.Texts("matched"),
            NotMatched = x.Texts("notMatched"),
            Tags = x.Texts("tags"),
            Place = x.Place,
        };
        x.End();
        return expectation;
    }
}
