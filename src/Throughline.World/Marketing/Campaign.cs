using System.Text;

namespace Throughline.World.Marketing;

/// <summary>How the winning campaign shares a conversion's value among its own touches.</summary>
public enum CreditModel : byte
{
    /// <summary>All to the latest.</summary>
    LastTouch,

    /// <summary>Evenly; the cents that are over go to the earliest touches, one each.</summary>
    Linear,
}

/// <summary>Where a campaign runs.</summary>
public enum Channel : byte
{
    Search,
    Display,
    Social,
    Video,
    Email,
    Push,
    Sms,
    Affiliate,
}

/// <summary>A campaign and its rule.</summary>
/// <param name="Index">Its number from 0.</param>
/// <param name="WindowDays">Touches up to so many days of 24 hours before a conversion are eligible.</param>
public sealed record Campaign(int Index, string Id, Channel Channel, int WindowDays, CreditModel Model)
{
    public long WindowMs => WindowDays * 86_400_000L;

    public string ChannelName => Channel.ToString().ToLowerInvariant();

    /// <summary>The body for <c>PUT /v1/campaigns/{id}</c>.</summary>
    public string Document =>
        $$"""{"window":"{{WindowDays}}d","model":"{{(Model == CreditModel.Linear ? "linear" : "last_touch")}}","restate":true}""";

    internal byte[] IdUtf8 { get; } = Encoding.UTF8.GetBytes(Id);

    internal byte[] ChannelUtf8 { get; } = Encoding.UTF8.GetBytes(Channel.ToString().ToLowerInvariant());
}
