using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;

namespace Throughline.Core.Tenant;

/// <summary>What memory knows of the customer that a request comes from.</summary>
/// <param name="Since">When the customer was first seen, milliseconds since 1970.</param>
/// <param name="Conversions">Those that count: each order once, none of a bot's.</param>
/// <param name="AddressIdentifiers">Different identifiers that acted from the request's address in the last hour; 0 without an address.</param>
/// <param name="Customer">Its id.</param>
/// <param name="Applied">As of <see cref="Resolution"/>.</param>
public readonly record struct CustomerSight(
    long Since,
    int Conversions,
    int AddressIdentifiers,
    long Applied,
    Token Customer = default
)
{
    /// <summary>Rows that are looked at for one customer or one address at most: beyond that counts stop.</summary>
    internal const int RowsMax = 10_000;

    private const int AddressBuckets = 12; // of 5 minutes

    /// <summary>The customer of the first identifier that belongs to one.</summary>
    internal static CustomerSight? Read(
        TenantMachine machine,
        IReadOnlyList<Token> identifiers,
        Token? address,
        long now
    )
    {
        (_, _, VerdictLens verdicts, IdentityGraph graph, AttributionLens attribution, _) = machine.Parts;
        foreach (Token identifier in identifiers)
        {
            int row = graph.Find(identifier);
            if (row < 0 || graph.Groups.StateOf(row) is not { Size: > 0 } customer)
                continue;
            int others = address is { } at ? IdentifiersAt(at, VerdictPolicy.BucketOf(now), verdicts, graph) : 0;
            return new(
                customer.Since,
                ConversionsOf(row, verdicts, graph, attribution),
                others,
                machine.NextPosition,
                graph.Groups.IdOf(customer.Founder)
            );
        }
        return null;
    }

    private static int ConversionsOf(int row, VerdictLens verdicts, IdentityGraph graph, AttributionLens attribution)
    {
        int count = 0;
        int left = RowsMax; // what is read while the writer writes may be a circle
        foreach (int member in graph.Groups.MembersOf(row))
        {
            if (left-- <= 0)
                return count;
            for (
                int next = graph.Identifiers[member].Conversions;
                next != 0 && left-- > 0;
                next = attribution.Conversions[next - 1].NextOfOwner
            )
                if (
                    verdicts.Counts(attribution.Conversions[next - 1].Bucket)
                    && attribution.Canonical(next - 1) == next - 1
                )
                    count++;
        }
        return count;
    }

    private static int IdentifiersAt(Token address, int last, VerdictLens verdicts, IdentityGraph graph)
    {
        HashSet<Token> seen = [];
        int left = RowsMax;
        for (int bucket = last; bucket > last - AddressBuckets; bucket--)
        {
            int row = verdicts.FindAddress(address, bucket);
            if (row < 0)
                continue;
            for (
                int next = verdicts.Addresses[row].Actors;
                next != 0 && left-- > 0;
                next = verdicts.Presences[next - 1].NextOfAddress
            )
                if (verdicts.Actors[verdicts.Presences[next - 1].Actor].Actor is var actor && graph.Find(actor) >= 0)
                    seen.Add(actor);
        }
        return seen.Count;
    }
}
