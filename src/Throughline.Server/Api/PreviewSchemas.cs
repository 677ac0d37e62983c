using System.ComponentModel;

namespace Throughline.Server.Api;

// The forms of previews, for the API's description alone.

internal sealed record PairPreviewSchema(
    IdentifierSchema A,
    IdentifierSchema B,
    [property: Description("true (default), or false: taking it back")] bool? Holds
);

internal sealed record PreviewSchema(CustomersMovedSchema Customers, LinksMovedSchema Links, CreditMovedSchema Credit);

internal sealed record CustomersMovedSchema(
    int Changed,
    [property: Description("At most 200")] IReadOnlyList<CustomerSizeSchema> Before,
    IReadOnlyList<CustomerSizeSchema> After
);

internal sealed record CustomerSizeSchema(
    string Id,
    int Size,
    [property: Description("created, joined, merged, split, relabelled, dissolved, erased, redated or exchanged")]
        string? Change
);

internal sealed record LinksMovedSchema(
    int Lost,
    int Won,
    [property: Description("Links that make customers now and would not then; at most 200")]
        IReadOnlyList<LinkMovedSchema> Losing,
    IReadOnlyList<LinkMovedSchema> Winning
);

internal sealed record LinkMovedSchema(
    TokenSchema A,
    TokenSchema B,
    int Tier,
    int Sightings,
    string? FirstSeen,
    string? LastSeen
);

internal sealed record TokenSchema(string Type, string Token);

internal sealed record CreditMovedSchema(
    [property: Description("Results of conversions that would say anything else")] long ChangedResults,
    [property: Description("Of those, conversions with another status or credit")] long MovedConversions,
    IReadOnlyList<CreditValueSchema> Values,
    [property: Description("Of the moved conversions, net of refunds")] IReadOnlyList<CampaignMoneySchema> Campaigns,
    IReadOnlyList<MoneyMovedSchema> Unattributed,
    [property: Description("At most 100")] IReadOnlyList<ConversionMovedSchema> Moved
);

internal sealed record CreditValueSchema(string? Currency, long Conversions, long Minor);

internal sealed record CampaignMoneySchema(string Campaign, string? Currency, long Before, long After);

internal sealed record MoneyMovedSchema(string? Currency, long Before, long After);

internal sealed record ConversionMovedSchema(string Id, string? Currency, long Minor, string Before, string After);
