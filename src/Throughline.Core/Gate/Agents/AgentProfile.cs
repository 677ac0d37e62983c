using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Agents;

/// <summary>What one user agent says: all of <see cref="AgentFacts"/>, and what the checks of headers need besides. Immutable.</summary>
public sealed class AgentProfile
{
    public required string Text { get; init; }
    public AgentClasses Class { get; init; }
    public bool IsBot => (Class & (AgentClasses.Bot | AgentClasses.GoodBot)) != 0;
    public bool IsGoodBot => Class == AgentClasses.GoodBot;
    public bool IsLibrary { get; init; }
    public bool IsScanner { get; init; }
    public bool IsHeadless { get; init; }
    public bool IsMobile { get; init; }

    /// <inheritdoc cref="AgentFacts.Name"/>
    public string Name { get; init; } = "";

    /// <inheritdoc cref="AgentFacts.Version"/>
    public int Version { get; init; }

    /// <inheritdoc cref="AgentFacts.System"/>
    public string System { get; init; } = "";

    /// <summary>The major version of Chromium that a browser of any brand says it is built on; 0: none.</summary>
    public int Chromium { get; init; }

    /// <summary>A page inside an app, not a browser of its own: it sends other headers than the browser that it names.</summary>
    public bool IsEmbedded { get; init; }

    internal void CopyTo(AgentFacts facts)
    {
        facts.Text = Text;
        facts.Class = Class;
        facts.IsBot = IsBot;
        facts.IsGoodBot = IsGoodBot;
        facts.IsLibrary = IsLibrary;
        facts.IsScanner = IsScanner;
        facts.IsHeadless = IsHeadless;
        facts.IsMobile = IsMobile;
        facts.Name = Name;
        facts.Version = Version;
        facts.System = System;
    }
}
