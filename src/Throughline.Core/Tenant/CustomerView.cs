using Throughline.Core.Attribution;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;

namespace Throughline.Core.Tenant;

/// <summary>A customer as those see it who make something of it for a person: who, since when, how lately, how often.</summary>
/// <param name="Size">How many identifiers it has.</param>
/// <param name="Since">When the founder was first seen, milliseconds since 1970.</param>
/// <param name="LastSeen">
/// The latest touch, conversion, or sighting of one of its identifiers together with another; else the latest first sighting. None of a bot's.
/// </param>
/// <param name="Conversions">Those that count: each order once, none of a bot's.</param>
/// <param name="LastConversion">The latest of those; null without any.</param>
/// <param name="Identifiers">Type and token of each; of more than <see cref="IdentifiersMax"/> so many.</param>
/// <param name="Traits">Where the value of each trait is told; null if nobody asked.</param>
/// <param name="Applied">As of <see cref="Resolution"/>.</param>
public sealed record CustomerView(
    Token Customer,
    int Size,
    long Since,
    long LastSeen,
    int Conversions,
    long? LastConversion,
    IReadOnlyList<(string Type, Token Token)> Identifiers,
    IReadOnlyList<TraitPick>? Traits,
    long Applied
)
{
    /// <summary>Identifiers that are listed.</summary>
    public const int IdentifiersMax = 1_000;

    /// <summary>Rows that are looked at for one customer at most, so that no answer takes long: beyond that counts stop.</summary>
    public const int RowsMax = 10_000;

    /// <summary>The customer that holds an identifier; null if none does.</summary>
    internal static CustomerView? Read(TenantMachine machine, Token token, bool withTraits)
    {
        IdentityGraph graph = machine.Parts.Graph;
        int row = graph.Find(token);
        if (row < 0 || graph.Groups.StateOf(row) is not { Size: > 0 } customer)
            return null;
        Walk walk = new(machine);
        foreach (int member in graph.Groups.MembersOf(row))
            if (!walk.Add(member))
                break;
        return new(
            graph.Groups.IdOf(customer.Founder),
            customer.Size,
            customer.Since,
            walk.LastSeen,
            walk.Conversions,
            walk.Conversions == 0 ? null : walk.LastConversion,
            walk.Identifiers,
            withTraits ? machine.Traits.Pick(row, machine.IdentitySettings.Traits, RowsMax) : null,
            machine.NextPosition
        );
    }

    // What is read while the writer writes may be a circle: the rows are counted.
    private struct Walk(TenantMachine machine)
    {
        private readonly VerdictLens verdicts = machine.Parts.Verdicts;
        private readonly IdentityGraph graph = machine.Parts.Graph;
        private readonly AttributionLens attribution = machine.Parts.Attribution;
        private int left = RowsMax;

        public readonly List<(string Type, Token Token)> Identifiers = [];
        public long LastSeen;
        public int Conversions;
        public long LastConversion;

        /// <summary>False once enough was read.</summary>
        public bool Add(int member)
        {
            IdentifierRow row = graph.Identifiers[member];
            if (left-- <= 0)
                return false;
            if (Identifiers.Count < IdentifiersMax)
                Identifiers.Add((machine.Parts.Names.IdentifierTypes.Text(row.Type), row.Token));
            LastSeen = Math.Max(LastSeen, row.FirstSeen);
            AddLinks(member, row);
            if (row.CanOwn)
            {
                AddTouches(row);
                AddConversions(row);
            }
            return left > 0;
        }

        private void AddLinks(int member, in IdentifierRow row)
        {
            for (int next = row.Links; next != 0 && left-- > 0; next = graph.Links[next - 1].NextOf(member))
                if (graph.Links[next - 1].Count > 0)
                    LastSeen = Math.Max(LastSeen, graph.Links[next - 1].Last);
        }

        // They hang newest first: the first that counts is the latest.
        private void AddTouches(in IdentifierRow row)
        {
            for (int next = row.Touches; next != 0 && left-- > 0; next = attribution.Touches[next - 1].NextOfOwner)
                if (verdicts.Counts(attribution.Touches[next - 1].Bucket))
                {
                    LastSeen = Math.Max(LastSeen, attribution.Touches[next - 1].Time);
                    return;
                }
        }

        private void AddConversions(in IdentifierRow row)
        {
            for (
                int next = row.Conversions;
                next != 0 && left-- > 0;
                next = attribution.Conversions[next - 1].NextOfOwner
            )
            {
                ref readonly ConversionRow conversion = ref attribution.Conversions[next - 1];
                if (!verdicts.Counts(conversion.Bucket) || attribution.Canonical(next - 1) != next - 1)
                    continue;
                Conversions++;
                LastConversion = Math.Max(LastConversion, conversion.Time);
                LastSeen = Math.Max(LastSeen, conversion.Time);
            }
        }
    }
}
