namespace Throughline.Core.Gate.Agents;

/// <summary>What a scanned user agent amounts to: the one place that weighs what its patterns say against one another.</summary>
internal static class AgentReader
{
    /// <summary>Names longer than this are cut.</summary>
    private const int MaxName = 64;

    public static AgentProfile Read(AgentAutomaton automaton, string agent, string? listed, bool strict)
    {
        ReadOnlySpan<char> text = agent.AsSpan().Trim();
        if (text.IsEmpty || text is "-")
            return new() { Text = agent, Class = AgentClasses.Missing };
        AgentScan scan = new(automaton, text);
        AgentTraits traits = Weigh(scan, text);
        AgentClasses found = listed is null ? ClassOf(traits, strict) : AgentClasses.Bot;
        if (listed is not null && scan.Bot?.Name is not null)
            found = AgentClasses.GoodBot;
        bool bot = found is AgentClasses.Bot or AgentClasses.GoodBot;
        return new()
        {
            Text = agent,
            Class = found,
            IsLibrary = bot && (traits & AgentTraits.Library) != 0,
            IsScanner = bot && (traits & AgentTraits.Scanner) != 0,
            IsHeadless = bot && (traits & AgentTraits.Headless) != 0,
            IsMobile = (traits & AgentTraits.Handheld) != 0,
            Name = bot ? scan.Bot?.Name ?? listed ?? BotName(scan, text) : scan.Family?.Name ?? "",
            Version = bot || scan.Family is null ? 0 : VersionOf(scan, text),
            System = NameOf(scan.System),
            Chromium = scan.ChromeEnd == 0 ? 0 : Number(text[scan.ChromeEnd..]),
            IsEmbedded = (traits & AgentTraits.Embedded) != 0,
        };
    }

    private static AgentClasses ClassOf(AgentTraits traits, bool strict)
    {
        if (strict && (traits & AgentTraits.GoodBot) != 0)
            return AgentClasses.GoodBot;
        AgentTraits program = traits & AgentTraits.Program & ~AgentTraits.GoodBot;
        if ((traits & AgentTraits.App) != 0)
            program &= ~AgentTraits.Contact;
        if (program != 0 || (strict && (traits & AgentTraits.Person) == 0))
            return AgentClasses.Bot;
        return (traits & AgentTraits.Browser) != 0 ? AgentClasses.Browser : AgentClasses.Other;
    }

    // Apps for phones have weak words in their names; pages and feeds are named by what people added to the old Internet Explorer.
    private static AgentTraits Weigh(in AgentScan scan, ReadOnlySpan<char> text)
    {
        AgentTraits traits = scan.Traits;
        if ((traits & (AgentTraits.Handheld | AgentTraits.App)) == 0)
            traits |= scan.WeakTraits;
        if ((traits & AgentTraits.Engine) != 0 && (scan.ChromeEnd == 0 || scan.Family!.Text != "chrome/"))
            traits |= AgentTraits.Person;
        bool explorer =
            scan.System == AgentSystem.Windows && text.Contains("; MSIE ", StringComparison.OrdinalIgnoreCase);
        return explorer ? traits & ~AgentTraits.Contact : traits;
    }

    private static string BotName(in AgentScan scan, ReadOnlySpan<char> text)
    {
        if (scan.Bot?.Name is { } name)
            return name;
        int compatible = text.IndexOf("compatible;", StringComparison.OrdinalIgnoreCase);
        int first = compatible < 0 ? 0 : compatible + "compatible;".Length;
        int end = scan.Bot is null ? first : scan.BotEnd;
        int start = scan.Bot is null ? first : scan.BotEnd - scan.Bot.Text.Length;
        while (start > 0 && IsOfName(text[start - 1]))
            start--;
        while (start < text.Length && !IsOfName(text[start]))
            start++;
        end = Math.Max(start, end);
        while (end < text.Length && IsOfName(text[end]))
            end++;
        while (end > start && !IsOfName(text[end - 1]))
            end--;
        return text[start..Math.Min(end, start + MaxName)].ToString().ToLowerInvariant();
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';

    private static int VersionOf(in AgentScan scan, ReadOnlySpan<char> text)
    {
        if (scan.Family!.Text == "safari/")
            return After(text, "Version/");
        return scan.Family.Text == "trident/" ? After(text, "rv:") : Number(text[scan.FamilyEnd..]);
    }

    private static int After(ReadOnlySpan<char> text, string what)
    {
        int at = text.IndexOf(what, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : Number(text[(at + what.Length)..]);
    }

    private static int Number(ReadOnlySpan<char> text)
    {
        int number = 0;
        for (int i = 0; i < text.Length && char.IsAsciiDigit(text[i]); i++)
            number = number > 99_999 ? number : number * 10 + (text[i] - '0');
        return number;
    }

    private static string NameOf(AgentSystem system) =>
        system switch
        {
            AgentSystem.Linux => "linux",
            AgentSystem.MacOs => "macos",
            AgentSystem.Windows => "windows",
            AgentSystem.ChromeOs => "chromeos",
            AgentSystem.Android => "android",
            AgentSystem.Ios => "ios",
            _ => "",
        };
}
