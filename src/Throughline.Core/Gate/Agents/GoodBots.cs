using Throughline.Cel.Library;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Agents;

/// <summary>A list of addresses as it is known now.</summary>
/// <param name="ImportedAt">Milliseconds since 1970.</param>
public sealed record BotListState(string List, BotRanges Ranges, long ImportedAt);

/// <summary>A claim that only the names of the address can confirm.</summary>
public readonly record struct BotQuestion(VerifiableBot Bot, IpAddress Address);

/// <summary>
/// Tells real good bots from false ones by what memory knows: published addresses, else names that were looked up before. What it does
/// not know it notes as a question for the driver to answer, off the hot path. Called by one thread at a time.
/// </summary>
public sealed class GoodBots
{
    /// <summary>Most answers remembered; the oldest goes first.</summary>
    public const int MaxAnswers = 1 << 16;

    /// <summary>Most questions waiting; further ones are asked when the claim comes again.</summary>
    public const int MaxQuestions = 1024;

    /// <summary>An older list still verifies, but it makes no impostors: operators add addresses.</summary>
    public const long ListValidMs = 14L * 24 * 60 * 60 * 1000;

    /// <summary>How long an answer holds: a confirmed name changes seldom; who failed is asked again soon.</summary>
    public const long VerifiedMs = 24L * 60 * 60 * 1000;

    /// <inheritdoc cref="VerifiedMs"/>
    public const long ImpostorMs = 60L * 60 * 1000;

    /// <summary>After a question that nobody could answer.</summary>
    public const long FailedMs = 5L * 60 * 1000;

    private readonly SortedDictionary<string, BotListState> lists = new(StringComparer.Ordinal);
    private readonly Dictionary<Key, Answer> answers = [];
    private readonly Queue<Key> ages = []; // in order of arrival; each key of answers once
    private readonly Queue<BotQuestion> questions = [];

    /// <summary>False: nobody looks names up, so none are asked for, and only lists tell.</summary>
    public bool AsksNames { get; init; } = true;

    /// <summary>The lists, by name: for their age to be shown.</summary>
    public IReadOnlyCollection<BotListState> Lists => lists.Values;

    public int Answers => answers.Count;
    public int Questions => questions.Count;

    /// <summary>What the client of a request is, if it claims to be a good bot.</summary>
    public BotIdentity Identify(RequestFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features.Agent.IsBot ? Identify(features.Agent.Name, features.Address, features.Time) : BotIdentity.None;
    }

    /// <summary>What a client is that claims a bot's name.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public BotIdentity Identify(string name, IpAddress? address, long now)
    {
        if (GoodBotRegistry.Find(name) is not { } bot)
            return BotIdentity.None;
        if (address is null)
            return BotIdentity.Unverified;
        if (bot.List is not null && lists.TryGetValue(bot.List, out BotListState? list))
        {
            if (list.Ranges.Contains(address))
                return BotIdentity.Verified;
            if (now - list.ImportedAt <= ListValidMs)
                return BotIdentity.Impostor;
        }
        return bot.Domains.Count == 0 || !AsksNames ? BotIdentity.Unverified : ByName(bot, address, now);
    }

    /// <summary>Replaces a list; names that no bot has are refused.</summary>
    public bool TryImport(string list, BotRanges ranges, long now)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        if (!GoodBotRegistry.Lists.Contains(list))
            return false;
        lists[list] = new(list, ranges, now);
        return true;
    }

    /// <summary>Takes the oldest question.</summary>
    public bool TryAsk(out BotQuestion question) => questions.TryDequeue(out question);

    /// <summary>Remembers an answer; <see cref="BotIdentity.Unverified"/>: there was none.</summary>
    public void Learn(in BotQuestion question, BotIdentity identity, long now)
    {
        long holds = identity switch
        {
            BotIdentity.Verified => VerifiedMs,
            BotIdentity.Impostor => ImpostorMs,
            _ => FailedMs,
        };
        Remember(KeyOf(question.Bot, question.Address), new(identity, now + holds));
    }

    private BotIdentity ByName(VerifiableBot bot, IpAddress address, long now)
    {
        Key key = KeyOf(bot, address);
        bool known = answers.TryGetValue(key, out Answer answer);
        if (known && now < answer.Until)
            return answer.Identity;
        BotIdentity last = known ? answer.Identity : BotIdentity.Unverified; // holds until the new answer is here
        if (questions.Count < MaxQuestions)
        {
            questions.Enqueue(new(bot, address));
            Remember(key, new(last, now + FailedMs)); // not asked again meanwhile, even if the answer never comes
        }
        return last;
    }

    private void Remember(Key key, Answer answer)
    {
        if (!answers.ContainsKey(key))
        {
            while (answers.Count >= MaxAnswers && ages.TryDequeue(out Key oldest))
                answers.Remove(oldest);
            ages.Enqueue(key);
        }
        answers[key] = answer;
    }

    private static Key KeyOf(VerifiableBot bot, IpAddress address) => new(bot.Name, address.Bits, address.IsV6);

    private readonly record struct Key(string Bot, UInt128 Bits, bool IsV6);

    private readonly record struct Answer(BotIdentity Identity, long Until);
}
