using System.Globalization;
using Throughline.Core.Attribution;
using Throughline.Core.Attribution.Reports;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Tenant;
using Throughline.Core.Tests.Tenant;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Attribution.Reports;

/// <summary>A report equals a plain recount of all current credit, over random worlds.</summary>
public sealed class CreditReportLawTests
{
    private static readonly TenantSettings Settings = new("test");

    [Theory]
    [InlineData(1, 150)]
    [InlineData(2, 150)]
    public void Finish_RandomWorlds_EqualsTheRecount(int start, int worlds)
    {
        int rows = 0;
        int assisted = 0;
        int refunded = 0;
        int named = 0;
        for (int seed = start * 10_000; seed < start * 10_000 + worlds; seed++)
        {
            Random random = new(seed);
            MemoryHistory history = new();
            TenantMachine machine = new(Settings, history);
            List<Fact> facts = new FactGenerator(seed)
            {
                RichRules = random.Next(4) > 0,
                Minutes = random.Next(4) > 0 ? 40 : 9 * 24 * 60,
                Details = random.Next(2) == 0,
            }.Generate(190);
            foreach (Fact fact in facts.Take(160))
                history.Apply(machine, fact.Encode());
            if (random.Next(3) > 0)
                history.Drain(machine);
            CreditReportOptions options = Options(random);
            SpendBook spend = Spend(random);
            CreditView view = new(machine);
            string expected = new Recount(machine, history, options, spend).ToString();
            foreach (Fact fact in facts.Skip(160)) // the view is of the moment it was made
                history.Apply(machine, fact.Encode());

            CreditReport report = Report(view, history, options, spend);

            Assert.True(expected == Lines(report), $"seed {seed}\n{expected}\n\n{Lines(report)}");
            rows += report.Rows.Count;
            assisted += (int)report.Rows.Sum(row => row.AssistedConversions);
            refunded += report.Rows.Count(row => row.RefundedMinor > 0);
            named += report.Rows.Count(row => row.Touches > 0 && row.Creative is { Length: > 0 });
            foreach (CreditTotal total in report.Totals)
                Assert.Equal(
                    total.Minor,
                    report.Rows.Where(x => x.Currency == total.Currency && x.Status != "unattributed").Sum(x => x.Minor)
                );
        }
        Assert.True(
            rows > 1_000 && assisted > 60 && refunded > 50 && named > 20, // not of nothing
            $"{rows}, {assisted}, {refunded}, {named}"
        );
    }

    private static CreditReportOptions Options(Random random)
    {
        ReportPart[] parts = [.. Enum.GetValues<ReportPart>().Where(_ => random.Next(3) == 0)];
        bool bounded = random.Next(2) == 0;
        return new(
            (ReportDate)random.Next(2),
            parts,
            random.Next(3) > 0,
            bounded ? FactGenerator.Start + random.Next(20) * 60_000 : long.MinValue,
            bounded ? FactGenerator.Start + random.Next(21, 5 * 24 * 60) * 60_000L : long.MaxValue,
            random.Next(4) == 0 ? "signup" : null
        );
    }

    private static SpendBook Spend(Random random)
    {
        SpendBook book = new();
        int first = (int)(FactGenerator.Start / CreditReportOptions.DayMs);
        for (int i = 0; i < 4; i++)
            book.Take(
                SpendBook.Sum([
                    (
                        new(
                            first + random.Next(3),
                            new(random.Next(2) == 0 ? "a" : "z"),
                            SpendKey.Pack(Currency.Parse("EUR"))
                        ),
                        random.Next(900)
                    ),
                ]),
                i
            );
        return book;
    }

    private static CreditReport Report(
        CreditView view,
        MemoryHistory history,
        CreditReportOptions options,
        SpendBook spend
    )
    {
        // As two threads would: stretches in turn, added up at the end.
        TouchTextTable? texts = options.NeedsEvents ? Texts(view, history, options) : null;
        (CreditTally Credit, DeliveryTally Told, CaseReader Cases)[] workers =
        [
            (new(view, options, texts), new(view, options, texts), new()),
            (new(view, options, texts), new(view, options, texts), new()),
        ];
        CreditTally all = new(view, options, texts);
        foreach ((int place, long result) in view.Results(all.From, all.To).Index())
        {
            (CreditTally credit, _, CaseReader cases) = workers[place / 7 % 2];
            credit.Add(cases.Read(history.ReadResult(result)));
        }
        for (int row = 0; row < view.Touches; row += 5)
            workers[row % 2].Told.Add(row, row + 5);
        foreach ((CreditTally credit, DeliveryTally told, _) in workers)
        {
            all.Add(credit);
            told.AddTo(all.Cube);
        }
        return all.Finish(spend);
    }

    private static TouchTextTable Texts(CreditView view, MemoryHistory history, CreditReportOptions options)
    {
        TouchTextTable table = new(view, options);
        TouchTextReader[] readers = [new(table), new(table)];
        for (int row = table.First; row < table.End; row += 3)
            foreach (long position in readers[row % 2].Begin(row, row + 3))
                readers[row % 2].Take(EventRecord.FromTrusted(history.ReadCopy(position)));
        return table;
    }

    private static string Lines(CreditReport report) =>
        string.Join(
            '\n',
            report
                .Rows.Select(x =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{x.Date}|{x.Campaign ?? "-"}|{x.Channel ?? "-"}|{x.Creative ?? "-"}|{x.Placement ?? "-"}|{x.Kind ?? "-"}|{x.Conversion ?? "-"}|{x.Currency}|{x.Status == "unattributed"}: {x.Touches} {x.Conversions} {x.AttributedConversions:0.#########} {x.CreditedMinor} {x.RefundedMinor} {x.Minor} last {x.LastConversions} assist {x.AssistedConversions} {x.AssistedMinor} spend {x.SpendMinor} rules {string.Join('+', x.Rules)}"
                    )
                )
                .Order(StringComparer.Ordinal)
                .Append(
                    "delivered "
                        + string.Join(
                            ' ',
                            report
                                .Rows.Where(x => x.Delivery is not null)
                                .Select(x =>
                                    $"{x.Date}|{x.Campaign ?? "-"}|{x.Channel ?? "-"}|{x.Creative ?? "-"}|{x.Placement ?? "-"}|{x.Kind ?? "-"}={x.Delivery!.Impressions}/{x.Delivery.Views}/{x.Delivery.Clicks}/{x.Delivery.Other}/{x.Delivery.Invalid}"
                                )
                                .Order(StringComparer.Ordinal)
                        )
                )
        );

    /// <summary>The same from all last results and events, one plain loop after another.</summary>
    private sealed class Recount
    {
        private sealed class Row
        {
            public long Touches,
                Minor,
                Net,
                Last,
                AssistedMinor;
            public decimal Share;
            public long? Spend;
            public readonly HashSet<Token> Conversions = [];
            public readonly HashSet<Token> Assisted = [];
            public int Nobody;
            public readonly SortedSet<(string, string, int)> Rules = [];
        }

        private readonly SortedDictionary<string, Row> rows = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, int[]> delivered = new(StringComparer.Ordinal);
        private readonly MemoryHistory history;
        private readonly CreditReportOptions options;

        public Recount(TenantMachine machine, MemoryHistory history, CreditReportOptions options, SpendBook spend)
        {
            (this.history, this.options) = (history, options);
            foreach ((Token id, ConversionCase one) in MemoryHistory.CurrentCases(machine))
                if (options.Conversion is null || one.Kind == options.Conversion)
                    Add(machine, id, one);
            foreach ((SpendKey key, long minor) in spend.All)
                if (options.Covers(key.Day * CreditReportOptions.DayMs))
                {
                    string campaign = options.By.Contains(ReportPart.Campaign) ? key.Names.Campaign! : "-";
                    Row row = At(
                        $"{Day(key.Day * CreditReportOptions.DayMs)}|{campaign}|-|-|-|-|-|{CreditRows.CodeOf(key.Currency)}|False"
                    );
                    row.Spend = (row.Spend ?? 0) + minor;
                }
            for (int position = 0; position < history.Events.Count; position++)
            {
                EventRecord record = EventRecord.FromTrusted(history.ReadCopy(position));
                if (!record.Type.IsTouch() || record.IdentifierCount == 0 || !options.Covers(record.Time))
                    continue;
                string kind = record.Text(EventField.Name) ?? record.Type.ToString().ToLowerInvariant();
                string key =
                    $"{Day(record.Time)}|{Of(ReportPart.Campaign, record.Text(EventField.Campaign) ?? "")}|{Of(ReportPart.Channel, record.Text(EventField.Channel) ?? "")}|{Texts(record)}|{Of(ReportPart.Kind, kind)}";
                if (!delivered.TryGetValue(key, out int[]? counts))
                    delivered[key] = counts = new int[5];
                bool isBot = machine.VerdictOf(record) is Verdict.Bot or Verdict.GoodBot || MachineOpens.Says(record);
                counts[
                    isBot
                        ? 4
                        : kind switch
                        {
                            "impression" => 0,
                            "view" => 1,
                            "click" => 2,
                            _ => 3,
                        }
                ]++;
            }
            foreach (string key in delivered.Keys)
                if (
                    !rows.Keys.Any(x =>
                        x.StartsWith(key + "|-|", StringComparison.Ordinal)
                        && x.EndsWith("False", StringComparison.Ordinal)
                    )
                )
                    At($"{key}|-||False");
        }

        private void Add(TenantMachine machine, Token id, ConversionCase one)
        {
            List<Candidate> path = [.. one.Candidates.Where(x => x.Rank > 0)];
            foreach (Candidate touch in one.Candidates)
            {
                long time = options.Date == ReportDate.Touch ? touch.Time : one.Time;
                if (!options.Covers(time))
                    continue;
                string key =
                    $"{Day(time)}|{Of(ReportPart.Campaign, touch.Campaign)}|{Of(ReportPart.Channel, touch.Channel)}|{Texts(EventRecord.FromTrusted(history.ReadCopy(touch.Position)))}|{Of(ReportPart.Kind, touch.Kind)}|{Of(ReportPart.Conversion, one.Kind)}";
                if (touch.Reason == TouchReason.Credited)
                {
                    PublishedRule rule = machine.AttributionRules.Single(x =>
                        x.Position == one.Rules[touch.Rule].Position
                    );
                    GroupShare share = one.Shares.Single(x => x.Group == rule.Rule.Group);
                    Row row = At($"{key}|{CreditRows.CodeOf(share.Currency)}|False");
                    row.Touches++;
                    row.Conversions.Add(id);
                    row.Share += Math.Round(touch.Weight / (decimal)share.Weights, 9, MidpointRounding.AwayFromZero);
                    row.Minor += touch.Minor;
                    row.Net += touch.Net;
                    row.Rules.Add((rule.Rule.Campaign, rule.Rule.Conversion, rule.Rule.Version));
                }
                if (touch.Rank == 0)
                    continue;
                Row seen = At($"{key}|{CreditRows.CodeOf(one.Currency)}|False");
                if (touch.Position == path[^1].Position)
                    seen.Last++;
                else if (seen.Assisted.Add(id))
                    seen.AssistedMinor += Math.Max(0, one.Minor - one.Refunded);
            }
            if (options.Date == ReportDate.Touch || !options.Covers(one.Time))
                return;
            foreach (GroupShare share in one.Shares)
            {
                bool earned = one.Candidates.Any(x =>
                    x.Reason == TouchReason.Credited
                    && machine.AttributionRules.Single(r => r.Position == one.Rules[x.Rule].Position).Rule.Group
                        == share.Group
                );
                if (earned && share.Unattributed == 0)
                    continue;
                Row row = At($"{Day(one.Time)}|-|-|-|-|-|-|{CreditRows.CodeOf(share.Currency)}|True");
                row.Nobody++;
                row.Minor += share.Unattributed;
                row.Net += share.NetUnattributed;
            }
        }

        public override string ToString() =>
            string.Join(
                '\n',
                rows.Select(x =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{x.Key}: {x.Value.Touches} {x.Value.Conversions.Count + x.Value.Nobody} {x.Value.Share:0.#########} {x.Value.Minor} {x.Value.Minor - x.Value.Net} {x.Value.Net} last {x.Value.Last} assist {x.Value.Assisted.Count} {x.Value.AssistedMinor} spend {x.Value.Spend} rules {string.Join('+', x.Value.Rules.OrderBy(r => r.Item1, StringComparer.Ordinal).ThenBy(r => r.Item2, StringComparer.Ordinal).ThenBy(r => r.Item3).Select(r => $"{r.Item1}/{r.Item2}@{r.Item3}"))}"
                        )
                    )
                    .Append(
                        "delivered " + string.Join(' ', delivered.Select(x => $"{x.Key}={string.Join('/', x.Value)}"))
                    )
            );

        private string Texts(in EventRecord record) =>
            $"{Of(ReportPart.Creative, record.Text(EventField.Creative) ?? "")}|{Of(ReportPart.Placement, record.Text(EventField.Placement) ?? "")}";

        private string Of(ReportPart part, string name) => options.By.Contains(part) ? name : "-";

        private string Day(long time) =>
            options.ByDay
                ? DateTime.UnixEpoch.AddMilliseconds(time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : "";

        private Row At(string key)
        {
            if (!rows.TryGetValue(key, out Row? row))
                rows[key] = row = new();
            return row;
        }
    }
}
