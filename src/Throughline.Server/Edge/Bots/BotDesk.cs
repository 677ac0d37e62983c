using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Requests;

namespace Throughline.Server.Edge.Bots;

/// <summary>What is known of good bots, for many threads: every call is short and waits for nothing.</summary>
public sealed class BotDesk
{
    private readonly Lock gate = new();
    private readonly GoodBots bots;

    /// <param name="asksNames">Whether somebody answers <see cref="Ask"/>.</param>
    public BotDesk(bool asksNames = true)
    {
        bots = new() { AsksNames = asksNames };
    }

    /// <inheritdoc cref="GoodBots.Identify(RequestFeatures)"/>
    public BotIdentity Identify(RequestFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (!features.Agent.IsBot || GoodBotRegistry.Find(features.Agent.Name) is null)
            return BotIdentity.None; // most requests: without the lock
        lock (gate)
            return bots.Identify(features);
    }

    /// <summary>The lists with their age.</summary>
    public IReadOnlyList<BotListState> Lists
    {
        get
        {
            lock (gate)
                return [.. bots.Lists];
        }
    }

    /// <summary>Answers that are remembered, and questions that wait for one.</summary>
    public (int Answers, int Questions) Names
    {
        get
        {
            lock (gate)
                return (bots.Answers, bots.Questions);
        }
    }

    /// <inheritdoc cref="GoodBots.TryImport"/>
    public bool TryImport(string list, BotRanges ranges, DateTimeOffset at)
    {
        lock (gate)
            return bots.TryImport(list, ranges, at.ToUnixTimeMilliseconds());
    }

    /// <summary>Takes up to so many questions.</summary>
    public IReadOnlyList<BotQuestion> Ask(int most)
    {
        List<BotQuestion> questions = [];
        lock (gate)
            while (questions.Count < most && bots.TryAsk(out BotQuestion question))
                questions.Add(question);
        return questions;
    }

    /// <inheritdoc cref="GoodBots.Learn"/>
    public void Learn(BotQuestion question, BotIdentity identity, DateTimeOffset now)
    {
        lock (gate)
            bots.Learn(question, identity, now.ToUnixTimeMilliseconds());
    }
}
