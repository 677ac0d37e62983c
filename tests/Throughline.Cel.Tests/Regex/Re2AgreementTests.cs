using System.Text.RegularExpressions;
using Throughline.Cel.Regex;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Regex;

/// <summary>The fast machines against the plain one, and against .NET's where the semantics are the same.</summary>
public sealed class Re2AgreementTests
{
    [Fact]
    public void IsMatch_RandomPatterns_AgreesWithThePikeMachine()
    {
        var random = new RandomPatterns(Seeds.Random(), ascii: false);
        int matches = 0;
        int misses = 0;
        for (int i = 0; i < 6000; i++)
        {
            string pattern = random.Pattern(depth: 4);
            if (Re2.TryCreate(pattern, out RegexError error) is not { } regex)
            {
                Assert.Fail($"/{pattern}/ is refused: {error}");
                return;
            }
            RegexProgram whole = Whole(pattern);
            for (int j = 0; j < 6; j++)
            {
                string text = random.Text(maxLength: 20);
                bool expected = PikeMachine.TryMatch(whole, text, 0, default);

                Assert.True(expected == regex.IsMatch(text), $"/{pattern}/ on '{text}': {!expected}");
                _ = expected ? matches++ : misses++;
            }
        }
        Assert.True(
            matches > 5000 && misses > 5000,
            $"{matches} matches, {misses} misses: too one-sided to tell anything"
        );
    }

    [Fact]
    public void TryMatch_RandomPlaces_AgreesWithThePikeMachine()
    {
        var chance = Seeds.Random();
        var random = new RandomPatterns(chance, ascii: false);
        for (int i = 0; i < 3000; i++)
        {
            string pattern = random.Pattern(depth: 3);
            Re2 regex = Re2MatchTests.Create(pattern);
            RegexProgram whole = Whole(pattern);
            string text = random.Text(maxLength: 20);
            int start = chance.Next(text.Length + 1);
            if (start > 0 && start < text.Length && char.IsSurrogatePair(text, start - 1))
                start--;
            int[] expected = new int[2];
            int[] actual = new int[2];

            bool matched = PikeMachine.TryMatch(whole, text, start, expected);

            Assert.True(matched == regex.TryMatch(text, start, actual), $"/{pattern}/ on '{text}' from {start}");
            if (matched)
                Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void TryMatch_RandomAsciiPatterns_AgreesWithDotNet()
    {
        var random = new RandomPatterns(Seeds.Random(), ascii: true);
        for (int i = 0; i < 1500; i++)
        {
            string pattern = random.Pattern(depth: 3);
            // Where what is repeated can be empty, .NET's engines have rules of their own, and differ among themselves.
            if (LoopsOverNothing(RegexParser.Parse(pattern, out _, out _)!))
                continue;
            Re2 regex = Re2MatchTests.Create(pattern);
            System.Text.RegularExpressions.Regex linear = DotNet(pattern, RegexOptions.NonBacktracking);
            System.Text.RegularExpressions.Regex backtracking = DotNet(pattern, RegexOptions.None);
            for (int j = 0; j < 10; j++)
            {
                string text = random.Text(maxLength: 14);
                int[] groups = new int[2];
                bool matched = regex.TryMatch(text, 0, groups);

                Assert.True(matched == linear.IsMatch(text), $"/{pattern}/ on '{text}': {matched}");
                // Where, the linear engine does not always know: of "bb" it may miss the first with /(?:_?|-?)b/.
                if (matched && Find(backtracking, text) is (int start, int end))
                    Assert.True(
                        groups[0] == start && groups[1] == end,
                        $"/{pattern}/ on '{text}': {groups[0]}-{groups[1]}, .NET {start}-{end}"
                    );
            }
        }
    }

    [Fact]
    public void IsMatch_MoreStatesThanRoom_StaysRightThroughResets()
    {
        // Whether the 13th letter before a c is an a: the automaton has 8,192 states, and there is room for 512.
        Re2 regex = Re2MatchTests.Create("a[ab]{12}c");
        var random = Seeds.Random();
        char[] text = new char[4000];
        for (int i = 0; i < 600; i++) // more characters than a full cache puts up with before it starts anew
        {
            for (int j = 0; j < text.Length; j++)
                text[j] = random.Next(2) == 0 ? 'a' : 'b';
            text[^1] = 'c';

            Assert.Equal(text[^14] == 'a', regex.IsMatch(text));
            Assert.InRange(regex.Bytes, 1, 50_000);
        }
    }

    [Fact]
    public void IsMatch_MoreClassesThanTheTableHasRoomFor_IsRight()
    {
        string letters = string.Concat(Enumerable.Range(0x4E00, 800).Select(c => (char)c));
        Re2 regex = Re2MatchTests.Create($"[^x]?(?:{string.Join('|', letters.Select(c => $"{c}{c}"))})y");

        Assert.True(regex.IsMatch(letters + "\u5000\u5000y"));
        Assert.False(regex.IsMatch(letters + "y"));
    }

    private static System.Text.RegularExpressions.Regex DotNet(string pattern, RegexOptions engine) =>
        new(
            pattern,
            engine | RegexOptions.CultureInvariant,
            engine == RegexOptions.NonBacktracking ? TimeSpan.FromSeconds(60) : TimeSpan.FromMilliseconds(50)
        );

    private static (int Start, int End)? Find(System.Text.RegularExpressions.Regex backtracking, string text)
    {
        try
        {
            Match match = backtracking.Match(text);
            return match.Success ? (match.Index, match.Index + match.Length) : (-1, -1);
        }
        catch (RegexMatchTimeoutException)
        {
            return null; // it has lost its way: nothing to compare with
        }
    }

    private static bool LoopsOverNothing(RegexNode node) =>
        node switch
        {
            RegexNode.Repeat repeat => repeat.Item.CanBeEmpty || LoopsOverNothing(repeat.Item),
            RegexNode.Concat concat => concat.Items.Any(LoopsOverNothing),
            RegexNode.Alternate alternate => alternate.Branches.Any(LoopsOverNothing),
            RegexNode.Capture capture => LoopsOverNothing(capture.Item),
            _ => false,
        };

    private static RegexProgram Whole(string pattern) =>
        ProgramBuilder.Build(RegexParser.Parse(pattern, out _, out _)!, captures: true);
}
