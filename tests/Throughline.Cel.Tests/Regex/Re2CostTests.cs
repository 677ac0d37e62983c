using Throughline.Cel.Regex;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Regex;

/// <summary>What matching costs: time linear in the text, no garbage, little memory, whatever the number of threads.</summary>
public sealed class Re2CostTests
{
    private const string UserAgent =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36";

    private static readonly string[] Patterns =
    [
        "(bot|crawl|spider|[Hh]eadless)[A-Za-z]*/[0-9]+",
        "(?i)googlebot|bingbot|skype",
        "^Mozilla/5\\.0.*bot",
        @"\bChrome\b|\d{4}",
        "[a-z]+[0-9]+Q",
        @"\p{Cyrillic}+\s",
        "(?m)^x*$",
    ];

    [Theory]
    [InlineData("(x+x+)+y")]
    [InlineData(@"(x+x+)+[yz]\d")] // no literal to look for
    [InlineData("(x*)*[^x]")]
    [InlineData("^(x|xx)+$[^x]")]
    public void TryMatch_ManyWaysToFail_TakesLinearTime(string pattern)
    {
        Re2 regex = Re2MatchTests.Create(pattern);
        string text = new('x', 50_000);
        bool fast = true;
        bool plain = true;
        TimeSpan spent = ActionCost.ProcessorTime(() =>
        {
            fast = regex.IsMatch(text);
            plain = PikeMachine.TryMatch(
                ProgramBuilder.Build(RegexParser.Parse(pattern, out _, out _)!, captures: true),
                text,
                0,
                default
            );
        });

        Assert.False(fast || plain);
        // Takes some 20 ms; to try all ways would take longer than the age of the universe.
        Assert.InRange(spent.TotalSeconds, 0, 10);
    }

    [Fact]
    public void IsMatch_AfterTheFirst_AllocatesNothing()
    {
        string[] texts = [UserAgent, "", "\n\n", "привет skype", "ſ\u212A😀", new string('q', 1000)];
        foreach (string pattern in Patterns)
        {
            Re2 regex = Re2MatchTests.Create(pattern);
            long bytes = ActionCost.AllocatedBytes(() => Warm(regex, texts), calls: 1, warm: 1);

            Assert.True(bytes == 0, $"/{pattern}/ allocated {bytes} bytes");
            Assert.InRange(regex.Bytes, 1, 50_000);
        }
    }

    [Fact]
    public async Task IsMatch_OnManyThreads_IsRightOnAll()
    {
        string[] texts =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i => string.Concat(UserAgent.Skip(i % 100)) + i + (i % 3 == 0 ? "\nQ" : "5Q")),
        ];
        for (int round = 0; round < 20; round++)
        {
            Re2[] regexes = [.. Patterns.Select(Re2MatchTests.Create)];
            bool[][] expected =
            [
                .. Patterns.Select(p =>
                {
                    RegexProgram whole = ProgramBuilder.Build(RegexParser.Parse(p, out _, out _)!, captures: true);
                    return texts.Select(t => PikeMachine.TryMatch(whole, t, 0, default)).ToArray();
                }),
            ];
            await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(worker =>
                        Task.Run(() =>
                        {
                            for (int i = 0; i < texts.Length; i++)
                            for (int r = 0; r < regexes.Length; r++)
                            {
                                int t = (i + (worker * 75)) % texts.Length;
                                Assert.Equal(expected[r][t], regexes[r].IsMatch(texts[t]));
                            }
                        })
                    )
            );
        }
    }

    private static void Warm(Re2 regex, string[] texts)
    {
        foreach (string text in texts)
            for (int i = 0; i < 3; i++)
                regex.IsMatch(text);
    }
}
