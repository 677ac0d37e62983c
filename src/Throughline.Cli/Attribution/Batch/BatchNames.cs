using System.Text;
using Throughline.Cli.Attribution.Batch.Reading;
using Throughline.Core.Attribution.Timeline;

namespace Throughline.Cli.Attribution.Batch;

/// <summary>The names that rows use, once all are read: as texts for rules, and as cells for results.</summary>
internal sealed class BatchNames : IRuleNames
{
    private const string Click = "click";

    private readonly string[] campaigns;
    private readonly string[] channels;
    private readonly string[] touchKinds;
    private readonly string[] conversionKinds;
    private readonly byte[][] campaignCells;

    public BatchNames(RowNames names)
    {
        campaigns = Texts(names.Campaigns);
        channels = Texts(names.Channels);
        touchKinds = Texts(names.TouchKinds);
        conversionKinds = Texts(names.ConversionKinds);
        campaignCells = [.. campaigns.Select(CreditText.Cell)];
        ClickKind = Array.IndexOf(touchKinds, Click);
    }

    /// <summary>The number of the kind <c>click</c>, or -1.</summary>
    public int ClickKind { get; }

    public int Campaigns => campaigns.Length;
    public int TouchKinds => touchKinds.Length;
    public int ConversionKinds => conversionKinds.Length;
    public int Channels => channels.Length;

    public string Campaign(int number) => campaigns[number];

    public string TouchKind(int number) => touchKinds[number];

    public string ConversionKind(int number) => conversionKinds[number];

    public string Channel(int number) => channels[number];

    /// <summary>A campaign as it stands in a cell.</summary>
    public ReadOnlySpan<byte> CampaignCell(int number) => campaignCells[number];

    private static string[] Texts(SharedNames names) => [.. names.ToArray().Select(Encoding.UTF8.GetString)];
}
