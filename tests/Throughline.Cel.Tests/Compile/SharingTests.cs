using System.Globalization;
using System.Runtime.CompilerServices;
using Throughline.Cel.Compile;
using Throughline.Cel.Regex;
using Throughline.Testing;

namespace Throughline.Cel.Tests.Compile;

/// <summary>What rules have in common is evaluated and kept once.</summary>
public sealed class SharingTests
{
    [Fact]
    public void Evaluate_CountersInManyRules_AskedOnceForEachInput()
    {
        Dictionary<string, int> calls = [];
        InputSchema<GateCall> schema = GateCall.NewSchema();
        CelEnvironment environment = schema.Extend(
            GateCall.Host(x =>
            {
                calls[x] = calls.GetValueOrDefault(x) + 1;
                return calls[x];
            })
        );
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([
            .. Enumerable
                .Range(0, 200)
                .Select(i =>
                    GateCall.Compile(
                        i % 2 == 0
                            ? $"counter('ip_1m') > {Text(i / 100)} && counter(request.method) >= 1"
                            : $"counter('ip_1m') == {Text(i)} || counter(request.path + '') == 9",
                        schema,
                        environment
                    )
                ),
        ]);
        RuleMatches matches = set.NewMatches();
        Assert.Empty(calls);
        for (int i = 1; i <= 3; i++)
        {
            set.Evaluate(new GateCall(), matches);
            Assert.Equal(i, calls["ip_1m"]);
            Assert.Equal(i < 2 ? 1 : i, calls["GET"]);
            Assert.Equal(i, calls["/"]);
        }
    }

    [Fact]
    public void Evaluate_FieldsDeclaredOnce_AreReadOnceAndOnlyIfAskedFor()
    {
        int counterReads = 0;
        int textReads = 0;
        InputSchema<GateCall> schema = new InputSchema<GateCall>()
            .String("method", x => x.Method)
            .Int("counter.ip_1m", x => x.Tally + (0 * ++counterReads))
            .String("tls.print", x => ++textReads > 0 ? x.Print : "")
            .List("headers", x => x.Headers, Visit.HeaderSchema)
            .Once("counter.ip_1m")
            .Once("tls.print");
        CelEnvironment environment = schema.Extend(GateCall.Host(x => x.Length));
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([
            .. Enumerable
                .Range(0, 200)
                .Select(i =>
                    GateCall.Compile(
                        (i % 4) switch
                        {
                            0 => $"method == 'GET' && counter.ip_1m > {Text(i)}",
                            1 => $"method == 'GET' && counter.ip_1m in [1, {Text(i)}]",
                            2 =>
                                $"method == 'GET' && has(tls.print) && (tls.print == 'p{Text(i)}' || tls.print == 'p')",
                            _ => $"method == 'GET' && headers.exists(h, h.size < counter.ip_1m + {Text(i)})",
                        },
                        schema,
                        environment
                    )
                ),
        ]);
        RuleMatches matches = set.NewMatches();
        Header[] headers = [new("a", "long enough"), new("b", "longer than that")];
        set.Evaluate(new GateCall { Method = "POST", Print = "p" }, matches);
        Assert.Equal((0, 0, 0), (matches.Count, counterReads, textReads));
        set.Evaluate(
            new GateCall
            {
                Tally = 1,
                Print = "p",
                Headers = headers,
            },
            matches
        );
        Assert.Equal((1, 1), (counterReads, textReads));
        Assert.True(matches.Contains(0) && matches.Contains(1) && matches.Contains(2) && !matches.Contains(3));
        set.Evaluate(new GateCall { Tally = 2 }, matches);
        Assert.Equal((2, 2), (counterReads, textReads));
        Assert.False(matches.Contains(1) || matches.Contains(2));
        Assert.Equal(0, matches.FaultCount);
    }

    [Fact]
    public void Evaluate_OnceFieldThatIsMissing_IsTheSameFaultAsAlone()
    {
        string[] texts = ["request.print == 'a'", "request.print != 'b'", "has(request.print)"];
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([.. texts.Select(GateCall.Compile)]);
        RuleMatches matches = set.NewMatches();
        set.Evaluate(new GateCall(), matches);
        Assert.Equal(2, matches.FaultCount);
        Assert.Equal(RuleOutcome.False, matches.OutcomeOf(2));
    }

    [Theory]
    [InlineData("request.path.matches('a+b')", "request.path.matches('a+b') && request.score > 1", 1)]
    [InlineData("request.path.matches('a+b')", "request.path.matches('a+c')", 0)]
    [InlineData("request.headers.exists(h, h.name == 'a')", "!request.headers.exists(h, h.name == 'a')", 1)]
    [InlineData("request.headers.exists(h, h.name == 'a')", "request.headers.exists(h, h.name == 'b')", 0)]
    [InlineData("request.headers.exists(h, h.size > counter('a'))", "counter('a') > 1", 1)]
    [InlineData("request.headers.exists(h, h.size > counter(h.name))", "counter('a') > 1", 1)]
    [InlineData("request.headers.exists(h, h.name.matches('a+'))", "request.headers.all(h, h.name.matches('a+'))", 0)]
    [InlineData("request.headers.map(h, h.name) == ['a']", "request.headers.map(h, h.name) != ['b']", 1)]
    [InlineData(
        "request.headers.filter(h, h.size > 1).size() > 1",
        "request.headers.filter(h, h.size > 1).size() < 5",
        1
    )]
    // Loops over what a loop gives become one loop: there is no list to share.
    [InlineData("request.headers.map(h, h.name).exists(x, x == 'a')", "request.headers.map(h, h.name).size() > 1", 0)]
    [InlineData("strings.quote(request.path) == 'a'", "strings.quote(request.path).size() > 1", 1)]
    public void MemoKeys_PartsOfRules_SharedIfTheyMeanTheSame(string one, string other, int expected)
    {
        MemoKeys keys = MemoKeys.Of([.. GateCall.Compile(one).Shared, .. GateCall.Compile(other).Shared]);
        Assert.Equal(expected, keys.Count);
    }

    [Fact]
    public void MemoKeys_OtherEnvironment_SharesNothing()
    {
        const string Text = "request.path.matches('a+b')";
        CelEnvironment other = GateCall.Schema.Extend(GateCall.Host(_ => 1));
        CompiledRule<GateCall> rule = GateCall.Compile(Text, GateCall.Schema, other);
        Assert.Equal(0, MemoKeys.Of([.. GateCall.Compile(Text).Shared, .. rule.Shared]).Count);
        Assert.Equal(1, MemoKeys.Of([.. rule.Shared, .. rule.Shared]).Count);
    }

    [Fact]
    public void Pattern_AskedForAgain_IsTheSameObjectWhileItIsHeld()
    {
        Re2? pattern = SharedConstants.Pattern("shared[0-9]+");
        Assert.NotNull(pattern);
        Assert.Same(pattern, SharedConstants.Pattern("shared[0-9]+"));
        Assert.Null(SharedConstants.Pattern("("));
        Assert.Same(SharedConstants.Texts(["a", "b", "c"]), SharedConstants.Texts(["c", "b", "a", "a"]));
        Assert.NotSame(SharedConstants.Ints([1, 2]), SharedConstants.Ints([1, 3]));
        GC.KeepAlive(pattern);
    }

    [Fact]
    public void WeakCache_ValuesThatNobodyHolds_AreForgotten()
    {
        WeakCache<int, object> cache = new(capacity: 1_000);
        Fill(cache);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        object[] kept = [.. Enumerable.Range(10_000, 5_000).Select(i => cache.Get(i, _ => new object(), _ => true)!)];
        Assert.InRange(cache.Count, 1, 1_000);
        Assert.Same(kept[^1], cache.Get(14_999, _ => new object(), _ => true));
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task Evaluate_ManyThreads_EachGetsWhatOneGets()
    {
        Random random = Seeds.Random();
        string[] texts = [.. Enumerable.Range(0, 300).Select(_ => GateCall.Rule(random, random.Next(3)))];
        GateCall[] inputs = [.. Enumerable.Range(0, 200).Select(_ => GateCall.Random(random))];
        RuleSet<GateCall> set = RuleSet<GateCall>.Create([.. texts.Select(GateCall.Compile)]);
        RuleMatches matches = set.NewMatches();
        RuleOutcome[][] expected = [.. inputs.Select(x => Outcomes(set, x, matches))];
        // A set of its own, so that its patterns meet their first texts on all threads.
        RuleSet<GateCall> fresh = RuleSet<GateCall>.Create([.. texts.Select(GateCall.Compile)]);
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(thread =>
                    Task.Run(() =>
                    {
                        RuleMatches own = fresh.NewMatches();
                        for (int i = 0; i < 3 * inputs.Length; i++)
                        {
                            int input = (i + 50 * thread) % inputs.Length;
                            Assert.Equal(expected[input], Outcomes(fresh, inputs[input], own));
                        }
                    })
                )
        );
    }

    private static RuleOutcome[] Outcomes(RuleSet<GateCall> set, GateCall input, RuleMatches matches)
    {
        set.Evaluate(input, matches);
        return [.. Enumerable.Range(0, set.Count).Select(matches.OutcomeOf)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(WeakCache<int, object> cache)
    {
        for (int i = 0; i < 900; i++)
            cache.Get(i, _ => new object(), _ => true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
