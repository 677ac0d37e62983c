namespace Throughline.World.Truth;

/// <summary>What truly acted.</summary>
public enum ActorKind : byte
{
    Human = 0,

    /// <summary>A crawler that says what it is. A bot all the same.</summary>
    GoodBot = 1,
    Bot = 2,
}

/// <summary>The planted families of bots; people have none.</summary>
public enum BotFamily : byte
{
    None = 0,

    /// <summary>Search and AI crawlers under their own names, from own address ranges, that read robots.txt.</summary>
    DeclaredCrawler = 1,

    /// <summary>Fast readers of the catalogue from data centres, dressed as browsers; some pretend to be a search crawler.</summary>
    Scraper = 2,

    /// <summary>Log-ins tried with stolen lists of e-mails.</summary>
    CredentialStuffing = 3,

    /// <summary>Clicks and fake conversions from rotating addresses under fresh cookies.</summary>
    ClickFraud = 4,

    /// <summary>At most 12 requests in any hour, from addresses that people use too.</summary>
    LowAndSlow = 5,
}

/// <summary>Names as the truth files write them.</summary>
public static class KindNames
{
    public static string NameOf(ActorKind kind) =>
        kind switch
        {
            ActorKind.Human => "human",
            ActorKind.GoodBot => "good_bot",
            _ => "bot",
        };

    public static string NameOf(BotFamily family) =>
        family switch
        {
            BotFamily.None => "",
            BotFamily.DeclaredCrawler => "declared_crawler",
            BotFamily.Scraper => "scraper",
            BotFamily.CredentialStuffing => "credential_stuffing",
            BotFamily.ClickFraud => "click_fraud",
            _ => "low_and_slow",
        };
}
