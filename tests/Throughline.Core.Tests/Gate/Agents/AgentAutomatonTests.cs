using Throughline.Core.Gate.Agents;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Agents;

/// <summary>The automaton finds exactly what searching for each pattern by itself finds.</summary>
public sealed class AgentAutomatonTests
{
    [Fact]
    public void Step_RandomPatternsAndTexts_FindsWhatASearchFinds()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 500; round++)
        {
            AgentPattern[] patterns =
            [
                .. Enumerable
                    .Range(0, random.Next(1, 12))
                    .Select(_ => new AgentPattern(
                        Text(random, 1, 5).ToLowerInvariant().Replace('é', 'b'),
                        AgentTraits.Bot
                    )),
            ];
            string text = Text(random, 0, 40);

            var found = Find(new(patterns), text).Order().ToArray();

            Assert.Equal(Search(patterns, text.ToLowerInvariant()).Order().ToArray(), found);
        }
    }

    [Theory]
    [InlineData("bot", "robot", true)]
    [InlineData("^bot", "robot", false)]
    [InlineData("^bot", "bots", true)]
    [InlineData("<bot", "robot", false)]
    [InlineData("<bot", "ro bot", true)]
    [InlineData("<bot", "7bot", false)]
    [InlineData("bot>", "bots", false)]
    [InlineData("bot>", "bot2", true)]
    [InlineData("<bot>", "a-BOT/1", true)]
    [InlineData("~bot", "(bot", false)]
    [InlineData("~bot", "(a) bot", true)]
    [InlineData("<<x", " <x", true)]
    public void Holds_Notation_BindsThePlace(string notation, string text, bool holds)
    {
        AgentPattern pattern = new(notation, AgentTraits.Bot);
        int end = text.IndexOf(pattern.Text, StringComparison.OrdinalIgnoreCase) + pattern.Text.Length;

        Assert.Equal(holds, pattern.Holds(text, end));
    }

    [Fact]
    public void All_OwnPatterns_AreLowerCaseAndFewEnough()
    {
        Assert.All(AgentWords.All, pattern => Assert.Equal(pattern.Text.ToLowerInvariant(), pattern.Text));
        Assert.All(AgentWords.All, pattern => Assert.NotEqual("", pattern.Text));
        Assert.InRange(new AgentAutomaton(AgentWords.All).States, 1000, 20_000);
    }

    private static string Text(Random random, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => "abAé/ "[random.Next(6)]));

    private static IEnumerable<(int, string)> Find(AgentAutomaton automaton, string text)
    {
        int state = 0;
        for (int i = 0; i < text.Length; i++)
        {
            state = automaton.Step(state, text[i]);
            for (int at = automaton.Outputs(state); at != 0; )
                yield return (i, automaton.Output(at, out at).Text);
        }
    }

    private static IEnumerable<(int, string)> Search(AgentPattern[] patterns, string text) =>
        from end in Enumerable.Range(0, text.Length)
        from pattern in patterns
        where text[..(end + 1)].EndsWith(pattern.Text, StringComparison.Ordinal)
        select (end, pattern.Text);
}
