using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Attribution;

/// <summary>
/// Campaigns and channels of touches: a row has one number for both, of the name <c>campaign</c> or <c>campaign LF channel</c> (no
/// name holds a control character). Here each is told apart again, as rules compare them; what is kept follows from the names.
/// </summary>
internal sealed class TouchNames(NameTable pairs)
{
    /// <summary>Bytes that nearly all names of both find room in.</summary>
    public const int UsualLength = 128;

    private const char Separator = '\n';

    private readonly List<(int Campaign, int Channel)> parts = [];
    private readonly List<string> campaigns = [];
    private readonly List<string> channels = [];
    private readonly Dictionary<string, int> campaignNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> channelNumbers = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Campaigns
    {
        get
        {
            Refresh();
            return campaigns;
        }
    }

    public IReadOnlyList<string> Channels
    {
        get
        {
            Refresh();
            return channels;
        }
    }

    /// <summary>The numbers of a row's campaign and channel.</summary>
    public (int Campaign, int Channel) PartsOf(int number)
    {
        Refresh();
        return parts[number];
    }

    /// <summary>A touch's name of both, in the buffer if it is long enough.</summary>
    public static ReadOnlySpan<byte> NameOf(in EventRecord record, Span<byte> buffer)
    {
        record.TryGet(EventField.Campaign, out ReadOnlySpan<byte> campaign);
        if (!record.TryGet(EventField.Channel, out ReadOnlySpan<byte> channel))
            return campaign;
        int length = campaign.Length + 1 + channel.Length;
        Span<byte> name = length <= buffer.Length ? buffer[..length] : new byte[length];
        campaign.CopyTo(name);
        name[campaign.Length] = (byte)Separator;
        channel.CopyTo(name[(campaign.Length + 1)..]);
        return name;
    }

    private void Refresh()
    {
        for (int number = parts.Count; number < pairs.Count; number++)
        {
            string[] names = pairs.Text(number).Split(Separator, 2);
            parts.Add(
                (
                    NumberOf(names[0], campaigns, campaignNumbers),
                    NumberOf(names.Length > 1 ? names[1] : "", channels, channelNumbers)
                )
            );
        }
    }

    private static int NumberOf(string name, List<string> names, Dictionary<string, int> numbers)
    {
        if (numbers.TryGetValue(name, out int number))
            return number;
        names.Add(name);
        return numbers[name] = names.Count - 1;
    }
}
