namespace Throughline.Core.Gate.Agents;

/// <summary>What a piece of a user agent says of its sender.</summary>
[Flags]
internal enum AgentTraits : uint
{
    None = 0,

    /// <summary>A program that says so: a crawler, a monitor, a fetcher.</summary>
    Bot = 1,

    /// <summary>One that serves the public: search, previews, archives. It wins over <see cref="Bot"/>.</summary>
    GoodBot = 2,

    /// <summary>An HTTP library or command line tool.</summary>
    Library = 4,

    /// <summary>A scanner of vulnerabilities.</summary>
    Scanner = 8,

    /// <summary>A browser without a person before it.</summary>
    Headless = 16,

    /// <summary>A plain word, no name: in the name of a phone's model it says nothing.</summary>
    Word = 32,

    /// <summary>Counts only where no phone or tablet is named: apps for people have such words in their names too.</summary>
    Weak = 64,

    /// <summary>Written by browsers and what poses as one.</summary>
    Browser = 128,

    /// <summary>A device, system or engine that a person uses.</summary>
    Person = 256,

    /// <summary>A phone, tablet or other thing in the hand.</summary>
    Handheld = 512,

    /// <summary>The end of a word in the names of crawlers: checked further.</summary>
    BotEnding = 1024,

    /// <summary>Where to ask about a program: its page or mail address. The old Internet Explorer of people has such, too.</summary>
    Contact = 2048,

    /// <summary>A browser's family, with its version behind.</summary>
    Family = 4096,

    /// <summary>An operating system of <see cref="AgentSystem"/>.</summary>
    System = 8192,

    /// <summary>Page of a browser inside an app.</summary>
    Embedded = 16384,

    /// <summary>A program that a person runs and that may name its own page: a player, an old browser's addition.</summary>
    App = 32768,

    /// <summary>An engine: enough for old and odd browsers; Chrome always names a system besides.</summary>
    Engine = 65536,

    /// <summary>All that make a bot by themselves.</summary>
    Program = Bot | GoodBot | Library | Scanner | Headless | Contact,
}

/// <summary>A system that a user agent names; the greatest that is found counts (Android says Linux, too).</summary>
internal enum AgentSystem : byte
{
    None = 0,
    Linux = 1,
    MacOs = 2,
    Windows = 3,
    ChromeOs = 4,
    Android = 5,
    Ios = 6,

    /// <summary>A system that has no name of ours although it names one that has.</summary>
    Unnamed = 7,
}
