using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;
using Throughline.Core.Volume;

namespace Throughline.Core.Tenant;

/// <summary>What operators published, for the writer's thread.</summary>
public sealed partial class TenantMachine
{
    /// <inheritdoc cref="CaseBuilder.Looked"/>
    internal (long Past, long Today) Looked => publisher.Looked;

    /// <summary>All documents of campaigns; for the writer's thread only.</summary>
    public IEnumerable<CampaignRule> Campaigns => control.Rules.Campaigns;

    /// <summary>All versions of attribution rules, those of campaigns among them; for the writer's thread only.</summary>
    public IReadOnlyList<PublishedRule> AttributionRules => control.Rules.All;

    /// <summary>Drafts of attribution rules, by name; for the writer's thread only.</summary>
    public IEnumerable<AttributionDraft> AttributionDrafts => control.Drafts.All;

    /// <summary>All weight tables; for the writer's thread only.</summary>
    public IEnumerable<WeightTable> WeightTables => control.Rules.Tables;

    /// <summary>All exchange rates; for the writer's thread only.</summary>
    public RateBook Rates => control.Rules.Rates;

    /// <summary>What stands, and what stood; for the writer's thread only.</summary>
    public Alarms.AlarmBook Alarms => control.Alarms;

    /// <summary>Where the definitions of webhooks are; for the writer's thread only.</summary>
    public Alarms.HookBook Hooks => control.Hooks;

    /// <summary>All publications of the gate's rules, ascending; for the writer's thread only.</summary>
    public IReadOnlyList<GateVersion> GateVersions => control.Gate.Versions;

    /// <summary>All rule sets that were proposed; for the writer's thread only.</summary>
    public IReadOnlyList<GateProposal> GateProposals => control.Gate.Proposals;

    /// <summary>Positions of all changes of the gate's lists, ascending; for the writer's thread only.</summary>
    public IReadOnlyList<long> GateLists => control.Gate.Lists;

    /// <summary>How the gate is run; for the writer's thread only.</summary>
    public GateSettings GateSettings => control.Gate.Settings;

    /// <summary>The identity strategy in force; for the writer's thread only.</summary>
    public Strategy Strategy => control.Identity.InForce;

    /// <summary>How identity is watched; for the writer's thread only.</summary>
    public IdentitySettings IdentitySettings => control.IdentitySettings;

    /// <summary>All strategies that were published; for the writer's thread only.</summary>
    public IReadOnlyList<PublishedStrategy> Strategies => control.Identity.Strategies;

    /// <summary>The identifier types in force; for the writer's thread only.</summary>
    public PublishedTypes IdentifierTypes => control.Identity.Types;

    /// <summary>Types that operators froze or froze once, and since when; for the writer's thread only.</summary>
    public IReadOnlyList<FrozenType> FrozenTypes =>
        [
            .. control
                .Identity.Freezes.Latest.Select(x => new FrozenType(
                    names.IdentifierTypes.Text(x.Type),
                    x.Frozen,
                    x.Time
                ))
                .OrderBy(x => x.Type, StringComparer.Ordinal),
        ];

    /// <summary>What was erased, in the order of the log; for the writer's thread only.</summary>
    public IReadOnlyList<PublishedErasure> ErasureStatements => control.Identity.ErasureStatements;

    /// <summary>Which identifiers were erased up to when; for the writer's thread only.</summary>
    public Erasures Erasures => control.Identity.Erasures;

    /// <summary>Greatest time of a control document (milliseconds since 1970), or null before the first; for the writer's thread only.</summary>
    public long? LastDocument => control.LastDocument == long.MinValue ? null : control.LastDocument;
}
