namespace Throughline.Core.Attribution.Timeline;

/// <summary>What the numbers in touches and conversions stand for. Lists may grow; numbers do not change.</summary>
public interface IRuleNames
{
    int Campaigns { get; }
    int TouchKinds { get; }
    int ConversionKinds { get; }
    int Channels { get; }

    string Campaign(int number);
    string TouchKind(int number);
    string ConversionKind(int number);
    string Channel(int number);
}

/// <summary>Names in lists.</summary>
public sealed class RuleNames(
    IReadOnlyList<string> campaigns,
    IReadOnlyList<string> touchKinds,
    IReadOnlyList<string> conversionKinds,
    IReadOnlyList<string> channels
) : IRuleNames
{
    public int Campaigns => campaigns.Count;
    public int TouchKinds => touchKinds.Count;
    public int ConversionKinds => conversionKinds.Count;
    public int Channels => channels.Count;

    public string Campaign(int number) => campaigns[number];

    public string TouchKind(int number) => touchKinds[number];

    public string ConversionKind(int number) => conversionKinds[number];

    public string Channel(int number) => channels[number];
}
