using System.Text;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Tests.Edge.Rules;

/// <summary>Documents of any content, good or not: texts of all kinds, numbers of all sizes.</summary>
internal sealed class RandomDocuments(Random random)
{
    private static readonly string[] Hard =
    [
        "true",
        "null",
        "~",
        "5",
        "1e3",
        "- a",
        "a: b",
        "a #b",
        "'",
        "\"",
        "\\",
        "{}",
        "[",
        "&x",
        "*x",
        "!t",
        "|",
        ">",
        "%",
        "@",
        " a",
        "a ",
        "a\n",
        "\na",
        "a\n\n",
        "a\n  b\n c",
        "a\r\nb",
        "\t",
        "é",
        "\u2028",
        "\U0001F600",
        "\0",
        "",
        "request.path == '/a' && x",
        "yes",
        "2026-12-31",
        "---",
        "a\n\nb",
    ];

    public GateDocument Next() =>
        new()
        {
            Lists = Many(() =>
                new ListDocument
                {
                    Name = Text(),
                    Kind = One<ListKind>(),
                    Of = Maybe(),
                    Entries = Many(() => new ListEntryDocument(Text(), Instant(), Maybe(), Maybe())),
                }
            ),
            Counters = Many(() =>
                new CounterDocument
                {
                    Name = Text(),
                    Key = Many(Text),
                    Kind = One<CounterKind>(),
                    WindowMs = Duration(),
                    Where = Maybe(),
                    Of = Maybe(),
                    Phase = One<RulePhase>(),
                    LeakMs = Duration(),
                    Capacity = random.Next(int.MinValue, int.MaxValue),
                }
            ),
            Routes = Many(() =>
                new RouteDocument
                {
                    Id = Text(),
                    Hosts = Many(Text),
                    PathPrefixes = Many(Text),
                    OnFailure = One<FailPolicy>(),
                    Record = random.Next(2) == 0 ? null : One<RecordTiming>(),
                    ChallengeScore = random.Next(2) == 0 ? null : random.Next(-9, 9),
                    DenyScore = random.Next(2) == 0 ? null : random.Next(),
                    ChallengeUrl = Maybe(),
                    ChallengeDifficulty = random.Next(2) == 0 ? null : random.Next(1, 25),
                    Denial = Denial() ?? new(),
                }
            ),
            Rules = Many(() =>
                new RuleDocument
                {
                    Id = Text(),
                    When = Text(),
                    Phase = One<RulePhase>(),
                    Action = One<RuleAction>(),
                    Score = random.Next(-5, 5),
                    Tag = Maybe(),
                    Priority = random.Next(-5, 5),
                    Mode = One<RuleMode>(),
                    CanaryPercent = random.Next(3) switch
                    {
                        0 => 0,
                        1 => random.Next(100),
                        _ => random.NextDouble() * 100,
                    },
                    HoldoutPercent = random.Next(2) * random.NextDouble() * 50,
                    Owner = Maybe(),
                    Reason = Maybe(),
                    ExpiresAt = Instant(),
                    Routes = Many(Text),
                    Denial = Denial(),
                    Difficulty = random.Next(2) == 0 ? null : random.Next(1, 25),
                    AddToList = Maybe(),
                    ListForMs = Duration(),
                    QuietMs = Duration(),
                    Bot = random.Next(2) == 0,
                }
            ),
        };

    private DenialDocument? Denial() =>
        random.Next(2) == 0 ? null : new(random.Next(999), Maybe(), Maybe(), random.Next(20_000));

    private string Text()
    {
        if (random.Next(2) == 0)
            return Hard[random.Next(Hard.Length)];
        StringBuilder text = new();
        for (int i = random.Next(12); i >= 0; i--)
            text.Append((char)(random.Next(8) == 0 ? random.Next(1, 0x2FF) : random.Next(32, 127)));
        return text.ToString();
    }

    private string? Maybe() => random.Next(2) == 0 ? null : Text();

    private long Duration() => random.Next(3) == 0 ? 0 : random.Next(1, 5000) * (long)Math.Pow(10, random.Next(6));

    private long? Instant() =>
        random.Next(3) switch
        {
            0 => null,
            1 => random.NextInt64(0, 253_402_300_799_999),
            _ => random.NextInt64(0, 30_000) * 86_400_000,
        };

    private T One<T>()
        where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];

    private List<T> Many<T>(Func<T> one) => [.. Enumerable.Range(0, random.Next(3)).Select(_ => one())];
}
