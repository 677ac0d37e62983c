using System.Globalization;
using System.Text;
using Throughline.Cli.Attribution.Batch;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Timeline;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Attribution.Batch;

/// <summary>
/// <c>attribution batch</c> against the kernel over journeys that were put together plainly: nothing is lost or mixed up on the way
/// through blocks, pages, partitions and segments.
/// </summary>
public sealed class BatchOracleTests : IDisposable
{
    private const string Rules = """
        rules:
          - windows: { click: 25d, view: 3d }
            exclusivity: shared
            model: { name: time_decay, halfLife: 5d }
          - campaign: c1
            windows: { "*": 12d }
            reuse: once
            exclusivity: shared
          - campaign: c2
            conversion: lead
            windows: { click: 30d }
            group: leads
            counting: one_per_touch
            model: linear
          - campaign: c3
            windows: { click: 60d }
            priority: 7
            viewSharePercent: 50
            validFrom: 2026-03-10T00:00:00Z
        """;

    private readonly BatchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_RandomJourneys_EqualsTheKernelOverPlainOnes()
    {
        int seed = Seeds.Next();
        Random chance = new(seed);
        for (int round = 0; round < 8; round++)
        {
            int customers = 1 + chance.Next(400);
            List<Touch> touches =
            [
                .. Enumerable.Range(0, chance.Next(6_000)).Select(i => Touch.Draw(chance, i, customers)),
            ];
            List<Conversion> conversions =
            [
                .. Enumerable.Range(0, chance.Next(900)).Select(i => Conversion.Draw(chance, i, customers)),
            ];
            folder.With(
                "id,customer,time,campaign,channel,kind\n" + string.Concat(touches.Select(x => x.Line)),
                "id,customer,time,kind,order_id,minor,currency\n" + string.Concat(conversions.Select(x => x.Line)),
                Rules
            );
            string expected = Plainly(touches, conversions);

            (_, string text) = await folder.RunAsync("--memory", chance.Next(2) == 0 ? "1M" : "1G", "--threads", "3");

            Assert.True(expected == text, $"round {round}, seed {seed}: {FirstDifference(expected, text)}");
        }
    }

    private static string FirstDifference(string expected, string text)
    {
        (string[] x, string[] y) = (expected.Split('\n'), text.Split('\n'));
        int line = Enumerable.Range(0, Math.Min(x.Length, y.Length)).FirstOrDefault(i => x[i] != y[i], -1);
        return line < 0 ? $"{x.Length} rows, found {y.Length}" : $"expected {x[line]}, found {y[line]}";
    }

    private string Plainly(List<Touch> touches, List<Conversion> conversions)
    {
        RuleNames names = new(["c0", "c1", "c2", "c3"], ["click", "view"], ["lead", "purchase"], ["channel"]);
        TimelineKernel kernel = new(BatchRules.Open(folder["rules.yaml"]).Compile(names));
        Dictionary<string, string> rows = [];
        ILookup<int, Touch> touchesOf = touches.ToLookup(x => x.Customer);
        HashSet<string> first =
        [
            .. conversions
                .Where(x => x.Order.Length > 0)
                .GroupBy(x => (x.Kind, x.Order))
                .Select(x => x.OrderBy(y => y.Time).ThenBy(y => y.Id, StringComparer.Ordinal).First().Id),
        ];
        foreach (IGrouping<int, Conversion> customer in conversions.GroupBy(x => x.Customer))
        {
            Touch[] path = [.. touchesOf[customer.Key].OrderBy(x => x.Time).ThenBy(x => x.Id, StringComparer.Ordinal)];
            Conversion[] own = [.. customer.OrderBy(x => x.Time).ThenBy(x => x.Id, StringComparer.Ordinal)];
            kernel.Evaluate(
                new CustomerTimeline(
                    path.Select(x => x.ForKernel()).ToArray(),
                    own.Select(x => x.ForKernel(x.Order.Length > 0 && !first.Contains(x.Id))).ToArray()
                )
            );
            for (int i = 0; i < own.Length; i++)
                rows[own[i].Id] = RowsOf(kernel, i, own[i], path);
        }
        StringBuilder text = new("conversion,campaign,touch,rank,minor,weight,reason,rule,version\n");
        foreach (Conversion conversion in conversions)
            text.Append(rows[conversion.Id]);
        return text.ToString();
    }

    private static string RowsOf(TimelineKernel kernel, int place, Conversion conversion, Touch[] path)
    {
        ConversionCredit credit = kernel.Conversions[place];
        GroupCredit[] groups = kernel.Groups.Slice(credit.FirstGroup, credit.Groups).ToArray();
        StringBuilder rows = new();
        foreach (CandidateCredit x in kernel.Candidates.Slice(credit.FirstCandidate, credit.Candidates))
        {
            PublishedRuleText rule = PublishedRuleText.Of(kernel, x.Rule);
            Int128 weights = groups.FirstOrDefault(group => kernel.Rules.Groups[group.Group] == rule.Group).Weights;
            decimal share =
                x.Weight == 0 ? 0 : Math.Round((decimal)x.Weight / (decimal)weights, 9, MidpointRounding.AwayFromZero);
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{conversion.Id},{path[x.Touch].Campaign},{path[x.Touch].Id},{(x.Rank > 0 ? x.Rank : "")},{x.Minor},{share:0.#########},{Codes.Of(x.Reason)},{rule.Text}\n"
            );
        }
        foreach (GroupCredit group in groups)
        {
            if (group.Unattributed == 0 && (rows.Length > 0 || credit.Status == ConversionStatus.Attributed))
                continue;
            ConversionStatus status =
                credit.Status == ConversionStatus.Attributed ? ConversionStatus.Unattributed : credit.Status;
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{conversion.Id},,,,{group.Unattributed},,{Codes.Of(status)},{PublishedRuleText.Of(kernel, group.Rule).Text}\n"
            );
        }
        if (rows.Length == 0)
            rows.Append(CultureInfo.InvariantCulture, $"{conversion.Id},,,,0,,{Codes.Of(credit.Status)},,\n");
        return rows.ToString();
    }

    private sealed record PublishedRuleText(string Text, string Group)
    {
        public static PublishedRuleText Of(TimelineKernel kernel, int rule) =>
            rule < 0
                ? new(",", "")
                : new(
                    $"{kernel.Rules.Rules[rule].Rule.Campaign}/{kernel.Rules.Rules[rule].Rule.Conversion},1",
                    kernel.Rules.Rules[rule].Rule.Group
                );
    }

    // A few instants are common, so that ids have to decide.
    private static long DrawTime(Random chance) =>
        1_772_000_000_000 + (chance.Next(8) == 0 ? chance.Next(20) * 86_400_000L : chance.NextInt64(45L * 86_400_000));

    // Whole numbers, and texts of both lengths.
    private static string CustomerText(int customer) =>
        (customer % 3) switch
        {
            0 => customer.ToString(CultureInfo.InvariantCulture),
            1 => $"\"customer, {customer}\"",
            _ => $"kü{customer}",
        };

    private sealed record Touch(string Id, int Customer, long Time, string Campaign, bool IsClick)
    {
        public string Line =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Id},{CustomerText(Customer)},{Time},{Campaign},channel,{(IsClick ? "click" : "view")}\n"
            );

        public static Touch Draw(Random chance, int number, int customers) =>
            new($"t{number}", chance.Next(customers), DrawTime(chance), $"c{chance.Next(4)}", chance.Next(2) == 0);

        public TimelineTouch ForKernel() =>
            new()
            {
                Time = Time,
                Campaign = Campaign[1] - '0',
                Kind = IsClick ? (ushort)0 : (ushort)1,
                Flags = IsClick ? TouchFlags.Click : TouchFlags.None,
            };
    }

    private sealed record Conversion(string Id, int Customer, long Time, string Kind, string Order, long Minor)
    {
        public string Line =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Id},{CustomerText(Customer)},{Time},{Kind},{Order},{Minor},EUR\n"
            );

        public static Conversion Draw(Random chance, int number, int customers) =>
            new(
                $"o{number}",
                chance.Next(customers),
                DrawTime(chance),
                chance.Next(3) == 0 ? "lead" : "purchase",
                chance.Next(3) == 0 ? $"order{chance.Next(100)}" : "",
                chance.Next(1_000)
            );

        public TimelineConversion ForKernel(bool isDuplicate) =>
            new()
            {
                Time = Time,
                Minor = Minor,
                Order = Order.Length == 0 ? 0 : ulong.Parse(Order[5..], CultureInfo.InvariantCulture) + 1,
                Kind = Kind == "lead" ? 0 : 1,
                Currency = 'E' | 'U' << 8 | 'R' << 16,
                Flags = isDuplicate ? ConversionFlags.DuplicateOrder : ConversionFlags.None,
            };
    }
}
