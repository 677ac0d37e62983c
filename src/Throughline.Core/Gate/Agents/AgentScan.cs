using System.Runtime.InteropServices;

namespace Throughline.Core.Gate.Agents;

/// <summary>One pass over a user agent: which patterns hold, after what the place of a word says about it.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct AgentScan
{
    private const int MaxDomain = 256; // keeps the work on hostile texts linear

    private readonly ReadOnlySpan<char> text;
    private readonly int deviceStart; // the parentheses in which Android phones name their model
    private readonly int deviceEnd;
    private int botWorth;

    /// <summary>Of all patterns that hold, but for the weak ones.</summary>
    public AgentTraits Traits { get; private set; }

    /// <summary>Of the weak patterns that hold.</summary>
    public AgentTraits WeakTraits { get; private set; }

    public AgentSystem System { get; private set; }

    /// <summary>The most particular family, and where it ends in the text.</summary>
    public AgentPattern? Family { get; private set; }
    public int FamilyEnd { get; private set; }

    /// <summary>Where <c>Chrome/</c> ends; 0: it is not there.</summary>
    public int ChromeEnd { get; private set; }

    /// <summary>What names the bot: the first pattern of a good bot, else of any, else a weak one; and where it ends.</summary>
    public AgentPattern? Bot { get; private set; }
    public int BotEnd { get; private set; }

    public AgentScan(AgentAutomaton automaton, ReadOnlySpan<char> text)
    {
        this.text = text;
        (deviceStart, deviceEnd) = Device(text);
        int state = 0;
        for (int i = 0; i < text.Length; i++)
        {
            state = automaton.Step(state, text[i]);
            for (int at = automaton.Outputs(state); at != 0; )
                Take(automaton.Output(at, out at), i + 1);
        }
        if (HasMailAddress(text) || HasDomain(text))
            Traits |= AgentTraits.Contact;
    }

    private void Take(AgentPattern pattern, int end)
    {
        if (!pattern.Holds(text, end))
            return;
        AgentTraits traits = pattern.Traits;
        if ((traits & AgentTraits.BotEnding) != 0)
        {
            if (!EndsBotName(end))
                return;
            traits = AgentTraits.Bot;
        }
        else if (IsOfDevice(pattern, end))
        {
            return;
        }
        if ((traits & AgentTraits.Weak) != 0)
            WeakTraits |= traits;
        else
            Traits |= traits;
        if (Worth(traits) > botWorth)
            (Bot, BotEnd, botWorth) = (pattern, end, Worth(traits));
        if ((traits & AgentTraits.System) != 0 && (AgentSystem)pattern.Rank > System)
            System = (AgentSystem)pattern.Rank;
        if ((traits & AgentTraits.Family) != 0)
            TakeFamily(pattern, end);
    }

    // Phones are called "Perla" or "Expanse", too; a program names its version or page.
    private readonly bool IsOfDevice(AgentPattern pattern, int end) =>
        InDevice(end)
        && (pattern.Traits & AgentTraits.Program) != 0
        && (pattern.Traits & (AgentTraits.GoodBot | AgentTraits.Contact)) == 0
        && pattern.Text[^1] != '/'
        && (end == text.Length || text[end] != '/');

    private static int Worth(AgentTraits traits) =>
        (traits & AgentTraits.GoodBot) != 0 ? 3
        : (traits & (AgentTraits.Bot | AgentTraits.Contact)) != AgentTraits.Bot ? 0
        : (traits & AgentTraits.Weak) == 0 ? 2
        : 1;

    private void TakeFamily(AgentPattern pattern, int end)
    {
        if (pattern.Text == "chrome/" && ChromeEnd == 0)
            ChromeEnd = end;
        if (Family is null || pattern.Rank > Family.Rank)
            (Family, FamilyEnd) = (pattern, end);
    }

    // "bot" ends a word in crawlers' names (FooBot/1.0, foo-bots). The phone maker Cubot does not count, nor, in the name of a
    // phone's model, "bot" as a word by itself or with more behind it (VR BOT 552, IDbot553, XBot Junior).
    private readonly bool EndsBotName(int end)
    {
        int start = end - 3;
        bool ends = end == text.Length || !char.IsAsciiLetter(text[end]);
        bool plural =
            !ends && (text[end] | 0x20) == 's' && (end + 1 == text.Length || !char.IsAsciiLetter(text[end + 1]));
        if (!ends && !plural)
            return false;
        if (start >= 2 && text[(start - 2)..start].Equals("cu", StringComparison.OrdinalIgnoreCase))
            return start >= 3 && char.IsAsciiLetter(text[start - 3]);
        if (!InDevice(end) || (end < text.Length && text[end] == '/'))
            return true;
        bool closes = end == text.Length || text[end] is ';' or ')';
        return closes && start > 0 && char.IsAsciiLetter(text[start - 1]);
    }

    private readonly bool InDevice(int end) => end > deviceStart && end <= deviceEnd;

    private static (int Start, int End) Device(ReadOnlySpan<char> text)
    {
        int open = text.IndexOf('(');
        if (open < 0)
            return (0, 0);
        int android = text[open..].IndexOf("android", StringComparison.OrdinalIgnoreCase);
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            if (text[i] == '(')
                depth++;
            else if (text[i] == ')' && --depth == 0)
                return android >= 0 && open + android < i ? (open + android, i) : (0, 0);
        }
        return (0, 0);
    }

    // Only programs say whom to write to: name@host.tld; a phone's "version@81" or "en_IR@calendar=gregorian" is no address.
    private static bool HasMailAddress(ReadOnlySpan<char> text)
    {
        for (int at = 1; at < text.Length - 3; at++)
            if (
                text[at] == '@'
                && char.IsAsciiLetterOrDigit(text[at - 1])
                && IsDomain(text[(at + 1)..Math.Min(text.Length, at + 1 + MaxDomain)])
            )
                return true;
        return false;
    }

    // "+example.org/bots", where the plus sign says "see", or nothing else in parentheses.
    private static bool HasDomain(ReadOnlySpan<char> text)
    {
        for (int at = 1; at < text.Length - 3; at++)
        {
            ReadOnlySpan<char> rest = text[(at + 1)..Math.Min(text.Length, at + 1 + MaxDomain)];
            if (text[at] == '+' && text[at - 1] is ' ' or '(' or ';' && IsDomain(rest.TrimStart()))
                return true;
            if (text[at] == '(' && rest.IndexOfAny(" ();,") is > 0 and var end && rest[end] == ')')
                if (IsPage(rest[..end]))
                    return true;
        }
        return false;
    }

    // "(com.example.app)" is an app, "(WEB.DE/1.5)" a browser's edition.
    private static bool IsPage(ReadOnlySpan<char> text)
    {
        int slash = text.IndexOf('/');
        bool isVersion = slash >= 0 && slash + 1 < text.Length && char.IsAsciiDigit(text[slash + 1]);
        return !isVersion && IsDomain(text) && !text.StartsWith("com.", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsDomain(ReadOnlySpan<char> text)
    {
        int labels = 0;
        int length = 0;
        foreach (char c in text)
        {
            if (
                char.IsAsciiLetter(c)
                || (c == '-' && length > 0)
                || (labels == 0 && char.IsAsciiDigit(c) && length > 0)
            )
                length++;
            else if (c == '.' && length > 0)
                (labels, length) = (labels + 1, 0);
            else
                break;
        }
        return labels > 0 && length >= 2;
    }
}
