using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;

namespace Throughline.Core.Explain;

/// <summary>Why these identifiers are one customer.</summary>
internal sealed class CustomerExplainer(TenantMachine machine, IHistory history, Func<long, byte[]> readResult)
{
    /// <summary>Members and links that an explanation lists at most.</summary>
    private const int MaxListed = 200;

    private readonly IdentityGraph graph = machine.Parts.Graph;

    public Why? Explain(string id, int named)
    {
        CustomerState state = graph.Groups.StateOf(named);
        if (state.Size == 0)
            return null; // the value is blocked: nobody
        Token current = graph.Groups.IdOf(state.Founder);
        ResultRecord stored = ResultRecord.FromTrusted(readResult(FindResult(state)));
        CustomerChange change = CustomerChange.Read(stored);
        List<int> members = [];
        foreach (int member in graph.Groups.MembersOf(named))
            members.Add(member);
        members.Sort(
            (x, y) =>
                x == y ? 0
                : graph.Groups.Precedes(x, y) ? -1
                : 1
        );
        List<int> links = LinksOf(members);
        string? resolves = current.ToString() == id ? null : current.ToString();
        string sentence =
            $"{state.Size} identifier{(state.Size == 1 ? "" : "s")} connected by {links.Count} valid link{(links.Count == 1 ? "" : "s")}, "
            + $"named by the {change.Now.Founder.Type} first seen at {Explainer.Iso(change.Now.Founder.FirstSeen)}"
            + (resolves is null ? "." : $"; the id asked for resolves to {resolves}.");
        return new(
            "customer",
            id,
            stored.Id,
            stored.Revision,
            stored.Cause,
            sentence,
            Tree(current, change, members, links),
            CheckRecord(change),
            CheckEvents(current, change, members, links)
        );
    }

    // An identifier that has been alone since it was seen has one result, caused by the event at its first position.
    private long FindResult(in CustomerState state)
    {
        ref readonly IdentifierRow founder = ref graph.Identifiers[state.Founder];
        if (founder.Group != 0)
            return graph.Groups.Rows[founder.Group - 1].Result;
        Token id = graph.Groups.IdOf(state.Founder);
        for (long sequence = FirstCausedBy(founder.FirstPosition); sequence < machine.NextResult; sequence++)
        {
            ResultRecord result = ResultRecord.FromTrusted(readResult(sequence));
            if (result.Kind == ResultKind.Customer && result.Subject == id)
                return sequence;
        }
        throw new InvalidDataException($"the result of customer {id} is missing");
    }

    // Results are in the order of their causes.
    private long FirstCausedBy(long position)
    {
        long low = 0;
        long high = machine.NextResult;
        while (low < high)
        {
            long middle = low + (high - low) / 2;
            if (ResultRecord.FromTrusted(readResult(middle)).Cause < position)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private List<int> LinksOf(List<int> members)
    {
        List<int> links = [];
        foreach (int member in members)
            for (int next = graph.Identifiers[member].Links; next != 0; next = graph.Links[next - 1].NextOf(member))
                if (graph.Links[next - 1].A == member && graph.IsAccepted(next - 1))
                    links.Add(next - 1);
        return links;
    }

    private Explanation Tree(Token id, CustomerChange change, List<int> members, List<int> links)
    {
        Explanation tree = new("customer", id.ToString());
        Explanation last = tree.Add("lastChange", Explainer.Snake(change.Kind));
        foreach (CustomerSnapshot before in change.Before)
            last.Add("before", before.Id.ToString()).Add("identifiers", before.Size);
        Explanation identifiers = tree.Add("identifiers", members.Count);
        foreach (int member in members.Take(MaxListed))
            identifiers
                .Add(
                    machine.Parts.Names.IdentifierTypes.Text(graph.Identifiers[member].Type),
                    graph.Identifiers[member].Token.ToString()
                )
                .Add("firstSeen", Explainer.Iso(graph.Identifiers[member].FirstSeen));
        Explanation evidence = tree.Add("links", links.Count);
        foreach (int link in links.Take(MaxListed))
        {
            LinkRow row = graph.Links[link];
            Explanation node = evidence.Add($"{graph.Identifiers[row.A].Token} - {graph.Identifiers[row.B].Token}");
            if (row.IsByOperator)
                node.Add("by", "operator");
            if (row.Count == 0)
                continue;
            node.Add("validSightings", row.Count);
            node.Add("firstSeen", Explainer.Iso(row.First));
            node.Add("lastSeen", Explainer.Iso(row.Last));
            if (Evidence(link) is { } position)
                node.Add("event", Explainer.EventIdAt(history, position));
        }
        return tree;
    }

    private long? Evidence(int link)
    {
        for (int next = graph.Links[link].Sightings; next != 0; next = graph.Sightings[next - 1].NextOfLink)
            if (graph.IsEvidence(graph.Sightings[next - 1]))
                return graph.Sightings[next - 1].Position;
        return null;
    }

    private string? CheckRecord(CustomerChange change)
    {
        CustomerIds ids = new(machine.Settings.Tenant);
        foreach (CustomerSnapshot snapshot in (IEnumerable<CustomerSnapshot>)[change.Now, .. change.Before])
            if (
                ids.Of(System.Text.Encoding.UTF8.GetBytes(snapshot.Founder.Type), snapshot.Founder.Token) != snapshot.Id
            )
                return $"the founder does not give id {snapshot.Id}";
        bool splitOff = change.Kind == CustomerChangeKind.Split && change.Before.Count == 0;
        CustomerChangeKind kind = CustomerChange.Classify(change.Now, [.. change.Before], splitOff);
        return kind == change.Kind ? null : $"what was and is gives {kind}";
    }

    private string? CheckEvents(Token id, CustomerChange change, List<int> members, List<int> links)
    {
        Dictionary<Token, Token> parents = [];
        (long First, int Member) founder = (long.MaxValue, -1);
        ulong sum = 0;
        foreach (int member in members)
        {
            Token token = graph.Identifiers[member].Token;
            parents[token] = token;
            sum += graph.Groups.HashOf(member);
            EventRecord first = EventRecord.FromTrusted(history.Read(graph.Identifiers[member].FirstPosition));
            if (!Holds(first, token) || first.Time != graph.Identifiers[member].FirstSeen)
                return $"the event at {graph.Identifiers[member].FirstPosition} does not show {token} first";
            if (founder.Member < 0 || graph.Groups.Precedes(member, founder.Member))
                founder = (first.Time, member);
        }
        foreach (int link in links)
        {
            (int x, int y) = (graph.Links[link].A, graph.Links[link].B);
            if (graph.Links[link].IsByOperator)
            {
                parents[Root(parents, graph.Identifiers[x].Token)] = Root(parents, graph.Identifiers[y].Token);
                continue;
            }
            if (Evidence(link) is not { } position)
                return "a link has no valid sighting";
            EventRecord seen = EventRecord.FromTrusted(history.Read(position));
            Token a = graph.Identifiers[graph.Links[link].A].Token;
            Token b = graph.Identifiers[graph.Links[link].B].Token;
            if (!Holds(seen, a) || !Holds(seen, b))
                return $"the event at {position} does not show {a} and {b} together";
            parents[Root(parents, a)] = Root(parents, b);
        }
        if (parents.Keys.Select(token => Root(parents, token)).Distinct().Count() > 1)
            return "the links do not connect all members";
        if (graph.Groups.IdOf(founder.Member) != id)
            return "another member is the founder";
        if (founder.First != change.Now.Founder.FirstSeen)
            return "the founder was first seen at another time than the record says";
        return sum == change.Now.Members && members.Count == change.Now.Size
            ? null
            : "the members are not those of the record";
    }

    private static bool Holds(in EventRecord record, Token token)
    {
        for (int i = 0; i < record.IdentifierCount; i++)
            if (record.Identifier(i).Token == token)
                return true;
        return false;
    }

    private static Token Root(Dictionary<Token, Token> parents, Token token)
    {
        while (parents[token] != token)
            token = parents[token];
        return token;
    }
}
