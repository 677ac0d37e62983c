using System.Globalization;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Decide;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Edge.Challenges;

/// <summary>A thousand people who really solve their tasks: offices behind one address, phones whose address changes, many tabs, no cookies.</summary>
public sealed class HonestPeopleTests
{
    private const int People = 1000;

    /// <summary>One in ten keeps no cookies.</summary>
    private const int WithoutCookies = 10;

    [Fact]
    public async Task People_OfAllKinds_AreNeverLooped()
    {
        Random random = Seeds.Random();
        FakeTimeProvider clock = new(TestService.Now);
        RecordingSink sink = new() { OnTake = () => clock.Advance(TimeSpan.FromMilliseconds(3)) };
        await using TestService service = await ChallengeKit.StartAsync(sink, new() { Difficulty = 4 }, clock);
        int looped = 0;
        for (int person = 0; person < People; person++)
        {
            bool keepsCookies = person % WithoutCookies != 0;
            // Fifty people share an office's network and browser; who keeps no cookies is at home.
            int network = keepsCookies ? person / 50 : 100 + person / WithoutCookies;
            ChallengedClient client = new(service, AddressIn(random, network)) { KeepsCookies = keepsCookies };
            if (keepsCookies)
                await BrowseAsync(client, random, network);
            else
                looped += await BrowseWithoutCookiesAsync(client, sink);
        }
        Assert.Equal(People / WithoutCookies, looped);
        // Nobody who keeps cookies was taken for one who does not.
        Assert.Equal(People / WithoutCookies, sink.Decisions.Count(one => one.Challenge == ChallengeOutcome.Looped));
        Assert.DoesNotContain(
            sink.Decisions,
            one => one.Challenge is ChallengeOutcome.Failed or ChallengeOutcome.Replayed
        );
    }

    // Several tabs at once: each has its task before the first is solved. Then some pages, from other addresses of the network.
    private static async Task BrowseAsync(ChallengedClient client, Random random, int network)
    {
        int tabs = 1 + random.Next(5);
        List<(string Target, string Proof)> open = [];
        for (int tab = 0; tab < tabs; tab++)
        {
            string target = $"/challenge/{random.Next(100).ToString(CultureInfo.InvariantCulture)}?tab={tab}";
            Answer page = await client.GetAsync(target);
            Assert.Equal(403, page.Status);
            open.Add((target, ChallengeKit.ProofOf(ChallengeKit.TicketOf(page.Text))));
        }
        foreach ((string target, string proof) in open.OrderBy(_ => random.Next()).ToArray())
        {
            client.Address = AddressIn(random, network);
            Answer solved = await client.GetAsync(proof);
            Assert.Equal((303, target), (solved.Status, solved.Headers.Location?.OriginalString));
            Assert.Equal(200, (await client.GetAsync(target)).Status);
        }
        client.Address = AddressIn(random, network);
        (Answer last, int tasks, _) = await client.VisitAsync("/challenge/later");
        Assert.Equal((200, 0), (last.Status, tasks));
    }

    // Three tasks, one after another, and then the site; the next page needs none.
    private static async Task<int> BrowseWithoutCookiesAsync(ChallengedClient client, RecordingSink sink)
    {
        (Answer last, int tasks, string target) = await client.VisitAsync("/challenge/home?x=y");
        Assert.True(
            (last.Status, tasks, target) == (200, 3, "/challenge/home?x=y"),
            $"{last.Status} {tasks} {client.Address}: {string.Join('\n', sink.Decisions.TakeLast(4))}"
        );
        Assert.Equal(DecisionCause.Cleared, sink.Last.Cause);
        (last, tasks, _) = await client.VisitAsync("/challenge/next");
        Assert.Equal((200, 0), (last.Status, tasks));
        return 1;
    }

    private static string AddressIn(Random random, int network) =>
        string.Create(CultureInfo.InvariantCulture, $"10.{network / 256}.{network % 256}.{1 + random.Next(254)}");
}
